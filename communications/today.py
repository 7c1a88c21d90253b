"""Who wrote to us and waits for a word?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.registries import TODAY, TodayLine, TodaySection
from customers.clock import zone_at
from customers.models import Customer
from customers.today import days_ago

if TYPE_CHECKING:
    from accounts.models import User

MOST_LINES = 11
# What lies further back is no reply that waits but a customer that went cold: the cycle says so.
WAITS = timedelta(days=30)


def replies_waiting(user: User, now: datetime) -> Sequence[TodayLine]:
    """Own customers who spoke last, the one who waits longest first."""
    unanswered = Q(last_outbound_at=None) | Q(last_outbound_at__lt=F("last_inbound_at"))
    rows = Customer.objects.visible_to(user).filter(unanswered, owner=user, last_inbound_at__gte=now - WAITS)
    needed = ("name", "country", "region", "city", "time_zone", "last_inbound_at")
    lines = []
    for one in rows.only(*needed).order_by("last_inbound_at", "pk")[:MOST_LINES]:
        zone = zone_at(one)
        lines.append(
            TodayLine(
                urgency=3,
                title=one.name,
                url=one.get_absolute_url(),
                text=_("They wrote last and wait for an answer"),
                icon="message-2",
                country=str(one.country),
                zone=zone.name if zone else "",
                place=one.city,
                due_label=days_ago(one.last_inbound_at, now),
                tone="warn" if now - one.last_inbound_at > timedelta(days=1) else "",
                act_label=_("Log"),
                act_url=reverse("communications:log", args=[one.pk]),
                act_icon="message-plus",
                act_in_dialog=True,
            )
        )
    return lines


def register() -> None:
    """Add this floor's section to the Today page."""
    TODAY["replies_waiting"] = TodaySection(gettext_lazy("Waiting for an answer"), 3, replies_waiting)
