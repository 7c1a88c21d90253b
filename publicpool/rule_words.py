"""How is a rule said in plain words, and what changed from one version of it to the next?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from accounts.models import Team
from core.registries import Label
from customers.models import Customer
from customers.words import sources, statuses, tags

from .models import ReclaimRule, ReclaimRuleVersion
from .rules import Spec, spec_of, spec_said

CONDITIONS: dict[str, Label] = {
    "statuses": gettext_lazy("Status"),
    "grades": gettext_lazy("Grade"),
    "countries": gettext_lazy("Country"),
    "sources": gettext_lazy("Source"),
    "teams": gettext_lazy("Team of the holder"),
    "tags": gettext_lazy("Tag"),
}


class Known(dict[str, dict[Any, str]]):
    """What each condition can name, by its key: looked up once, however many rules are told of."""

    def __missing__(self, key: str) -> dict[Any, str]:
        self[key] = dict(choices(key))
        return self[key]


def choices(key: str) -> Iterable[tuple[Any, str]]:
    """(id or code, name) of all that a condition can name."""
    if key == "grades":
        return [(value, str(label)) for value, label in Customer.Grade.choices]
    if key == "countries":
        return [(code, str(name)) for code, name in countries]
    rows: dict[str, Any] = {"statuses": statuses, "sources": sources, "tags": tags, "teams": Team.objects.all}
    return [(row.pk, str(row)) for row in rows[key]()]


def conditions(spec: Spec, known: Known) -> list[tuple[str, str]]:
    """(condition, chosen words) in the reader's language; none for a rule for everybody."""
    gone = _("gone meanwhile")
    return [
        (str(label), _(", ").join(known[key].get(one, gone) for one in chosen))
        for key, label in CONDITIONS.items()
        if (chosen := getattr(spec, key))
    ]


@dataclass(frozen=True)
class Said:
    """A rule with its words, for the page."""

    rule: ReclaimRule
    spec: Spec
    conditions: Sequence[tuple[str, str]]


def said(rule: ReclaimRule, known: Known) -> Said:
    spec = spec_of(rule)
    return Said(rule, spec, conditions(spec, known))


@dataclass(frozen=True)
class Changed:
    """A version, and what it took away from and added to the one before; nothing for the first."""

    version: ReclaimRuleVersion
    gone: Sequence[str]
    new: Sequence[str]


def history(versions: Sequence[ReclaimRuleVersion], known: Known) -> list[Changed]:
    """Versions, newest first, each beside what it changed."""
    lines = [_lines(version, known) for version in versions]
    return [
        Changed(version, [line for line in before if line not in now], [line for line in now if line not in before])
        for version, now, before in zip(versions, lines, [*lines[1:], *lines[-1:]], strict=True)
    ]


def _lines(version: ReclaimRuleVersion, known: Known) -> list[str]:
    spec = spec_said(version)
    lines = [spec.sentence, *(f"{label}: {words}" for label, words in conditions(spec, known))]
    if spec.is_for_all:
        lines.append(_("For every customer"))
    return [*lines, _("The rule is on") if version.is_active else _("The rule is off")]
