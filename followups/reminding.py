"""Who is to be reminded of which task now: ahead of due, when overdue, and the manager when nothing happens?

A task carries the next moment at which there is something to tell (``remind_at``) and how far it was told
(``reminded``). The sweep takes what is due in batches, writes the notices with one INSERT … SELECT a stage
and moves both columns in the same transaction: run late, twice, at once or killed, each notice is written
once. Its key names task, stage and due moment, so that a task that was postponed reminds anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, DateTimeField, F, Value, When
from django.db.models.functions import Greatest
from django.db.models.lookups import LessThanOrEqual

from accounts.chart import Chart
from accounts.services.notices import notify_selected

from .models import Task

BATCH = 5000
AHEAD, OVERDUE, ESCALATED = Task.Reminded.AHEAD, Task.Reminded.OVERDUE, Task.Reminded.ESCALATED
# How long overdue until the manager hears of it: an urgent task is one of hours, and a task of little weight
# has a week before anybody is bothered with it.
ESCALATE_AFTER = {
    Task.Priority.URGENT: timedelta(hours=4),
    Task.Priority.HIGH: timedelta(days=1),
    Task.Priority.NORMAL: timedelta(days=3),
    Task.Priority.LOW: timedelta(days=7),
}
# No manager hears of it before the person was told for so long, also where the sweep had slept for days.
TIME_TO_ACT = min(ESCALATE_AFTER.values())

# A task of nobody is its team's: −team, where a person has an id.
ROWS = """
SELECT hears.recipient AS recipient_id, task.id AS target_id, '{}'::jsonb AS params,
    %s || task.id || ':' || extract(epoch FROM task.due_at)::bigint AS key
FROM followups_task task
JOIN unnest(%s::bigint[], %s::bigint[]) AS hears (whose, recipient)
    ON hears.whose = coalesce(task.assignee_id, -task.team_id)
WHERE task.id = ANY(%s)
"""


def remind(*, now: datetime, batch: int = BATCH) -> int:
    """Write every reminder that is due; returns how many notices are new."""
    chart = Chart(now)
    hearers = {stage: _pairs(_hearers(chart, stage)) for stage in (AHEAD, OVERDUE, ESCALATED)}
    told = 0
    # It ends: what is taken is not due again at this moment, and what others hold is skipped.
    while (found := _remind_batch(hearers, now, batch)) is not None:
        told += found
    return told


@transaction.atomic
def _remind_batch(hearers: dict[Any, tuple[list[int], list[int]]], now: datetime, most: int) -> int | None:
    due = Task.objects.open().filter(remind_at__lte=now).select_for_update(skip_locked=True, no_key=True)
    stages: dict[str, list[int]] = defaultdict(list)
    for pk, stage in due.order_by("remind_at", "pk").annotate(_stage=_stage(now)).values_list("pk", "_stage")[:most]:
        stages[stage].append(pk)
    if not stages:
        return None
    told = 0
    for stage, ids in stages.items():
        changes: dict[str, Any] = {"remind_at": _next(stage, now)}
        if stage:
            kind = f"task_{stage}"
            values = [f"{kind}:", *hearers[stage], ids]
            told += notify_selected(rows=ROWS, values=values, kind=kind, now=now, target_label=Task._meta.label_lower)
            changes["reminded"] = stage
        Task.objects.filter(pk__in=ids).update(**changes)
    return told


def _late() -> Case:
    """The moment at which the manager hears of a task that is still open."""
    cases = [When(priority=priority, then=F("due_at") + after) for priority, after in ESCALATE_AFTER.items()]
    return Case(*cases, output_field=DateTimeField())


def _stage(now: datetime) -> Case:
    """What is to be told of a task now; '' for nothing, as where it was changed after it had been told."""
    return Case(
        When(due_at=None, then=Value("")),
        When(due_at__gt=now, reminded="", remind_before__isnull=False, then=Value(AHEAD)),
        When(due_at__gt=now, then=Value("")),
        When(reminded__in=("", AHEAD), then=Value(OVERDUE)),
        When(LessThanOrEqual(_late(), Value(now)), reminded=OVERDUE, then=Value(ESCALATED)),
        default=Value(""),
        output_field=CharField(),
    )


def _next(stage: str, now: datetime) -> Any:
    """The moment of the stage after this one; None where nothing follows."""
    if stage == AHEAD:
        return F("due_at")
    if stage == OVERDUE:
        return Greatest(_late(), Value(now + TIME_TO_ACT))
    if stage == ESCALATED:
        return None
    return Case(When(due_at__gt=now, then=F("due_at")), When(reminded=OVERDUE, then=_late()), default=None)


def _hearers(chart: Chart, stage: str) -> Iterator[tuple[int, int]]:
    """(whose task, who hears of it) for every person, and every team as −id whose task nobody took."""
    for pk in chart.people:
        for hearer in chart.answering_for(pk) if stage == ESCALATED else chart.told_for(pk):
            yield pk, hearer
    for team in chart.parents:
        members, heads = chart.members_of(team), chart.heads_of(team)
        told = {AHEAD: members or heads, OVERDUE: {*members, *heads}, ESCALATED: heads}[Task.Reminded(stage)]
        for hearer in told:
            yield -team, hearer


def _pairs(pairs: Iterator[tuple[int, int]]) -> tuple[list[int], list[int]]:
    found = list(pairs)
    return [whose for whose, _hearer in found], [hearer for _whose, hearer in found]
