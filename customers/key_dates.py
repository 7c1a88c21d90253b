"""Which days matter for a customer, and when do they come round? Written down ones, and birthdays of its people."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.db.models.expressions import Combinable
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import In
from django.utils.translation import gettext as _

from .models import KeyDate
from .querysets import BORN_ON

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
    yearly = _comes(ExtractMonth("on") * 100 + ExtractDay("on"), today, days)
    return (once & ~Q(kind__in=ANNUAL)) | (yearly & Q(kind__in=ANNUAL))


def born_soon(today: date, days: int) -> Q:
    """People whose birthday comes within so many days. Found by the index of BORN_ON."""
    return Q(birthday__isnull=False) & _comes(BORN_ON, today, days)


def _comes(day_of_year: Combinable, today: date, days: int) -> Q:
    """Does the anniversary of this day (month times 100 and day) come within so many days?"""
    ahead = [today + timedelta(days=number) for number in range(days + 1)]
    wanted = {day.month * 100 + day.day for day in ahead}
    if any((day.month, day.day) == (2, 28) and not calendar.isleap(day.year) for day in ahead):
        wanted.add(229)
    return Q(In(day_of_year, sorted(wanted)))
