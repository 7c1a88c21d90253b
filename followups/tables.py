"""Which columns has the list of tasks?"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.tables import CallColumn, Reading, Table, two_lines
from core.templatetags.ui import day, flag, icon, moment, person, time_there
from customers.clock import zone_at

from .due import day_of
from .kinds import kind_of
from .models import Task
from .querysets import SORT_DUE

TONES: dict[int, str] = {Task.Priority.HIGH: "text-warn", Task.Priority.URGENT: "text-bad"}


def due_words(task: Task, zone: str) -> Any:
    """When it is due, in the reader's words: the day, and the clock where it has one."""
    if task.due_at is None:
        return _("No date")
    if task.is_all_day:
        return day(day_of(task, task.assignee.time_zone if task.assignee else zone))
    return moment(task.due_at)


def _title(task: Task, reading: Reading) -> str:
    urgent = task.get_priority_display() if task.priority in TONES else ""
    words = format_html('<span class="{}">{}</span> ', TONES[task.priority], urgent) if urgent else ""
    kind = kind_of(task.kind)
    name = format_html('{} <a href="{}">{}</a>', icon(kind.icon), task.get_absolute_url(), task.title)
    return two_lines(name, format_html("{}{}", words, kind.label))


def _party(task: Task, reading: Reading) -> str:
    """The customer's or the lead's name, a link only where the reader sees it; below it who there, and which deal."""
    party = task.party
    about = " · ".join(str(one) for one in (task.contact or _person_of(task), task.opportunity) if one)
    if party is None:
        return two_lines(about or "—")
    name = format_html("<bdi>{}</bdi>", party.name)
    if task.is_party_seen:  # type: ignore[attr-defined]  # from TaskList
        name = format_html('<a href="{}">{}</a>', party.get_absolute_url(), name)
    mark = format_html('<small class="text-3">{}</small> ', _("Lead")) if task.customer_id is None else ""
    shown = format_html("<span class=named>{}{}{}</span>", mark, flag(party.country), name)
    return two_lines(shown, about)


def _person_of(task: Task) -> str:
    """The person who asks, where the lead is called by its company."""
    lead = task.lead
    return lead.person if lead is not None and task.customer_id is None and lead.company else ""


def _due(task: Task, reading: Reading) -> str:
    words = due_words(task, reading.user.time_zone)
    tone = "text-bad" if task.is_overdue(reading.now) else ""
    zone = zone_at(task.party) if task.party else None
    there = ""
    if zone and not task.is_all_day and task.due_at and zone.name != reading.user.time_zone:
        at = task.due_at.astimezone(ZoneInfo(zone.name))
        there = _("there %(time)s") % {"time": f"{at:%H:%M}"}
    return two_lines(words, there or (_("overdue") if tone else ""), tone)


def _here(task: Task, reading: Reading) -> str:
    zone = zone_at(task.party) if task.party else None
    return time_there(zone.name, task.party.city if task.party else "", now=reading.now) if zone else "—"


def _whose(task: Task, reading: Reading) -> str:
    if task.assignee:
        return person(task.assignee)
    return two_lines(task.team, _("free to take"), "text-warn")


def _state(task: Task, reading: Reading) -> str:
    return format_html('<span class="badge {}">{}</span>', STATE_TONES.get(task.state, ""), task.get_state_display())


STATE_TONES = {"in_progress": "badge-accent", "done": "badge-ok", "missed": "badge-bad"}


def _acts(task: Task, reading: Reading) -> str:
    if not task.is_open:
        return ""
    url = reverse("communications:complete", args=[task.pk])
    return format_html('<a class="btn btn-sm" href="{}" data-dialog>{}{}</a>', url, icon("check"), _("Done"))


class TaskTable(Table):
    columns = [
        CallColumn("title", gettext_lazy("Task"), draw=_title, sort="title", rank=1, css="name"),
        CallColumn(
            "due", gettext_lazy("Due"), draw=_due, sort=SORT_DUE, plain=lambda task: task.due_at, rank=1, css="side"
        ),
        CallColumn(
            "customer",
            gettext_lazy("Customer or lead"),
            joins=("customer", "lead", "contact", "opportunity"),
            draw=_party,
            plain=lambda task: task.party.name if task.party else "",
            rank=1,
            css="meta",
        ),
        CallColumn(
            "time", gettext_lazy("Local time"), joins=("customer", "lead"), draw=_here, plain=lambda task: "", rank=3
        ),
        CallColumn(
            "assignee",
            gettext_lazy("For whom"),
            joins=("assignee", "team"),
            draw=_whose,
            plain=lambda task: str(task.assignee or task.team),
            rank=2,
        ),
        CallColumn(
            "state",
            gettext_lazy("State"),
            draw=_state,
            plain=lambda task: task.get_state_display(),
            sort="state",
            rank=3,
        ),
        CallColumn(
            "created",
            gettext_lazy("Created"),
            draw=lambda task, reading: day(task.created_at),
            sort="created_at",
            plain=lambda task: task.created_at,
            is_default=False,
            rank=4,
        ),
        CallColumn("acts", gettext_lazy("Act"), draw=_acts, plain=lambda task: "", rank=1, css="end"),
    ]
    default_sort = "due"
