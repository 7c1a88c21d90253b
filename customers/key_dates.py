"""Which days matter for a customer, and when do they come round? Written down ones, and birthdays of its people."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import CharField, F, Func, Q, Value
from django.db.models.lookups import In
from django.utils.translation import gettext as _

from .models import KeyDate

# They come round every year.
ANNUAL = frozenset({KeyDate.Kind.BIRTHDAY.value})
# A passed day wants somebody for so long.
STILL_TOLD = timedelta(days=30)


@dataclass(frozen=True)
class Occasion:
    """A day of a customer: what it is, when it comes (round), and what was noted with it."""

    label: str
    on: date
    note: str = ""


def occasion(kind: str, on: date, note: str, today: date) -> Occasion:
    """A written down day; of an annual one the next time."""
    label = str(dict(KeyDate.Kind.choices).get(kind, kind))
    return Occasion(label, comes_round(on, today) if kind in ANNUAL else on, note)


def birthday(name: str, born: date, today: date) -> Occasion:
    return Occasion(_("Birthday of %(name)s") % {"name": name}, comes_round(born, today))


def comes_round(on: date, today: date) -> date:
    """The next anniversary, today's included; of 29 February the 28th where the year has none."""
    found = _in_year(on, today.year)
    return found if found >= today else _in_year(on, today.year + 1)


def _in_year(on: date, year: int) -> date:
    is_missing = (on.month, on.day) == (2, 29) and not calendar.isleap(year)
    return on.replace(year=year, day=28) if is_missing else on.replace(year=year)


def soon(today: date, days: int) -> Q:
    """Key dates within so many days, and passed ones that still want somebody."""
    once = Q(on__range=(today - STILL_TOLD, today + timedelta(days=days)))
    return (once & ~Q(kind__in=ANNUAL)) | (Q(kind__in=ANNUAL) & round_soon("on", today, days))


def round_soon(column: str, today: date, days: int) -> Q:
    """Does the anniversary of a column's day come within so many days?"""
    ahead = [today + timedelta(days=number) for number in range(days + 1)]
    wanted = {f"{day:%m%d}" for day in ahead}
    if any((day.month, day.day) == (2, 28) and not calendar.isleap(day.year) for day in ahead):
        wanted.add("0229")
    month_and_day = Func(F(column), Value("MMDD"), function="to_char", output_field=CharField())
    return Q(In(month_and_day, sorted(wanted)))
