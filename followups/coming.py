"""On which days will a series fall next, and what are these days at the customer's?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from customers.there import There, moment_there
from customers.working_days import next_working_day

from .models import Series
from .recurrence import moment_of, occurrences, parse

if TYPE_CHECKING:
    from customers.models import Customer


@dataclass(frozen=True)
class Coming:
    """A day to come on the clock of the series; ``moved_to`` where the series avoids this day off."""

    at: datetime
    is_all_day: bool
    there: There | None
    moved_to: date | None


def coming(series: Series, customer: Customer | None, now: datetime) -> Iterator[Coming]:
    """The days of a series from now on, without end where its rule has none."""
    zone = ZoneInfo(series.zone)
    since = now
    if series.is_all_day:
        since = moment_of(datetime.combine(now.astimezone(zone), time.min), series.zone)
    for moment in occurrences(parse(series.rule), series.first_wall, series.zone, since):
        at = moment.astimezone(zone)
        there = moment_there(customer, at.date() if series.is_all_day else at) if customer else None
        moved = next_working_day(str(customer.country), at.date()) if customer and series.avoids_days_off else at.date()
        yield Coming(at, series.is_all_day, there, moved if moved != at.date() else None)
