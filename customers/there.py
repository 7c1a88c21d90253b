"""What does a moment of ours mean at a customer's: what time is it there, and is anybody at work?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from .clock import Placed, zone_at
from .working_days import why_off

# When a call disturbs: before and after these hours.
EARLY, LATE = 8, 21


@dataclass(frozen=True)
class There:
    """A moment on a customer's clock (``at`` None: only a day is known) and what speaks against it."""

    at: datetime | None
    why_off: str
    is_night: bool

    @property
    def is_bad(self) -> bool:
        return bool(self.why_off or self.is_night)

    @property
    def words(self) -> str:
        """“23:40 there · Friday is a day of rest in Saudi Arabia”; '' where a day has nothing to tell."""
        clock = _("%(time)s there") % {"time": f"{self.at:%H:%M}"} if self.at else ""
        return " · ".join(word for word in (clock, self.why_off) if word)


def moment_there(customer: Placed, moment: date) -> There | None:
    """A moment (aware) or a day at a customer's; None where its place is unknown. Asks no query."""
    country = str(customer.country)
    if not isinstance(moment, datetime):
        return There(None, why_off(country, moment), False) if country else None
    zone = zone_at(customer)
    if zone is None:
        return None
    at = moment.astimezone(ZoneInfo(zone.name))
    return There(at, why_off(country, at.date()), not EARLY <= at.hour < LATE)
