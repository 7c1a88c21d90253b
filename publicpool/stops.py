"""On which days does the clock of the reclaim rules stand? Firm holidays, and the holders' days away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import AwayTime
from core.zones import country_of
from customers.clock import day_off
from customers.working_days import is_working_day

from .models import FirmHoliday

# Days are counted from here on, as SQL does (publicpool.countdown).
DAY_0 = date(2000, 1, 1)
# So many days of one calendar year stop one person's clock.
AWAY_A_YEAR = 30
# How far ahead days are known.
AHEAD = 800
# First and last day.
Span: TypeAlias = tuple[date, date]


@dataclass(frozen=True)
class Stops:
    """Sorted numbers of days (DAY_0 is 0) on which the clock stands: the firm's, and those of a person who has more."""

    firm: tuple[int, ...] = ()
    people: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def span(today: date, days: int) -> Span:
    """From when until when days matter for rules of up to so many days.

    What lies longer ago than any clock runs is left out: a clock that began before it has run off.
    """
    return today - timedelta(days=2 * days + 400), today + timedelta(days=AHEAD)


def load(first: date, last: date, holidays: Iterable[Span], away: Iterable[tuple[int, date, date]]) -> Stops:
    """Reckon with the firm's holidays and the times away as ``firm_holidays`` and ``away_times`` give them."""
    firm = {number(day) for day in _firm_days(first, last, holidays)}
    people = {user_id: {number(day) for day in gone} for user_id, gone in _days_away(first, last, away).items()}
    return Stops(tuple(sorted(firm)), {pk: tuple(sorted(firm | gone)) for pk, gone in people.items() if gone - firm})


def number(day: date) -> int:
    return (day - DAY_0).days


def day_of(number: int) -> date:
    return DAY_0 + timedelta(days=number)


def firm_holidays(first: date, last: date) -> QuerySet[Any]:
    """(first_on, last_on) of the firm's own holidays."""
    return FirmHoliday.objects.filter(last_on__gte=first, first_on__lte=last).values("first_on", "last_on")


def rest(first: date, last: date) -> Callable[[date], bool]:
    """Tell of each day from ``first`` to ``last`` whether nobody works at the firm. One statement.

    Weekends count here, other than for the clock of the rules.
    """
    country = country_of(str(settings.BUSINESS_ZONE))
    spans = firm_holidays(first, last).values_list("first_on", "last_on")
    closed = {day for first_on, last_on in spans for day in days(max(first, first_on), min(last, last_on))}
    return lambda day: day in closed or not is_working_day(country, day)


def away_times(first: date, last: date) -> QuerySet[Any]:
    """(user_id, first_on, last_on) of times away, from the beginning of the year on: the days of a year are counted."""
    rows = AwayTime.objects.filter(last_on__gte=first.replace(month=1, day=1), first_on__lte=last)
    return rows.order_by("user", "first_on").values("user_id", "first_on", "last_on")


def _firm_days(first: date, last: date, holidays: Iterable[Span]) -> Iterator[date]:
    """Public holidays where the firm is, and its own."""
    country = country_of(str(settings.BUSINESS_ZONE))
    yield from (day for day in days(first, last) if day_off(country, day)[0])
    for first_on, last_on in holidays:
        yield from days(max(first, first_on), min(last, last_on))


def _days_away(first: date, last: date, away: Iterable[tuple[int, date, date]]) -> dict[int, list[date]]:
    """No more than AWAY_A_YEAR of a calendar year: its first ones.

    Weekends and holidays among them count, as they do for the clock.
    """
    found: dict[int, list[date]] = defaultdict(list)
    used: Counter[tuple[int, int]] = Counter()
    counted: set[tuple[int, date]] = set()  # times may overlap
    for user_id, first_on, last_on in away:
        for day in days(first_on, min(last_on, last)):
            if used[user_id, day.year] < AWAY_A_YEAR and (user_id, day) not in counted:
                counted.add((user_id, day))
                used[user_id, day.year] += 1
                if day >= first:
                    found[user_id].append(day)
    return found


def days(first: date, last: date) -> Iterable[date]:
    """Each day from ``first`` to ``last``; none where it ends before it begins."""
    return (first + timedelta(days=step) for step in range((last - first).days + 1))
