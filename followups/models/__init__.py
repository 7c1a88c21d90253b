"""The tables of the follow-ups' floor."""

from .cycle import FollowUpCycle
from .feed import Feed
from .plan import Plan
from .playbook import Playbook, PlaybookRun, PlaybookStep, PlaybookVersion
from .report import WorkReport
from .series import Series
from .task import ChecklistItem, Postponement, Task, TaskComment

__all__ = [
    "ChecklistItem",
    "Feed",
    "FollowUpCycle",
    "Plan",
    "Playbook",
    "PlaybookRun",
    "PlaybookStep",
    "PlaybookVersion",
    "Postponement",
    "Series",
    "Task",
    "TaskComment",
    "WorkReport",
]
