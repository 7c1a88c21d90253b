"""When are so many hours over, days off not counted?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Nobody rests longer at a stretch; a search beyond it would hide a fault.
LONGEST_REST = 400


def hours_after(at: datetime, hours: int, is_off: Callable[[date], bool], zone: ZoneInfo) -> datetime:
    """The moment at which ``hours`` have passed since ``at`` (aware) on days that are not off, as ``zone`` has them.

    Days count from midnight to midnight, not office hours: 24 from Friday at 15:00 are over on Monday at 15:00.
    """
    left = timedelta(hours=hours)
    moment = at.astimezone(UTC)  # in which a day on which clocks are moved has its 23 or 25 hours
    for _day in range(LONGEST_REST):
        day = moment.astimezone(zone).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        if not is_off(day):
            if left <= midnight - moment:
                return (moment + left).astimezone(at.tzinfo)
            left -= midnight - moment
        moment = midnight
    return moment.astimezone(at.tzinfo)
