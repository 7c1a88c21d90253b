"""Why is this here? The words of a playbook's run: on the timeline, beside a task, on a customer's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

from customers.registries import EVENT_LINES, EventLine, Line
from customers.timeline import bdi, sentence

from .models import Playbook, PlaybookRun, PlaybookVersion, Task
from .playbooks import TRIGGERS, Known, ending_words

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer, Event
    from opportunities.models import Lead


def trigger_words(version: PlaybookVersion, known: Known | None = None) -> str:
    """What a version waits for, in the reader's language; its key where that trigger was taken out."""
    trigger = TRIGGERS.get(version.trigger)
    return trigger.words(version.params, known) if trigger else version.trigger


@dataclass(frozen=True)
class Why:
    """The run behind something: its playbook, what called it, and how it ended ('' while it is open)."""

    run: PlaybookRun
    playbook: Playbook
    because: str
    ended: str


def why(run: PlaybookRun, known: Known | None = None) -> Why:
    """Explain a run; its playbook and version are best selected with it."""
    ended = ending_words(run.end_reason) if run.ended_at else ""
    return Why(run, run.playbook, trigger_words(run.version, known), ended)


def why_of_task(task: Task) -> Why | None:
    """Which playbook made a task, and what had called it; None for a task that somebody made."""
    if task.playbook_run_id is None:
        return None
    return why(PlaybookRun.objects.select_related("playbook", "version").get(pk=task.playbook_run_id))


def at_work(party: Customer | Lead) -> list[Why]:
    """The playbooks that are at work at a customer or lead, which the reader sees."""
    runs = PlaybookRun.objects.filter(ended_at=None, **{str(party._meta.model_name): party})
    known = Known()
    return [why(run, known) for run in runs.select_related("playbook", "version").order_by("started_at", "pk")]


def draw_runs(events: Sequence[Event], user: User) -> Mapping[int, Line]:
    """Lines of the timeline: which playbook began, which one ended early and why."""
    runs = PlaybookRun.objects.select_related("playbook", "version").in_bulk([event.target_id for event in events])
    drawn, known = {}, Known()
    for event in events:
        if (run := runs.get(event.target_id)) is None:
            continue
        is_end = event.kind == "playbook.ended"
        head = _("Playbook ended") if is_end else _("Playbook begins")
        words = ending_words(event.payload.get("reason", "")) if is_end else trigger_words(run.version, known)
        name = format_html('<a href="{}">{}</a>', run.playbook.get_absolute_url(), bdi(run.playbook))
        drawn[event.pk] = Line(sentence(head, name, "·", words))
    return drawn


def register() -> None:
    """Add the lines of playbooks to EVENT_LINES."""
    for kind in ("playbook.started", "playbook.ended"):
        EVENT_LINES[kind] = EventLine("list-check", draw_runs, family="tasks")
