"""Which customers are about to go to the pool, and who waits for a decision on more time?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.registries import TODAY, TodayLine, TodaySection
from core.templatetags.ui import day_words
from core.urgency import leaves, waits
from customers.models import Customer
from customers.tables import with_points
from customers.today import MOST_LINES, line, weight

from . import telling
from .countdown import Clock, countdowns, going, reclaim_day
from .models import Extension
from .permissions import can_decide_extension
from .rules import active_specs

if TYPE_CHECKING:
    from accounts.models import User

AHEAD = timedelta(days=7)


def going_lines(user: User, now: datetime) -> Sequence[TodayLine]:
    """One's own customers that go within a week, the next first, with the contact that keeps them."""
    if not (specs := active_specs()):
        return []
    clock = Clock.load(now, specs)
    rows = Customer.objects.visible_to(user).filter(going(clock, clock.today + AHEAD), owner=user)
    rows = with_points(rows).annotate(_reclaim=reclaim_day(clock)).order_by("_reclaim", "pk")[:MOST_LINES]
    found = countdowns(clock, [row.pk for row in rows])
    lines = []
    for row in rows:
        if (one := found.get(row.pk)) is None:
            continue
        drawn = line(
            row,
            why=[leaves(one.days_left(clock.today), telling.leaves(one, now))],
            text=capfirst(f"{one.spec.sentence} – {telling.cure(one.spec)}"),
            icon="hourglass-low",
            due_label=f"{day_words(one.on)} · {telling.left(one, now)}",
            tone=telling.tone(one, clock.today),
        )
        if one.spec.kind != "no_order":
            drawn = replace(
                drawn,
                act_label=_("Log"),
                act_url=reverse("communications:log", args=[row.pk]),
                act_icon="message-plus",
                act_in_dialog=True,
            )
        lines.append(drawn)
    return lines


def wishes(user: User, now: datetime) -> Sequence[TodayLine]:
    """More time that colleagues ask for and this person decides on, the oldest first."""
    if not (user.is_manager or user.is_admin):
        return []
    rows = Extension.objects.visible_to(user).filter(state=Extension.State.ASKED, period__ended_at=None)
    rows = rows.exclude(by=user).select_related("customer__owner", "by").order_by("asked_at", "pk")[:MOST_LINES]
    return [
        TodayLine(
            title=one.customer.name,
            url=one.customer.get_absolute_url(),
            why=(waits(one.asked_at, now, _("a colleague waits for your word")), *weight(one.customer)),
            text=_("%(who)s asks for more time: %(reason)s")
            % {"who": one.by, "reason": Truncator(one.reason).chars(120)},
            icon="calendar-due",
            country=str(one.customer.country),
            act_label=_("Decide"),
            act_url=reverse("publicpool:extension", args=[one.pk]),
            act_icon="calendar-due",
            act_in_dialog=True,
        )
        for one in rows
        if can_decide_extension(user, one)
    ]


def register() -> None:
    """Add this floor's sections to the Today page, and with it to the digest."""
    TODAY["going"] = TodaySection(
        gettext_lazy("Going to the pool"),
        3,
        going_lines,
        url_name="customers:list",
        url_query=telling.GOING_SOON,
    )
    TODAY["more_time"] = TodaySection(gettext_lazy("More time asked for"), 6, wishes)
