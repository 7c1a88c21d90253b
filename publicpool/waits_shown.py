"""How much waits for a rotation, and what of it do those before it take, as its pages tell it to this reader?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .models import Rotation
from .permissions import can_edit_rotation
from .waiting import caught_before, waiting_count

if TYPE_CHECKING:
    from accounts.models import User


def what_waits(rotation: Rotation, user: User, now: datetime, among: Sequence[Rotation]) -> dict[str, Any]:
    """What ``publicpool/_caught.html`` and the counts beside it need; a rotation that is not seen stays unnamed.

    ``among`` is what ``waiting.in_line`` gives.
    """
    caught = caught_before(rotation, now, among)
    seen: set[int] = set()
    if caught:
        ids = [one.rotation.pk for one in caught]
        seen.update(Rotation.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return {
        "waiting": waiting_count(rotation, now, among),
        "caught": [(one, one.rotation.pk in seen) for one in caught],
        "may_reorder": can_edit_rotation(user),
    }
