"""What can be done on the follow-ups' floor. One function a verb; each is atomic and asks for the right."""

from .feeds import end_feed, make_feed, read_feed
from .moving import move_task
from .next_step import plan_next_step
from .plans import create_plan, end_plan, reopen_plan, update_plan
from .playbooks import save_playbook, switch_off, switch_on
from .recurring import run_segment, run_series
from .reports import begin_report, mark_report_read, save_report
from .series import create_series, pause_series, resume_series, update_series
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
    "create_series",
    "create_task",
    "create_tasks",
    "end_feed",
    "end_plan",
    "make_feed",
    "mark_report_read",
    "move_task",
    "pause_series",
    "plan_next_step",
    "postpone_task",
    "read_feed",
    "reassign_tasks",
    "reopen_closed_by",
    "reopen_plan",
    "reopen_task",
    "resume_series",
    "run_segment",
    "run_series",
    "save_playbook",
    "save_report",
    "start_task",
    "switch_off",
    "switch_on",
    "take_task",
    "tick",
    "update_plan",
    "update_series",
    "update_task",
]
