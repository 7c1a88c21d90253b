"""Who will miss the target, and why? Won and still expected beside it, by team and person, with what speaks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.templatetags.ui import base_money
from opportunities.figures import reading
from opportunities.figures.cells import BASE, SHARE, TEXT, Cell, Row, Sheet, percent
from opportunities.models import FunnelCell

from ..achievement import Line
from ..measures import Done, without_rate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .asked import Asked

# Somebody went quiet who wrote down less than so much of what the period before makes of the time that has passed.
QUIET = Fraction(3, 4)
_OUTLOOK = 5
_FIRST_DATED = FunnelCell.NO_MONTH + timedelta(days=31)


def sheet(asked: Asked) -> Sheet:
    why = _Why(asked)
    return Sheet(
        "targets",
        gettext_lazy("Targets"),
        gettext_lazy(
            "Won in the period at the rates of the days, beside the target. Still expected: open deals whose close is "
            "expected in the period, each amount at today's rate times the probability of its stage. Outlook: won and "
            "still expected as a share of the target. Under 100 % the reasons say what is known: how far all open "
            "deals would reach, what slipped since Monday, deals past their close date, and who wrote down less than "
            "three quarters of what the period before makes of the time that has passed."
        ),
        (
            (gettext_lazy("Person or team"), TEXT),
            (gettext_lazy("Target"), BASE),
            (gettext_lazy("Won"), BASE),
            (gettext_lazy("Reached"), SHARE),
            (gettext_lazy("Still expected"), BASE),
            (gettext_lazy("Outlook"), SHARE),
            (gettext_lazy("Why"), TEXT),
        ),
        [_row(asked, line, why) for line in asked.lines],
        "targets",
    )


def _row(asked: Asked, line: Line, why: _Why) -> Row:
    ahead = why.expected(line.party.people)
    outlook = _share(line, ahead)
    person = line.party.pk if line.party.kind == "person" else None
    due: dict[str, Any] = {
        "expected_from": f"{asked.period.months[0]:%Y-%m}",
        "expected_to": f"{asked.period.months[-1]:%Y-%m}",
    }
    if line.party.kind == "team":
        due["team"] = sorted(asked.scopes.below(line.party.pk))
    url = asked.rows_at("opportunities:list", "owner", person, {**due, "outcome": "open"}) if ahead.n else ""
    is_team = line.party.kind == "team"
    cells = (
        Cell(str(line.named)),
        Cell(line.goal.target if line.goal else None, BASE),
        Cell(line.done, BASE, line.url, without_rate(line.unrated)),
        Cell(line.share, SHARE),
        Cell(ahead.weighted, BASE, url, without_rate(ahead.unrated)),
        Cell(outlook, SHARE),
        Cell("" if is_team else why.words(line, ahead)),
    )
    return Row(cells, is_total=is_team, depth=line.depth)


def worst_first(rows: list[Row]) -> list[Row]:
    """People by outlook, those without a target last; then their teams. Where not all stand, who will miss does."""
    people = [replace(row, depth=0) for row in rows if not row.is_total]
    people.sort(key=lambda row: (row.cells[_OUTLOOK].value is None, row.cells[_OUTLOOK].value or 0))
    return [*people, *(row for row in rows if row.is_total)]


def _share(line: Line, ahead: reading.Open) -> Fraction | None:
    return Fraction(line.done + ahead.weighted) / Fraction(line.goal.target) if line.goal else None


class _Why:
    """What is known of the people of a scope, read once: expected, past its date, slipped, said now and before."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._expected = asked.expected
        last = asked.today.replace(day=1) - timedelta(days=1)
        self._past = reading.expected_of_each(asked.people.keys(), _FIRST_DATED, last, asked.today)
        self._slipped = self._slipped_of(asked)
        self._said, self._before = asked.done("said"), asked.done_before("said")
        day, days = asked.passed
        self._passed = Fraction(day, days)

    @staticmethod
    def _slipped_of(asked: Asked) -> dict[int, int]:
        """How many deals of each person slipped out of the period since Monday."""
        found: dict[int, int] = {}
        for owner in asked.changes.holders("slipped", asked.period.first_on, asked.last_on).values():
            found[owner] = found.get(owner, 0) + 1
        return found

    def expected(self, people: Collection[int]) -> reading.Open:
        whole = reading.Open()
        for pk in people:
            if one := self._expected.get(pk):
                whole.join(one)
        return whole

    def words(self, line: Line, ahead: reading.Open) -> str:
        """Why the outlook is under the target; '' where there is none or nothing more can change."""
        outlook = _share(line, ahead)
        if outlook is None:
            return _("no target")
        if line.goal and line.done >= line.goal.target:
            return _("target reached")
        if self.asked.is_over:
            return _("missed by %(amount)s") % {"amount": base_money(line.to_go)}
        if outlook >= 1:
            return _("on course")
        return " · ".join(self._reasons(line, ahead))

    def _reasons(self, line: Line, ahead: reading.Open) -> Iterator[str]:
        pk, to_go = line.party.pk, line.to_go or Decimal(0)
        if not ahead.n:
            yield _("no open deal is expected in the period")
        elif ahead.base < to_go:
            yield _("all open deals of the period make %(share)s of what is missing") % {
                "share": percent(Fraction(ahead.base) / Fraction(to_go))
            }
        else:
            yield _("by their odds the open deals make %(share)s of what is missing") % {
                "share": percent(Fraction(ahead.weighted) / Fraction(to_go))
            }
        if n := self._slipped.get(pk):
            yield ngettext("%(n)s deal slipped since Monday", "%(n)s deals slipped since Monday", n) % {"n": n}
        if (past := self._past.get(pk)) and past.n:
            words = ngettext("%(n)s deal is past its close date", "%(n)s deals are past their close date", past.n)
            yield words % {"n": past.n}
        yield from self._quiet(pk)

    def _quiet(self, pk: int) -> Iterator[str]:
        before = Fraction(self._before.get(pk, Done()).number) * self._passed
        said = Fraction(self._said.get(pk, Done()).number)
        if before and said < before * QUIET:
            yield _("wrote down %(share)s less than in the period before") % {"share": percent(1 - said / before)}


def target_of(asked: Asked) -> Decimal | None:
    """The target of a scope: those of what stands at the top of its tree, added up; None where none is set."""
    targets = [line.goal.target for line in asked.lines if line.depth == 0 and line.goal]
    return sum(targets, start=Decimal(0)) if targets else None
