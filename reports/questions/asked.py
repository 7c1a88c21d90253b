"""Whose figures of which period does somebody ask the board for, and what do several of its answers read in common?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.urls import reverse
from django.utils.http import urlencode

from communications.answering import Answered, Speed, answered
from core.zones import business_day, midnight
from customers.models import Customer
from opportunities import words
from opportunities.figures import changes, reading
from opportunities.figures.asked import Asked as OfDeals
from opportunities.figures.asked import NotAsked, Period, person_scope
from publicpool.countdown import Clock
from publicpool.rules import active_specs

from .. import asked as of_targets
from ..achievement import Line, lines_of
from ..measures import MEASURES, Done, Sums
from ..periods import FIRST_YEAR, TargetPeriod

if TYPE_CHECKING:
    from accounts.models import User
    from opportunities.figures.changes import Changes
    from opportunities.models import Pipeline


# The kinds of the funnel's cells that several answers read together.
ENDED = ("closed", "source", "reason", "competitor", "lost_in")


@dataclass(frozen=True)
class Asked(of_targets.Asked):
    """One question to the board: whose, which month, quarter or year, which pipeline; amounts in the base currency.

    What several answers need is read once, when the first asks for it.
    """

    now: datetime
    pipelines: tuple[Pipeline, ...]
    pipeline_key: str

    @classmethod
    def at(cls, query: Mapping[str, str], user: User, now: datetime) -> Asked:
        """What an address asks at a moment. Raises NotAsked for a scope or pipeline that is not there."""
        plain = of_targets.Asked.of({**query, "measure": ""}, user, business_day(now))
        key, found = query.get("pipeline", ""), tuple(words.pipelines())
        if not found or (key and key not in {str(one.pk) for one in found}):
            raise NotAsked
        return cls(plain.user, plain.scopes, plain.scope, plain.key, plain.period, plain.today, now, found, key)

    def words(self, **changed: str) -> str:
        named = {"scope": self.scope.key, "period": self.period.key, "pipeline": self.pipeline_key} | changed
        return f"?{urlencode({name: word for name, word in named.items() if word})}"

    @property
    def pipeline(self) -> Pipeline:
        """The one asked for, else the first in use."""
        chosen = [one for one in self.pipelines if str(one.pk) == self.pipeline_key]
        return next(iter([*chosen, *(one for one in self.pipelines if one.is_active), *self.pipelines]))

    # --- whose --------------------------------------------------------------------------------------

    @cached_property
    def people(self) -> dict[int, User]:
        return self.inside

    def shown(self, counted: Collection[int] = ()) -> list[User]:
        """Whom a table by person names: who sells, and whoever is counted; by name."""
        rows = (one for pk, one in self.people.items() if pk in counted or (one.is_active and not one.is_admin))
        return sorted(rows, key=lambda one: (str(one), one.pk))

    def rows_at(self, url_name: str, word: str, person: int | None, named: Mapping[str, Any]) -> str:
        """A list narrowed to this scope, or to a person of it; ``word`` is the list's own for a person."""
        whose: list[tuple[str, Any]] = [(word, person)] if person else []
        if not (person or self.scope.is_everybody):
            # A scope's own words are those of lists by owner.
            whose = [(word if name == "owner" else name, one) for name, one in self.scope.words if name not in named]
        elif not person and url_name == "opportunities:list":
            whose = list(self.scope.words)  # deals that somebody holds
        listed = [(name, one) for name, value in named.items() for one in _many(value)]
        return f"{reverse(url_name)}?{urlencode([*whose, *listed])}"

    def whose(self, word: str) -> dict[str, list[int]]:
        """The scope as words of a list, by their word for a person; nothing for everybody."""
        found: dict[str, list[int]] = {}
        for name, one in () if self.scope.is_everybody else self.scope.words:
            found.setdefault(word if name == "owner" else name, []).append(int(one))
        return found

    # --- when ---------------------------------------------------------------------------------------

    @property
    def months(self) -> Period:
        """The period as the funnel asks for it."""
        return Period("", self.period.months[0], self.period.months[-1])

    @property
    def begins(self) -> datetime:
        return midnight(self.period.first_on)

    @property
    def ends(self) -> datetime:
        """The moment with which the period is over."""
        return midnight(self.next_on)

    def days(self, first: str, last: str) -> dict[str, str]:
        """The days of the period by a list's words for the first and the last one."""
        return {first: self.period.first_on.isoformat(), last: self.last_on.isoformat()}

    @cached_property
    def earlier(self) -> Asked | None:
        """The same question of the period before; None at the beginning of the calendar."""
        day = self.period.first_on - timedelta(days=1)
        if day.year < FIRST_YEAR:
            return None
        return replace(self, period=TargetPeriod.of(day, self.period.span))

    @property
    def is_over(self) -> bool:
        return self.next_on <= self.today

    # --- what several answers read ------------------------------------------------------------------

    @cached_property
    def of_deals(self) -> OfDeals:
        """The same question as the funnel's figures understand it."""
        return OfDeals(self.scope, self.pipeline, self.months, self.today)

    def of_person(self, person: User) -> OfDeals:
        return replace(self.of_deals, scope=person_scope(person))

    @cached_property
    def pipe(self) -> reading.Pipe:
        return reading.Pipe.of(self.of_deals)

    @cached_property
    def ahead(self) -> reading.Ahead:
        """What is under way."""
        return reading.ahead(self.of_deals, self.pipe)

    @cached_property
    def expected(self) -> dict[int, reading.Open]:
        """What each person expects to close in the period."""
        months = self.period.months
        return reading.expected_of_each(self.people.keys(), months[0], months[-1], self.today)

    @cached_property
    def _two_weeks(self) -> Changes:
        since, until = midnight(self.monday - timedelta(days=7)), midnight(self.today + timedelta(days=1))
        return changes.changes(self.user, self.scope.owners, since, until, today=self.today)

    @cached_property
    def changes(self) -> Changes:
        """What happened to deals since Monday."""
        return self._two_weeks.between(midnight(self.monday), midnight(self.today + timedelta(days=1)))

    @cached_property
    def changes_before(self) -> Changes:
        """What happened to them in the week before."""
        return self._two_weeks.between(midnight(self.monday - timedelta(days=7)), midnight(self.monday))

    @cached_property
    def _arrived(self) -> list[tuple[int | None, str, bool, int]]:
        """(source, country, in the period and not the one before, how many) of customers created."""
        since = self.earlier.begins if self.earlier else self.begins
        rows = Customer.objects.visible_to(self.user).filter(
            owner__in=self.people.keys(), created_at__gte=since, created_at__lt=self.ends
        )
        is_now = ExpressionWrapper(Q(created_at__gte=self.begins), BooleanField())
        return list(rows.order_by().values_list("source", "country", is_now).annotate(Count("pk")))

    def arrived(self, column: str, *, before: bool = False) -> dict[str, int]:
        """How many customers that these people hold were created, by source or country ('' where it is not known)."""
        place = 0 if column == "source" else 1
        found: dict[str, int] = {}
        for *keys, is_now, n in self._arrived:
            if is_now != before:
                key = "" if keys[place] is None else str(keys[place])
                found[key] = found.get(key, 0) + n
        return found

    @cached_property
    def answered(self) -> Answered:
        """How fast these people answered in the period."""
        return answered(self.people.keys(), self.period.months[0], self.period.months[-1])

    @cached_property
    def answered_before(self) -> Answered:
        return self.earlier.answered if self.earlier else Answered(Speed(), {}, {}, {})

    @cached_property
    def clock(self) -> Clock:
        """When customers go back to the pool."""
        return Clock.load(self.now, active_specs())

    @property
    def monday(self) -> date:
        return self.today - timedelta(days=self.today.weekday())

    @cached_property
    def lines(self) -> list[Line]:
        """Each team and person with what was to be reached and what was."""
        return lines_of(self)

    @cached_property
    def _read(self) -> dict[str, Sums]:
        return {}

    def both(self, key: str) -> Sums:
        """A measure of the period and of the one before, by person and month; read once."""
        if key not in self._read:
            first = self.earlier.period.first_on if self.earlier else self.period.first_on
            self._read[key] = MEASURES[key].reads(self.people.keys(), first, self.period.months[-1])
        return self._read[key]

    def sums(self) -> Sums:
        return {place: one for place, one in self.both(self.key).items() if place[1] in self.period.months}

    def done(self, key: str) -> dict[int, Done]:
        """How much of a measure each person did in the period."""
        return self._by_person(key, self.period.months)

    def done_before(self, key: str) -> dict[int, Done]:
        """How much of it each did in the period before."""
        return self._by_person(key, self.earlier.period.months) if self.earlier else {}

    def _by_person(self, key: str, months: Collection[date]) -> dict[int, Done]:
        found: dict[int, Done] = {}
        for (who, month), one in self.both(key).items():
            if month in months:
                known = found.get(who, Done())
                found[who] = Done(known.number + one.number, known.unrated + one.unrated)
        return found

    @cached_property
    def _ended(self) -> reading.Ended:
        first = self.earlier.period.first_on if self.earlier else self.period.first_on
        return reading.Ended.between(self.of_deals, self.pipe, first, self.period.months[-1], *ENDED)

    def ended(self, kind: str) -> dict[str, reading.Closed]:
        """What was won and lost in the period, by the values of one of ENDED."""
        return self._ended.by_value(kind, self.period.months[0], self.period.months[-1])

    def ended_before(self, kind: str) -> dict[str, reading.Closed]:
        if not self.earlier:
            return {}
        months = self.earlier.period.months
        return self._ended.by_value(kind, months[0], months[-1])


def _many(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list, set, frozenset)) else (value,)


def total(parts: Collection[Done]) -> Done:
    return Done(sum((one.number for one in parts), start=Decimal(0)), sum(one.unrated for one in parts))
