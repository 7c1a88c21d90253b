"""Who writes leads, opportunities and orders?"""

from .moving import (
    lose_opportunity,
    move_opportunity,
    pass_checkpoint,
    reopen_opportunity,
    win_opportunity,
)
from .opportunities import (
    archive_opportunity,
    assign_opportunity,
    create_opportunity,
    restore_opportunity,
    set_collaborators,
    update_opportunity,
)

__all__ = [
    "archive_opportunity",
    "assign_opportunity",
    "create_opportunity",
    "lose_opportunity",
    "move_opportunity",
    "pass_checkpoint",
    "reopen_opportunity",
    "restore_opportunity",
    "set_collaborators",
    "update_opportunity",
    "win_opportunity",
]
