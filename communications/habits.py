"""When do customers usually write, by the clock on their wall?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from core.registries import Day
from core.urgency import waits
from customers.clock import zone_at
from customers.own import MOST_WEIGHED, read_own
from customers.registries import HABITS, SUGGESTIONS, StepAct, Suggestion
from customers.today import days_ago

from .models import Communication

if TYPE_CHECKING:
    from customers.models import Customer

BEHIND = timedelta(days=180)
# Fewer say nothing.
LEAST = 3
# Of all customers asked for together, the newest.
MOST_READ = 2000


def usual_hour(hours: Sequence[int]) -> int | None:
    """The hour around the clock that is nearest to all: the median of a day that has no end; the earlier of two."""
    if len(hours) < LEAST:
        return None

    def far(hour: int) -> int:
        return sum(min((hour - one) % 24, (one - hour) % 24) for one in hours)

    return min(sorted(set(hours)), key=far)


def usual_hours(customers: Sequence[Customer], now: datetime) -> dict[int, int]:
    """By customer: the hour there at which they usually write. One statement."""
    zones = {one.pk: ZoneInfo(zone.name) for one in customers if (zone := zone_at(one))}
    rows = Communication.objects.counted().filter(  # unscoped: of customers that the caller sees
        customer__in=zones, direction=Communication.Direction.IN,
        happened_at__gte=now - BEHIND, happened_at__lte=now,
    )  # fmt: skip
    hours: dict[int, list[int]] = defaultdict(list)
    for pk, at in rows.order_by("-happened_at", "-pk").values_list("customer", "happened_at")[:MOST_READ]:
        hours[pk].append(at.astimezone(zones[pk]).hour)
    return {pk: hour for pk, of in hours.items() if (hour := usual_hour(of)) is not None}


def reply_words(customers: Sequence[Customer], now: datetime) -> Mapping[int, str]:
    said = _("usually writes around %(time)s there")
    return {pk: said % {"time": f"{hour:02}:00"} for pk, hour in usual_hours(customers, now).items()}


def unanswered(day: Day) -> list[Suggestion]:
    """Own customers who spoke last, the one who waits longest first."""
    found = []
    for one in day.once(read_own).of("replies_waiting", MOST_WEIGHED):
        at = one.last_inbound_at
        why = [waits(at, day.now, _("wrote %(ago)s and waits") % {"ago": days_ago(at, day.now)})]
        act = StepAct(_("Log"), reverse("communications:log", args=[one.pk]), "message-plus")
        found.append(Suggestion(why, f"waits:{at:%Y-%m-%dT%H:%M}", one.pk, act=act))
    return found


def register() -> None:
    """Add this floor's source and what it knows of customers."""
    HABITS["usual_hour"] = reply_words
    SUGGESTIONS["unanswered"] = unanswered
