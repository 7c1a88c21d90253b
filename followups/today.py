"""Which tasks want somebody today?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.registries import TODAY, Day, TodayLine, TodaySection
from core.urgency import Point, late
from core.urgency import due_today as due_point
from customers.clock import zone_at
from customers.today import weight

from .due import end_of_day
from .kinds import kind_of
from .models import Task

# One more than a section shows.
MOST_LINES = 16
# What a line needs of its customer or lead; its search documents weigh more than all the rest.
NEEDED = (
    "title", "kind", "priority", "state", "due_at", "is_all_day", "assignee", "team", "customer__name",
    "customer__grade", "customer__open_opportunities", "customer__country", "customer__region", "customer__city",
    "customer__time_zone", "contact__name", "team__name_en", "team__name_zh", "lead__company", "lead__person",
    "lead__email", "lead__phone", "lead__subject", "lead__country", "lead__city", "opportunity__title",
)  # fmt: skip


def overdue(day: Day) -> Sequence[TodayLine]:
    """One's own tasks whose time is over, the oldest first."""
    return [
        _line(task, _late(task, day.now), tone="bad")
        for task in day.once(_tasks)
        if task.assignee_id and task.is_overdue(day.now)
    ]


def due_today(day: Day) -> Sequence[TodayLine]:
    """One's own tasks that are due before the reader's day ends."""
    return [
        _line(task, _due(task, day)) for task in day.once(_tasks) if task.assignee_id and not task.is_overdue(day.now)
    ]


def free_to_take(day: Day) -> Sequence[TodayLine]:
    """Tasks that wait for somebody of the team."""
    return [_line(task, _free(task, day.now), acts=False) for task in day.once(_tasks) if not task.assignee_id]


def _tasks(day: Day) -> Sequence[Task]:
    """The first tasks of each of these kinds, in their order. One statement."""
    user, now = day.user, day.now
    tonight = end_of_day(now.astimezone(ZoneInfo(user.time_zone)).date(), user.time_zone)
    mine = Task.objects.open().filter(assignee=user)
    kinds = [
        Task.objects.overdue(now).filter(assignee=user),
        mine.filter(due_at__gt=now, due_at__lte=tonight),
    ]
    if user.team_id:
        kinds.append(Task.objects.open().filter(team=user.team_id, assignee=None))
    ids, *more = (rows.order_by("due_at", "pk").values("pk")[:MOST_LINES] for rows in kinds)
    rows = Task.objects.filter(pk__in=ids.union(*more, all=True))  # unscoped: chosen by assignee and team
    shown = rows.select_related("customer", "lead", "opportunity", "contact", "team").only(*NEEDED)
    return list(shown.order_by("due_at", "pk"))


def _late(task: Task, now: datetime) -> Point:
    assert task.due_at is not None  # what has no time is never over
    return late((now - task.due_at).days)


def _due(task: Task, day: Day) -> Point:
    return due_point(None if task.is_all_day else task.due_at, day.now, day.user.time_zone)


def _free(task: Task, now: datetime) -> Point:
    return _late(task, now) if task.is_overdue(now) else Point(10, _("free to take"))


def _line(task: Task, point: Point, *, tone: str = "", acts: bool = True) -> TodayLine:
    """The customer or lead, or the task where there is none, with what is to be done below; one act finishes it."""
    party = task.party
    zone = zone_at(party) if party else None
    about = [one for one in (task.contact, task.opportunity) if one]
    who = "".join(f" · {one}" for one in about)
    return TodayLine(
        title=party.name if party else task.title,
        url=task.get_absolute_url(),
        why=(point, *_priority(task), *(weight(task.customer) if task.customer else ())),
        text=f"{task.title}{who}" if party else f"{task.get_state_display()}{who}",
        icon=kind_of(task.kind).icon,
        country=str(party.country) if party else "",
        zone=zone.name if zone else "",
        place=party.city if party else "",
        due_at=None if task.is_all_day and not tone else task.due_at,
        due_label=_("any time today") if task.is_all_day else "",
        tone=tone,
        act_label=_("Done") if acts else _("Take it"),
        act_url=reverse("communications:complete", args=[task.pk]) if acts else task.get_absolute_url(),
        act_icon="check" if acts else "hand-grab",
        act_in_dialog=acts,
    )


def _priority(task: Task) -> list[Point]:
    worth = {Task.Priority.URGENT: 20, Task.Priority.HIGH: 10}.get(Task.Priority(task.priority))
    return [Point(worth, _("priority: %(name)s") % {"name": task.get_priority_display()})] if worth else []


def register() -> None:
    """Add this floor's sections to the Today page."""
    mine = "whose=mine&state=open&m=1"
    TODAY["overdue"] = TodaySection(
        gettext_lazy("Overdue"), 1, overdue, url_name="followups:list", url_query=f"{mine}&when=overdue", most=15
    )
    TODAY["due_today"] = TodaySection(
        gettext_lazy("Due today"), 2, due_today, url_name="followups:list", url_query=f"{mine}&when=today", most=15
    )
    TODAY["free_to_take"] = TodaySection(
        gettext_lazy("Free to take in my team"), 8, free_to_take, url_name="followups:list", url_query="view=free"
    )
