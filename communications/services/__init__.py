"""What can be done on the communications' floor. One function a verb; each is atomic and asks for the right."""

from .bringing_in import answer_drop, start_drop
from .files import hang_files
from .logbook import (
    comment_communication,
    correct_communication,
    delete_communication,
    log_communication,
    restore_communication,
)
from .templates import delete_template, save_template

__all__ = [
    "answer_drop",
    "comment_communication",
    "correct_communication",
    "delete_communication",
    "delete_template",
    "hang_files",
    "log_communication",
    "restore_communication",
    "save_template",
    "start_drop",
]
