"""On which days was somebody away? What is entered for the present replaces what was entered, never what has passed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..models import AwayTime, User


def keep_away(user: User, now: datetime) -> None:
    """Bring the row of the present or coming days away in line with the person's two dates. Twice is harmless."""
    today = now.astimezone(ZoneInfo(user.time_zone)).date()
    current = AwayTime.objects.filter(user=user, last_on__gte=today).first()
    if user.away_from is None or user.away_to is None or user.away_to < today:
        wanted = None
    elif current is not None and max(current.first_on, user.away_from) <= today:
        wanted = current.first_on, user.away_to  # under way: what has passed of it stays
    else:
        wanted = max(user.away_from, today), user.away_to
    if current is not None and wanted == (current.first_on, current.last_on):
        return
    if current is not None and (wanted is None or wanted[0] != current.first_on):
        if current.first_on < today:
            AwayTime.objects.filter(pk=current.pk).update(last_on=today - timedelta(days=1))
        else:
            current.delete()
        current = None
    if current is not None and wanted is not None:
        AwayTime.objects.filter(pk=current.pk).update(last_on=wanted[1])
    elif wanted is not None:
        AwayTime.objects.create(user=user, first_on=wanted[0], last_on=wanted[1])
