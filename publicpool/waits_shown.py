"""How much waits for a rotation, and what of it do those before it take, as its pages tell it to this reader?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.querysets import bounded_count

from .models import Rotation
from .permissions import can_edit_rotation
from .waiting import caught_before, in_order, waiting

if TYPE_CHECKING:
    from accounts.models import User


def what_waits(rotation: Rotation, user: User, now: datetime) -> dict[str, Any]:
    """What ``publicpool/_caught.html`` and the counts beside it need; a rotation that is not seen stays unnamed."""
    among = list(in_order())
    caught = caught_before(rotation, now, among)
    seen: set[int] = set()
    if caught:
        ids = [one.rotation.pk for one in caught]
        seen.update(Rotation.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return {
        "waiting": bounded_count(waiting(rotation, now, among=among)),
        "caught": [(one, one.rotation.pk in seen) for one in caught],
        "may_reorder": can_edit_rotation(user),
    }
