"""Which customers and leads were given by a rotation and not touched in time?

24 hours of working days of the firm; the holder's days away do not count either. Touched is a communication that was
logged, as for reclaim: nothing else moves ``last_followed_at``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F, Q, QuerySet

from accounts.models import AwayTime
from core.zones import business_day

from . import stops
from .models import Rotation, RotationEntry
from .rotation.hours import hours_after

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOURS = 24
# What lies longer was nobody else's to take: it is not looked at every minute for ever.
LONGEST = timedelta(days=60)


def lying(rotation: Rotation, now: datetime) -> list[RotationEntry]:
    """The lines whose holder let it lie until now, the earliest deadline first. Three statements."""
    if rotation.passes_on_since is None:
        return []
    since = max(rotation.passes_on_since, now - LONGEST)
    lines = list(untouched(rotation).filter(at__gte=since, at__lte=now - timedelta(hours=HOURS)))
    if not lines:
        return []
    deadlines = [(deadline, line.seq, line) for line, deadline in _deadlines(lines, now)]
    return [line for deadline, _seq, line in sorted(deadlines, key=lambda one: one[:2]) if deadline <= now]


def untouched(rotation: Rotation) -> QuerySet[RotationEntry]:
    """Lines by which somebody holds it still, without a contact since."""
    lines = RotationEntry.objects.filter(rotation=rotation, kind=RotationEntry.Kind.GIVEN)
    if rotation.is_of_leads:
        # A lead has no periods: it is the same holding as long as nobody got it since.
        return lines.filter(
            Q(lead__last_followed_at=None) | Q(lead__last_followed_at__lt=F("at")),
            lead__owner=F("user"),
            lead__owned_since=F("at"),
            lead__state__in=("new", "working"),
            lead__archived_at=None,
        )
    return lines.filter(
        Q(customer__last_followed_at=None) | Q(customer__last_followed_at__lt=F("period__started_at")),
        period__ended_at=None,
    )


def _deadlines(lines: Sequence[RotationEntry], now: datetime) -> Iterator[tuple[RotationEntry, datetime]]:
    first = business_day(min(line.at for line in lines))
    last = business_day(now) + timedelta(days=1)
    rests = stops.rest(first, last)
    away: dict[int, set[date]] = defaultdict(set)
    rows = AwayTime.objects.filter(user__in={line.user_id for line in lines}, last_on__gte=first, first_on__lte=last)
    for user, begins, ends in rows.values_list("user", "first_on", "last_on"):
        away[user].update(stops.days(max(begins, first), min(ends, last)))
    for line in lines:
        yield line, hours_after(line.at, HOURS, _or_away(rests, away[line.user_id or 0]), settings.BUSINESS_ZONE)


def _or_away(rests: Callable[[date], bool], away: set[date]) -> Callable[[date], bool]:
    return lambda day: day in away or rests(day)
