"""What happens when a task is dragged to another day?"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from ..models import Task
from .tasks import postpone_task

if TYPE_CHECKING:
    from accounts.models import User


def move_task(
    *, task: Task, by: User, now: datetime, due_at: datetime | None = None, due_on: date | None = None
) -> Task:
    """Move a task in the calendar, which is the reason where it is due later than before.

    Raises SameDue, TaskIsOver, NotAllowed.
    """
    return postpone_task(task=task, by=by, now=now, reason=_("moved in the calendar"), due_at=due_at, due_on=due_on)
