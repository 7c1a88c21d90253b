"""On which days does the clock of the reclaim rules stand? Firm holidays, and the holders' days away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings

from accounts.models import AwayTime
from core.zones import country_of
from customers.clock import day_off

from .models import FirmHoliday

# Days are counted from here on, as SQL does (publicpool.countdown).
DAY_0 = date(2000, 1, 1)
# So many days of one calendar year stop one person's clock.
AWAY_A_YEAR = 30
# How far ahead days are known.
AHEAD = 800


@dataclass(frozen=True)
class Stops:
    """Sorted numbers of days (DAY_0 is 0) on which the clock stands: the firm's, and those of a person who has more."""

    firm: tuple[int, ...] = ()
    people: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def of(self, user_id: int) -> tuple[int, ...]:
        return self.people.get(user_id, self.firm)


def load(today: date, days: int) -> Stops:
    """Read all that matters for rules of up to so many days. Two statements.

    What lies longer ago than any clock runs is left out: a clock that began before it has run off.
    """
    first, last = today - timedelta(days=2 * days + 400), today + timedelta(days=AHEAD)
    firm = {number(day) for day in _firm_days(first, last)}
    people: dict[int, set[int]] = defaultdict(set)
    for user_id, gone in away_days(first, last).items():
        people[user_id] = {number(day) for day in gone}
    return Stops(tuple(sorted(firm)), {pk: tuple(sorted(firm | gone)) for pk, gone in people.items() if gone - firm})


def number(day: date) -> int:
    return (day - DAY_0).days


def day_of(number: int) -> date:
    return DAY_0 + timedelta(days=number)


def _firm_days(first: date, last: date) -> Iterator[date]:
    """Public holidays where the firm is, and its own."""
    country = country_of(str(settings.BUSINESS_ZONE))
    yield from (day for day in _days(first, last) if day_off(country, day)[0])
    for row in FirmHoliday.objects.filter(last_on__gte=first, first_on__lte=last):
        yield from _days(max(first, row.first_on), min(last, row.last_on))


def away_days(first: date, last: date) -> dict[int, list[date]]:
    """Each person's days away between two days, no more than AWAY_A_YEAR of a calendar year: its first ones.

    Weekends and holidays among them count, as they do for the clock.
    """
    found: dict[int, list[date]] = defaultdict(list)
    used: Counter[tuple[int, int]] = Counter()
    counted: set[tuple[int, date]] = set()  # times may overlap
    rows = AwayTime.objects.filter(last_on__gte=first.replace(month=1, day=1), first_on__lte=last)
    for row in rows.order_by("user", "first_on"):
        for day in _days(row.first_on, min(row.last_on, last)):
            if used[row.user_id, day.year] < AWAY_A_YEAR and (row.user_id, day) not in counted:
                counted.add((row.user_id, day))
                used[row.user_id, day.year] += 1
                if day >= first:
                    found[row.user_id].append(day)
    return found


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=step) for step in range((last - first).days + 1))
