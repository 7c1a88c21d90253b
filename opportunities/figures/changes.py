"""What happened to deals in some days: begun, won, lost, moved, taken up again, slipped or pulled in?

Read from the ledger, of deals that the reader sees and that people of the scope hold now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.money import Rates
from core.registries import Label
from customers.models import Event

from ..models import Move, Opportunity

if TYPE_CHECKING:
    from accounts.models import User

# In the order in which they are told; icons as on the timeline.
KINDS: dict[str, tuple[Label, str, str]] = {
    "won": (_("Won"), "trophy", "ok"),
    "lost": (_("Lost"), "circle-x", ""),
    "created": (_("New deals"), "layout-kanban", ""),
    "forward": (_("Moved on"), "arrow-right", ""),
    "back": (_("Moved back"), "arrow-left", "warn"),
    "reopened": (_("Taken up again"), "rotate-clockwise", ""),
    "slipped": (_("Close date later"), "calendar-due", "warn"),
    "pulled_in": (_("Close date earlier"), "calendar-event", ""),
}
# Kinds of events that tell what they are by themselves; moved and changed are told by what they hold.
_PLAIN = {f"opportunity.{kind}": kind for kind in ("won", "lost", "created", "reopened")}
ASKED = (*_PLAIN, "opportunity.moved", "opportunity.changed")
# More events than these are not looked at; the page says so.
MOST = 20_000


@dataclass(frozen=True)
class Change:
    """One event: of which kind, to which deal, when, by whom; stages or days it went between."""

    kind: str
    deal: int
    at: datetime
    by: int | None
    before: Any = None
    after: Any = None


@dataclass
class Changes:
    """All of some days, the newest first. ``is_cut``: there were more than MOST."""

    rows: list[Change] = field(default_factory=list)
    # What each deal that ended is worth, at the rate of its day; what those under way are, by currency.
    worth: dict[int, Decimal] = field(default_factory=dict)
    under_way: dict[int, tuple[Decimal, str]] = field(default_factory=dict)
    rates: Rates | None = None
    owners: dict[int, int | None] = field(default_factory=dict)
    is_cut: bool = False

    def between(self, since: datetime, until: datetime) -> Changes:
        """Those of some of the days."""
        return replace(self, rows=[one for one in self.rows if since <= one.at < until])

    def of(self, kind: str) -> list[Change]:
        return [one for one in self.rows if one.kind == kind]

    def number(self, kind: str) -> int:
        """How many deals, each once."""
        return len({one.deal for one in self.rows if one.kind == kind})

    def amount(self, kind: str) -> Decimal:
        """What these deals are worth now in the base currency, each once; without those that have no rate."""
        deals = {one.deal for one in self.rows if one.kind == kind}
        ended = sum((self.worth[pk] for pk in deals & self.worth.keys()), start=Decimal(0))
        if self.rates is None:
            return ended
        return ended + self.rates.total(self.under_way[pk] for pk in deals & self.under_way.keys()).amount

    def holders(self, kind: str, first: date, last: date) -> dict[int, int]:
        """Who holds each deal that went from a day between these (inclusive) to one that is not: deal → owner."""
        found: dict[int, int] = {}
        for one in self.rows:
            left = one.kind == kind and first <= one.before <= last and not (one.after and one.after <= last)
            if left and (owner := self.owners.get(one.deal)):
                found[one.deal] = owner
        return found


def changes(user: User, owners: Collection[int] | None, since: datetime, until: datetime, *, today: date) -> Changes:
    """What happened from ``since`` to before ``until`` (aware), worth what it is ``today``. Four statements.

    ``owners`` None is everybody: all people, but not what nobody holds.
    """
    deals = Opportunity.objects.visible_to(user)
    deals = deals.filter(owner__isnull=False) if owners is None else deals.filter(owner__in=owners)
    events = (
        Event.objects.filter(  # narrowed to deals that the reader sees
            kind__in=ASKED,
            at__gte=since,
            at__lt=until,
            target_label=Opportunity._meta.label_lower,
            target_id__in=deals.values("pk"),
        )
        .order_by("-at", "-pk")
        .values_list("kind", "target_id", "at", "by", "payload")
    )
    rows: list[Any] = list(events[: MOST + 1])
    kinds = _kinds_of({payload["move"] for _kind, _deal, _at, _by, payload in rows if "move" in payload})
    found = [one for row in rows[:MOST] if (one := _change(kinds, *row))]
    ids = {one.deal for one in found}
    columns = ("pk", "owner", "outcome", "amount", "currency", "amount_base")
    worth: dict[int, Decimal] = {}
    under_way: dict[int, tuple[Decimal, str]] = {}
    held: dict[int, int | None] = {}
    for pk, owner, outcome, amount, currency, base in Opportunity.objects.filter(pk__in=ids).values_list(*columns):
        held[pk] = owner  # of visible ones
        if outcome != Opportunity.Outcome.OPEN:
            worth[pk] = base or Decimal(0)
        elif amount is not None:
            under_way[pk] = amount, currency
    rates = Rates.load({currency for _amount, currency in under_way.values()}, on=today)
    return Changes(found, worth, under_way, rates, held, len(rows) > MOST)


def _kinds_of(moves: Collection[int]) -> dict[int, str]:
    return dict(Move.objects.filter(pk__in=moves).values_list("pk", "kind")) if moves else {}


def _change(
    kinds: dict[int, str], kind: str, deal: int, at: datetime, by: int | None, payload: dict[str, Any]
) -> Change | None:
    if kind in _PLAIN:
        return Change(_PLAIN[kind], deal, at, by, payload.get("from"), payload.get("to"))
    if kind == "opportunity.moved":
        way = "back" if kinds.get(payload.get("move", 0)) == Move.Kind.BACK else "forward"
        return Change(way, deal, at, by, payload.get("from"), payload.get("to"))
    if "expected" not in payload:
        return None
    before, after = (date.fromisoformat(day) if day else None for day in payload["expected"])
    if before is None:  # dated for the first time: neither
        return None
    return Change("slipped" if after is None or after > before else "pulled_in", deal, at, by, before, after)


def deals_of(rows: Iterable[Change], user: User) -> QuerySet[Opportunity]:
    """The deals of some changes, with what a line shows."""
    needed = ("title", "amount", "currency", "amount_base", "customer__name", "customer__country", "owner__name")
    deals = Opportunity.objects.visible_to(user).filter(pk__in={one.deal for one in rows})
    return deals.select_related("customer", "owner").only(*needed)
