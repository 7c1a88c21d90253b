"""What can be done on the follow-ups' floor. One function a verb; each is atomic and asks for the right."""

from .plans import create_plan, end_plan, reopen_plan, update_plan
from .reports import begin_report, mark_report_read, save_report
from .tasks import (
    cancel_task,
    comment_task,
    complete_task,
    create_task,
    create_tasks,
    postpone_task,
    reassign_tasks,
    reopen_task,
    start_task,
    take_task,
    tick,
    update_task,
)
from .touches import close_touch_steps, reopen_closed_by

__all__ = [
    "begin_report",
    "cancel_task",
    "close_touch_steps",
    "comment_task",
    "complete_task",
    "create_plan",
    "create_task",
    "create_tasks",
    "end_plan",
    "mark_report_read",
    "postpone_task",
    "reassign_tasks",
    "reopen_closed_by",
    "reopen_plan",
    "reopen_task",
    "save_report",
    "start_task",
    "take_task",
    "tick",
    "update_plan",
    "update_task",
]
