"""What can be done on the communications' floor. One function a verb; each is atomic and asks for the right."""

from .logbook import (
    comment_communication,
    correct_communication,
    delete_communication,
    log_communication,
    restore_communication,
)

__all__ = [
    "comment_communication",
    "correct_communication",
    "delete_communication",
    "log_communication",
    "restore_communication",
]
