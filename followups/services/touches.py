"""Which steps does a contact close by itself, and which open again when it is taken back?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Coalesce

from ..models import Task
from .rows import end_tasks, open_again

if TYPE_CHECKING:
    from accounts.models import User
    from opportunities.services.places import Place

RULE = "touch"


def close_touch_steps(
    *,
    place: Place,
    said: tuple[str, int],
    reaches_them: bool,
    reaches_us: bool,
    happened_at: datetime,
    by: User,
    now: datetime,
) -> list[Task]:
    """Close the open steps of a locked customer or lead that wait for this contact, and return them.

    ``said`` is (label, id) of the communication. A touch closes what waits for a touch, a touch or an
    answer what waits for an answer, where it happened after the step began: when its playbook was
    called, it was planned to start, or it was made. Of the steps of one run a touch closes the first
    only: the second mail of a playbook is not written by the first. An answer closes all that waits for it.
    """
    waits = Q()
    if reaches_them:
        waits |= Q(closes_on=Task.ClosesOn.TOUCH)
    if reaches_them or reaches_us:
        waits |= Q(closes_on=Task.ClosesOn.ANSWER)
    if not waits or (place.customer is None and place.lead is None):
        return []
    rows = Task.objects.open().select_for_update(no_key=True, of=("self",)).filter(waits, customer=place.customer)
    if place.customer is None:
        rows = rows.filter(lead=place.lead)
    began = Coalesce("playbook_run__started_at", "starts_at", "created_at")
    found: list[Task] = list(rows.annotate(_began=began).filter(_began__lt=happened_at).order_by("due_at", "pk"))
    answered = {task.pk for task in found if reaches_us and task.closes_on == Task.ClosesOn.ANSWER}
    firsts = {task.playbook_run_id: task.pk for task in reversed(found) if task.playbook_run_id}
    found = [
        task
        for task in found
        if task.pk in answered or task.playbook_run_id is None or firsts[task.playbook_run_id] == task.pk
    ]
    if found:
        end_tasks(found, Task.State.DONE, by=by, now=now, rule=RULE, closed_by=said)
    return found


def reopen_closed_by(*, said: tuple[str, int], by: User, now: datetime) -> list[Task]:
    """Open again what a communication, taken back now, had closed. Its customer is locked."""
    label, pk = said
    rows = Task.objects.select_for_update(no_key=True, of=("self",)).filter(closed_by_label=label, closed_by_id=pk)
    found = list(rows.filter(state=Task.State.DONE).order_by("pk"))
    if found:
        open_again(found, by=by, now=now, rule=RULE)
    return found
