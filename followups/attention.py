"""Which customers should hear of us again, and for which is nothing planned?

Each question is one function that returns rows: Today, the daily digest and the list ask the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.registries import TODAY, Day, TodayLine, TodaySection
from core.urgency import Point
from customers.models import Customer
from customers.own import MOST_WEIGHED, first, read_own
from customers.querysets import RESTING
from customers.registries import OWN_ROWS, SUGGESTIONS, StepAct, Suggestion
from customers.today import line

from .models import FollowUpCycle

if TYPE_CHECKING:
    from accounts.models import User


def days_between(cycles: Iterable[FollowUpCycle]) -> dict[tuple[str, int | None], int]:
    """(grade, status or None for all others) → days."""
    return {(one.grade, one.status_id): one.days for one in cycles}


def due_for_contact(user: User, now: datetime, days: dict[tuple[str, int | None], int]) -> QuerySet[Any]:
    """Own customers who were not spoken with for their cycle's days, the longest silent first.

    The row of grade and status counts before that of the grade alone, which leaves lost and dormant ones in
    peace. Whoever has a step due within a day stands among the tasks already. The days count from the last
    contact, or from taking the customer.
    """
    silent = Q(pk__in=())
    for (grade, status), wait in days.items():
        where = Q(grade=grade, idle_since__lte=now - timedelta(days=wait))
        if status is None:
            exact = [other for other_grade, other in days if other_grade == grade and other is not None]
            where &= ~Q(status__in=exact) & ~Q(status__key__in=RESTING)
        else:
            where &= Q(status=status)
        silent |= where
    rows = Customer.objects.held_by(user).filter(silent)
    return rows.filter(Q(next_task_at=None) | Q(next_task_at__gt=now + timedelta(days=1))).order_by("idle_since", "pk")


def without_next_step(user: User) -> QuerySet[Any]:
    """Own customers at work for whom nothing is planned, the longest silent first."""
    return Customer.objects.held_by(user).without_next_step().order_by("idle_since", "pk")


def _contact_rows(day: Day) -> Sequence[QuerySet[Any]]:
    """Who was never spoken with has a section of its own."""
    rows = due_for_contact(day.user, day.now, day.once(_cycles)).exclude(last_followed_at=None)
    return first(rows, MOST_WEIGHED)


def contact_lines(day: Day) -> Sequence[TodayLine]:
    """“Due for contact” on Today: who, since when, how often they should hear of us."""
    lines = []
    for one in day.once(read_own).of("due_for_contact"):
        cycle = _cycle(day, one)
        every = ngettext("%(grade)s: every %(n)s day", "%(grade)s: every %(n)s days", cycle)
        text = every % {"grade": _("Grade %(grade)s") % {"grade": one.grade}, "n": cycle}
        why, silent = [beyond(one.idle_since, cycle, day.now)], _silent(one.idle_since, day.now)
        lines.append(_planned(line(one, why=why, text=text, icon="clock-pause", due_label=silent), one.pk))
    return lines


def _step_rows(day: Day) -> Sequence[QuerySet[Any]]:
    """As far as they do not stand in another section already."""
    told = due_for_contact(day.user, day.now, day.once(_cycles)).order_by().values("pk")
    return first(without_next_step(day.user).exclude(last_followed_at=None).exclude(pk__in=told))


def step_lines(day: Day) -> Sequence[TodayLine]:
    """“No next step planned” on Today."""
    return [
        _planned(
            line(
                one,
                why=[Point(10, _("nothing is planned"))],
                text=_("Nothing is planned"),
                icon="calendar-plus",
                due_label=_silent(one.idle_since, day.now),
            ),
            one.pk,
        )
        for one in day.once(read_own).of("no_next_step")
    ]


def silent(day: Day) -> list[Suggestion]:
    """Who was not spoken with for longer than the cycle, as a suggestion to plan the next contact."""
    found = []
    for one in day.once(read_own).of("due_for_contact", MOST_WEIGHED):
        act = StepAct(_("Plan a task"), _task_url(one.pk), "calendar-plus")
        why = [beyond(one.idle_since, _cycle(day, one), day.now)]
        found.append(Suggestion(why, f"silent:{one.idle_since:%Y-%m-%d}", one.pk, act=act))
    return found


def beyond(since: datetime, cycle: int, now: datetime) -> Point:
    """Silent for longer than the cycle: 20, for twice as long 30."""
    days = (now - since).days
    words = ngettext(
        "silent for %(n)s day, wanted every %(cycle)s", "silent for %(n)s days, wanted every %(cycle)s", days
    )
    return Point(30 if days >= 2 * cycle else 20, words % {"n": f"{days:,}", "cycle": cycle})


def _cycles(_day: Day) -> dict[tuple[str, int | None], int]:
    return days_between(FollowUpCycle.objects.all())  # unscoped: the firm's rule


def _cycle(day: Day, customer: Customer) -> int:
    """After how many days this customer should hear of us; 0 for no cycle."""
    days = day.once(_cycles)
    return days.get((customer.grade, customer.status_id), days.get((customer.grade, None), 0))


def _planned(drawn: TodayLine, customer: int) -> TodayLine:
    """The same line with the act to plan a task."""
    return replace(
        drawn, act_label=_("Plan a task"), act_url=_task_url(customer), act_icon="calendar-plus", act_in_dialog=True
    )


def _task_url(customer: int) -> str:
    return f"{reverse('followups:task_create')}?customer={customer}"


def _silent(since: datetime, now: datetime) -> str:
    days = (now - since).days
    return ngettext("silent for %(n)s day", "silent for %(n)s days", days) % {"n": f"{days:,}"}


def register() -> None:
    """Add the sections to the Today page, and what they suggest."""
    SUGGESTIONS["silent"] = silent
    OWN_ROWS.update(due_for_contact=_contact_rows, no_next_step=_step_rows)
    TODAY["due_for_contact"] = TodaySection(gettext_lazy("Due for contact"), 25, contact_lines)
    TODAY["no_next_step"] = TodaySection(
        gettext_lazy("No next step planned"),
        28,
        step_lines,
        url_name="customers:list",
        url_query="whose=mine&next_step=none&m=1",
    )
