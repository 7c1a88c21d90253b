"""How does the timeline tell what became of tasks and plans? Made from the present state, once for a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from customers.registries import EVENT_LINES, EventLine, Line
from customers.timeline import bdi, sentence

from .models import Plan, Task

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Event

TASK_WORDS: dict[str, Callable[[], str]] = {
    "task.created": lambda: _("Task planned"),
    "task.changed": lambda: _("Task changed"),
    "task.done": lambda: _("Task done"),
    "task.cancelled": lambda: _("Task given up"),
    "task.missed": lambda: _("Task missed"),
    "task.reopened": lambda: _("Task opened again"),
    "task.postponed": lambda: _("Task moved"),
    "task.reassigned": lambda: _("Task given to"),
    "task.taken": lambda: _("Task taken"),
}
ICONS = {"task.done": "square-check", "task.postponed": "calendar-due", "task.reassigned": "user-share"}
PLAN_WORDS: dict[str, Callable[[], str]] = {
    "plan.created": lambda: _("Plan made"),
    "plan.changed": lambda: _("Plan changed"),
    "plan.ended": lambda: _("Plan ended"),
}


def draw_tasks(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """What was done with tasks: the title leads to the task; a rule is named where no person acted."""
    tasks = Task.objects.select_related("assignee", "team").in_bulk([event.target_id for event in events])
    drawn = {}
    for event in events:
        if (task := tasks.get(event.target_id)) is None:
            continue
        if event.customer_id is not None and task.customer_id is None:  # it went back to its lead
            continue
        name = format_html('<a href="{}">{}</a>', task.get_absolute_url(), bdi(task.title))
        is_given = event.kind == "task.reassigned" or (event.kind == "task.created" and task.assignee != event.by)
        to = bdi(task.assignee or task.team) if is_given else ""
        drawn[event.pk] = Line(
            sentence(TASK_WORDS[event.kind](), name, to, "·", who(event)),
            body=task.result if event.kind == "task.done" else "",
            tone="ok" if event.kind == "task.done" else "",
        )
    return drawn


def draw_plans(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    plans = Plan.objects.in_bulk([event.target_id for event in events])
    drawn = {}
    for event in events:
        if (plan := plans.get(event.target_id)) is None:
            continue
        name = format_html('<a href="{}">{}</a>', plan.get_absolute_url(), bdi(plan.title))
        before, after = event.payload.get("from"), event.payload.get("to")
        moved = f"{before} → {after} %" if before is not None and before != after else ""
        drawn[event.pk] = Line(sentence(PLAN_WORDS[event.kind](), name, moved, "·", who(event)))
    return drawn


def who(event: Event) -> Any:
    """Who acted; where a rule closed it by itself, that."""
    if event.rule == "touch":
        return format_html("{} · {}", _("by itself"), bdi(event.by) if event.by else "")
    return bdi(event.by) if event.by else _("by a rule")


def register() -> None:
    """Add this floor's kinds to EVENT_LINES."""
    for kind in TASK_WORDS:
        EVENT_LINES[kind] = EventLine(ICONS.get(kind, "square-check"), draw_tasks, family="tasks")
    for kind in PLAN_WORDS:
        EVENT_LINES[kind] = EventLine("target-arrow", draw_plans, family="tasks")
