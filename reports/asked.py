"""Whose targets of what, of which period, does an address ask for?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.http import urlencode

from opportunities.figures.asked import Scope, Scopes

from .goals import Goals
from .measures import MEASURES, Measure, Sums
from .models import Target
from .periods import FIRST_YEAR, LAST_YEAR, MONTH, SPANS, TargetPeriod

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User

USUAL = "won"


@dataclass(frozen=True)
class Asked:
    """One question; ``today`` is the day of business time. What cannot be read asks for what is usual."""

    user: User
    scopes: Scopes
    scope: Scope
    key: str
    period: TargetPeriod
    today: date

    @classmethod
    def of(cls, query: Mapping[str, str], user: User, today: date) -> Asked:
        """Raises NotAsked for a scope that its reader does not see."""
        scopes = Scopes.of(user)
        scopes.offered.pop("nobody", None)
        key = query.get("measure", "")
        period = TargetPeriod.read(query.get("period", "")) or TargetPeriod.of(today, MONTH)
        scope = scopes.asked(query.get("scope", ""))
        return cls(user, scopes, scope, key if key in MEASURES else USUAL, period, today)

    @property
    def measure(self) -> Measure:
        return MEASURES[self.key]

    def words(self, **changed: str) -> str:
        """The query of this question with some words changed."""
        words = {"scope": self.scope.key, "measure": self.key, "period": self.period.key} | changed
        return f"?{urlencode({name: word for name, word in words.items() if word})}"

    def measures(self, **changed: str) -> list[tuple[str, Measure, str, bool]]:
        """(key, measure, query, is it this one) of all that can be asked for instead."""
        return [(key, one, self.words(measure=key, **changed), key == self.key) for key, one in MEASURES.items()]

    def sums(self) -> Sums:
        """What the people of the scope did of the measure, by month. One statement."""
        return self.measure.reads(self.inside.keys(), self.period.months[0], self.period.months[-1])

    @property
    def inside(self) -> dict[int, User]:
        """The people of the scope."""
        return self.scopes.within(self.scope)

    def goals(self) -> Goals:
        """What was set in the year of this question, as far as its reader may see it. One statement."""
        rows = Target.objects.visible_to(self.user).of_year(self.period.first_on.year)
        return Goals(rows.filter(measure=self.key))

    def spans(self) -> list[tuple[str, str, bool]]:
        """(label, query, is it this one) of the month, quarter and year that hold this period, or today."""
        day = self.today if self.period.first_on <= self.today <= self.last_on else self.period.first_on
        return [
            (str(label), self.words(period=TargetPeriod.of(day, span).key), span == self.period.span)
            for span, label in SPANS.items()
        ]

    @property
    def last_on(self) -> date:
        return self.next_on - timedelta(days=1)

    @property
    def next_on(self) -> date:
        return (self.period.months[-1] + timedelta(days=31)).replace(day=1)

    def before(self) -> str:
        """The query of the period before; '' at the end of the calendar."""
        day = self.period.first_on - timedelta(days=1)
        return self._of(day)

    def after(self) -> str:
        return self._of(self.next_on)

    def _of(self, day: date) -> str:
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            return ""
        return self.words(period=TargetPeriod.of(day, self.period.span).key)

    @property
    def passed(self) -> tuple[int, int]:
        """(days of the period that are over or under way, its days): how far it has gone."""
        whole = (self.next_on - self.period.first_on).days
        return min(max((self.today - self.period.first_on).days + 1, 0), whole), whole
