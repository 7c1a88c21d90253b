"""Which kinds of reclaim rules are there, and what does one rule say?

A new kind is one class here and one line in RULES.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import ReclaimRule, ReclaimRuleVersion


class Kind:
    """From when a rule counts its days, and for whom.

    Both are SQL over ``c``, a held row of customers_customer; constants of ours only, never typed text.
    """

    label: ClassVar[str | Promise]
    # What lets the customer go, with %(days)s: for pages and warnings.
    sentence: ClassVar[str | Promise]
    # What stops it: the cure.
    cure: ClassVar[str | Promise]
    since: ClassVar[str]
    asks: ClassVar[str] = "true"


class Untouched(Kind):
    """有人领没人跟: claimed, then left lying."""

    label = _("Not touched after taking")
    sentence = _("nobody contacted the customer within %(days)s days of taking it")
    cure = _("Log a contact")
    since = "c.owned_since"
    asks = "(c.last_followed_at IS NULL OR c.last_followed_at < c.owned_since)"


class Idle(Kind):
    label = _("Idle")
    sentence = _("nobody contacted the customer for %(days)s days")
    cure = _("Log a contact")
    since = "c.idle_since"


class NoOrder(Kind):
    label = _("No order since taking")
    sentence = _("the customer ordered nothing within %(days)s days of being taken")
    cure = _("Win an order, or ask for an extension")
    since = "c.owned_since"
    asks = "(c.last_order_on IS NULL OR c.last_order_on < (c.owned_since AT TIME ZONE %(zone)s)::date)"


RULES: dict[str, Kind] = {"untouched": Untouched(), "idle": Idle(), "no_order": NoOrder()}
# Nothing is reclaimed before its owner was warned so many days ago, or N where a rule's days are fewer.
GRACE = 3
# Conditions that are rows of the firm's words.
MANY = ("statuses", "sources", "teams", "tags")
# What spec_of reads beside the rule; of the versions the newest is the one that counts.
RELATIONS = (
    *MANY,
    Prefetch("versions", ReclaimRuleVersion.objects.filter(number=F("rule__version"))),
)


@dataclass(frozen=True)
class Spec:
    """What one rule says, saved or only tried out: ids and codes. An empty condition asks nothing."""

    kind: str
    days: int
    rule_id: int = 0
    version: int = 0
    position: int = 0
    statuses: tuple[int, ...] = ()
    grades: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sources: tuple[int, ...] = ()
    # With the teams below them.
    teams: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()

    CONDITIONS: ClassVar = ("statuses", "grades", "countries", "sources", "teams", "tags")

    @property
    def grace(self) -> int:
        """Days between the first warning and the reclaim, at least."""
        return min(GRACE, self.days)

    @property
    def sentence(self) -> str:
        """What lets the customer go: “nobody contacted the customer for 30 days”."""
        return str(RULES[self.kind].sentence) % {"days": self.days} if self.kind in RULES else self.kind

    @property
    def is_for_all(self) -> bool:
        return not any(getattr(self, name) for name in self.CONDITIONS)

    def as_data(self) -> dict[str, Any]:
        """What a version keeps: kind, days and conditions."""
        data = asdict(replace(self, rule_id=0, version=0, position=0))
        return {name: data[name] for name in ("kind", "days", *self.CONDITIONS)}


def codes_of(countries: Any) -> tuple[str, ...]:
    """The codes of a field of several countries, in order."""
    return tuple(sorted(country.code for country in countries))


def spec_of(rule: ReclaimRule) -> Spec:
    """What a saved rule says. Five statements for its relations, unless they were prefetched (RELATIONS)."""
    kept: dict[str, Any] = next((one.data for one in rule.versions.all() if one.number == rule.version), {})
    return _spec(rule, kept, {name: [one.pk for one in getattr(rule, name).all()] for name in MANY})


def _spec(rule: ReclaimRule, kept: Mapping[str, Sequence[int]], related: Mapping[str, Sequence[int]]) -> Spec:
    """``kept`` is what its version says, ``related`` what it is linked with now.

    What its version asked for goes on being asked for when that word is gone, such as a tag that was joined with
    another one: else the loss would widen the rule, at worst to every customer.
    """
    many = {name: tuple(sorted({*related[name], *kept.get(name, ())})) for name in MANY}
    return Spec(
        kind=rule.kind,
        days=rule.days,
        rule_id=rule.pk or 0,
        version=rule.version,
        position=rule.position,
        grades=tuple(sorted(rule.grades)),
        countries=codes_of(rule.countries),
        statuses=many["statuses"],
        sources=many["sources"],
        teams=many["teams"],
        tags=many["tags"],
    )


def spec_said(version: ReclaimRuleVersion) -> Spec:
    """What a rule said in one of its versions."""
    data = version.data
    conditions: dict[str, Any] = {name: tuple(data.get(name, ())) for name in Spec.CONDITIONS}
    return Spec(kind=data["kind"], days=data["days"], rule_id=version.rule_id, version=version.number, **conditions)


def active_specs() -> tuple[Spec, ...]:
    """The rules in use, in their order. One statement."""
    versions = ReclaimRuleVersion.objects.filter(rule=OuterRef("pk"), number=OuterRef("version"))
    rules = ReclaimRule.objects.filter(is_active=True, kind__in=RULES).order_by("position", "pk")
    rules = rules.annotate(
        _kept=Subquery(versions.values("data")[:1]), **{f"_{name}": ArraySubquery(_linked(name)) for name in MANY}
    )
    specs = [
        (rule, _spec(rule, rule._kept or {}, {name: getattr(rule, f"_{name}") for name in MANY})) for rule in rules
    ]
    # One that asks nothing and does not say that it is for all was emptied by some other hand.
    return tuple(spec for rule, spec in specs if rule.is_for_all or not spec.is_for_all)


def with_rule(spec: Spec) -> tuple[Spec, ...]:
    """The rules in use, and this one among them as it stands."""
    others = [one for one in active_specs() if one.rule_id != spec.rule_id or not spec.rule_id]
    return tuple(sorted([*others, spec], key=lambda one: (one.position, one.rule_id or 2**63)))


def _linked(name: str) -> QuerySet[Any]:
    """Ids of what a rule is linked with, for a subquery."""
    field: Any = ReclaimRule._meta.get_field(name)
    rows = field.remote_field.through._default_manager.filter(**{field.m2m_field_name(): OuterRef("pk")})
    return rows.values(field.m2m_reverse_field_name())
