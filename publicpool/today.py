"""Which customers are about to go to the pool, and who waits for a decision on more time?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.registries import TODAY, Day, TodayLine, TodaySection
from core.templatetags.ui import day_words
from core.urgency import leaves, waits
from core.zones import business_day
from customers.own import MOST_LINES, MOST_WEIGHED, read_own
from customers.registries import OWN_ROWS, SUGGESTIONS, StepAct, Suggestion
from customers.today import line, weight

from . import telling
from .countdown import Clock, Countdown, soonest
from .models import Extension
from .permissions import can_decide_extension

AHEAD = timedelta(days=7)
# So far ahead it is worth a step already.
STEP_AHEAD = timedelta(days=14)


def clock_of(day: Day) -> Clock:
    """The rules in use at this moment."""
    return Clock.load(day.now)


def _going(day: Day) -> Sequence[Countdown]:
    """One's own customers that go within a fortnight, the next first."""
    clock = day.once(clock_of)
    return soonest(clock, clock.today + STEP_AHEAD, owner=day.user.pk, limit=MOST_WEIGHED)


def _rows(day: Day) -> Sequence[list[dict[str, Any]]]:
    return [[{"of": one.customer_id} for one in day.once(_going)]]


def going_lines(day: Day) -> Sequence[TodayLine]:
    """One's own customers that go within a week, the next first, with the contact that keeps them."""
    now, today, customers = day.now, business_day(day.now), day.once(read_own).customers
    lines: list[TodayLine] = []
    for one in day.once(_going):
        if one.on > today + AHEAD or len(lines) == MOST_LINES:
            break
        if (row := customers.get(one.customer_id)) is None:  # given away in this moment
            continue
        drawn = line(
            row,
            why=[leaves(one.days_left(today), telling.leaves(one, now))],
            text=capfirst(f"{one.spec.sentence} – {telling.cure(one.spec)}"),
            icon="hourglass-low",
            due_label=f"{day_words(one.on)} · {telling.left(one, now)}",
            tone=telling.tone(one, today),
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


def leaving(day: Day) -> list[Suggestion]:
    """What goes within a fortnight, as a step: the contact that keeps it."""
    found = []
    for one in day.once(_going):
        why = [leaves(one.days_left(business_day(day.now)), telling.leaves(one, day.now))]
        act = StepAct(_("Log"), reverse("communications:log", args=[one.customer_id]), "message-plus")
        keeps = one.spec.kind != "no_order"  # there an order helps, not a word
        found.append(Suggestion(why, f"leaves:{one.on}", one.customer_id, act=act if keeps else None))
    return found


def wishes(day: Day) -> Sequence[TodayLine]:
    """More time that colleagues ask for and this person decides on, the oldest first."""
    user, now = day.user, day.now
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
    OWN_ROWS["going"] = _rows
    SUGGESTIONS["leaving"] = leaving
    TODAY["going"] = TodaySection(
        gettext_lazy("Going to the pool"),
        3,
        going_lines,
        url_name="customers:list",
        url_query=telling.GOING_SOON,
    )
    TODAY["more_time"] = TodaySection(gettext_lazy("More time asked for"), 6, wishes)
