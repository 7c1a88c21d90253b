"""Who wrote to us and waits for a word?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.registries import TODAY, Day, TodayLine, TodaySection
from core.urgency import waits
from customers.models import Customer
from customers.own import MOST_WEIGHED, first, read_own
from customers.registries import OWN_ROWS
from customers.today import days_ago, line

if TYPE_CHECKING:
    from accounts.models import User

# What lies further back is no reply that waits but a customer that went cold: the cycle says so.
WAITS = timedelta(days=30)


def waiting_for_us(user: User, now: datetime) -> QuerySet[Any]:
    """Own customers who spoke last, the one who waits longest first."""
    unanswered = Q(last_outbound_at=None) | Q(last_outbound_at__lt=F("last_inbound_at"))
    rows = Customer.objects.held_by(user).filter(unanswered, last_inbound_at__gte=now - WAITS)
    return rows.order_by("last_inbound_at", "pk")


def _rows(day: Day) -> Sequence[QuerySet[Any]]:
    return first(waiting_for_us(day.user, day.now), MOST_WEIGHED)


def replies_waiting(day: Day) -> Sequence[TodayLine]:
    """Whoever waits for us, with the answer one press away."""
    lines, now = [], day.now
    for one in day.once(read_own).of("replies_waiting"):
        ago = days_ago(one.last_inbound_at, now)
        drawn = line(
            one,
            why=[waits(one.last_inbound_at, now, _("wrote %(ago)s and waits") % {"ago": ago})],
            text=_("They wrote last and wait for an answer"),
            icon="message-2",
            acts=False,
            due_label=ago,
            tone="warn" if now - one.last_inbound_at > timedelta(days=1) else "",
        )
        url = reverse("communications:log", args=[one.pk])
        lines.append(replace(drawn, act_label=_("Log"), act_url=url, act_icon="message-plus", act_in_dialog=True))
    return lines


def register() -> None:
    """Add this floor's section to the Today page."""
    OWN_ROWS["replies_waiting"] = _rows
    TODAY["replies_waiting"] = TodaySection(gettext_lazy("Waiting for an answer"), 3, replies_waiting)
