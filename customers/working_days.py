"""Which days do people work at a customer's? Weekends and public holidays of its country."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django_countries import countries

from .clock import day_off

# No country rests longer at a stretch; a search beyond it would hide a fault.
LONGEST_REST = 31


@lru_cache(maxsize=8192)
def is_working_day(country: str, day: date) -> bool:
    """Say whether offices in ``country`` (ISO alpha-2; '' is Monday to Friday) work on a day."""
    holiday, is_weekend = day_off(country, day)
    return not holiday and not is_weekend


def next_working_day(country: str, day: date) -> date:
    """The day itself where it is a working day, else the next one."""
    for ahead in range(LONGEST_REST):
        if is_working_day(country, found := day + timedelta(days=ahead)):
            return found
    return day


def add_working_days(country: str, day: date, number: int) -> date:
    """The ``number``-th working day after ``day`` (0: the day itself or the next working day)."""
    found = next_working_day(country, day) if number == 0 else day
    for _step in range(number):
        found = next_working_day(country, found + timedelta(days=1))
    return found


def why_off(country: str, day: date) -> str:
    """Why nobody works there on a day, in the reader's language; '' on a working day."""
    holiday, is_weekend = day_off(country, day)
    if holiday:
        return _("%(name)s, a holiday in %(country)s") % {"name": holiday, "country": countries.name(country)}
    if not is_weekend:
        return ""
    weekday = WEEKDAYS[day.weekday()]
    if not country:
        return str(weekday)
    return _("%(weekday)s is a day of rest in %(country)s") % {"weekday": weekday, "country": countries.name(country)}
