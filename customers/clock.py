"""What time is it at a customer's, and is anybody at work there?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

import holidays
from django.utils.translation import gettext as _

from core.zones import Zone, is_zone, zone_of

if TYPE_CHECKING:
    from .models import Contact, Customer

OPENS, CLOSES = time(9), time(18)


class Placed(Protocol):
    """What is somewhere: a customer, a lead."""

    country: Any
    region: Any
    city: Any
    time_zone: Any


@dataclass(frozen=True)
class LocalClock:
    """The moment there; ``is_certain`` False where the country has several zones and no place decides."""

    zone: str
    at: datetime
    place: str
    is_certain: bool
    holiday: str
    is_weekend: bool

    @property
    def is_open(self) -> bool:
        """Within usual office hours of a working day."""
        return not self.holiday and not self.is_weekend and OPENS <= self.at.time() < CLOSES

    @property
    def hint(self) -> str:
        if self.holiday:
            return _("Holiday: %(name)s") % {"name": self.holiday}
        if self.is_weekend:
            return _("Weekend there")
        if self.at.time() < OPENS:
            return _("Opens at %(time)s") % {"time": f"{OPENS:%H:%M}"}
        return _("At work until %(time)s") % {"time": f"{CLOSES:%H:%M}"} if self.is_open else _("Closed for today")


def zone_at(record: Placed) -> Zone | None:
    """The time zone entered for a customer, else that of its place; None where the country is unknown."""
    if record.time_zone and is_zone(record.time_zone):
        return Zone(record.time_zone, True)
    return _zone_of(str(record.country), record.region, record.city)


_zone_of = lru_cache(maxsize=4096)(zone_of)


def local_clock(customer: Placed, now: datetime) -> LocalClock | None:
    """The customer's clock at the moment ``now`` (aware); None where its place is unknown."""
    return _clock(zone_at(customer), str(customer.country), customer.city, now)


def place_zone(country: str, city: str) -> Zone | None:
    """The time zone of a place that is no customer's yet; None where it is unknown."""
    return _zone_of(country, "", city)


def place_clock(country: str, city: str, now: datetime) -> LocalClock | None:
    """The clock of a place that is no customer's yet; None where it is unknown."""
    return _clock(place_zone(country, city), country, city, now)


def contact_clock(contact: Contact, customer: Customer, now: datetime) -> LocalClock | None:
    """A contact's own clock where another zone was entered for the person; None where it is the customer's."""
    if not is_zone(contact.time_zone) or contact.time_zone == getattr(zone_at(customer), "name", ""):
        return None
    return _clock(Zone(contact.time_zone, True), str(customer.country), "", now)


def _clock(zone: Zone | None, country: str, place: str, now: datetime) -> LocalClock | None:
    if zone is None:
        return None
    at = now.astimezone(ZoneInfo(zone.name))
    holiday, is_weekend = day_off(country, at.date())
    named = place or zone.name.rpartition("/")[2].replace("_", " ")
    return LocalClock(zone.name, at, named, zone.is_certain, holiday, is_weekend)


@lru_cache(maxsize=8192)
def day_off(country: str, on: date) -> tuple[str, bool]:
    """(name of the public holiday or '', whether it is a weekend day) in ``country``; source: the holidays package."""
    calendar = _calendar(country, on.year)
    if calendar is None:
        return "", on.weekday() >= 5
    # China works on some Saturdays and Sundays for days off elsewhere in the week.
    return calendar.get(on, "").partition(";")[0], on.weekday() in calendar.weekend and not calendar.is_working_day(on)


@lru_cache(maxsize=512)
def _calendar(country: str, year: int) -> holidays.HolidayBase | None:
    try:
        return holidays.country_holidays(country, years=year, language="en_US")
    except NotImplementedError:  # a territory without a calendar of its own
        return None
