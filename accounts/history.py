"""Who changed what on an account?"""

from __future__ import annotations

from typing import Any

from core.audit import Change, changes_in, merged

from .models import User


def changes_of(person: User, limit: int) -> list[Change]:
    """The last ``limit`` changes of a person that the reader may see, newest first."""
    history: Any = person
    return merged([changes_in(history.history.all(), limit)], limit, User.objects.in_bulk)
