"""What would a run do now, and what would other weights change? The job's own reckoning; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from .models import Rotation, RotationMember
from .rotation.turns import Decision, Wheel
from .services.rotating import decide
from .standing import Standing
from .waiting import waiting

# So many of those that wait are looked at.
MOST = 1000


@dataclass(frozen=True)
class Ahead:
    """What a run would do: each waiting row with its decision, None for one that stays."""

    given: list[tuple[Any, Decision | None]]
    # Whether more wait than were looked at.
    is_more: bool
    # Who can take nothing now, and why.
    blocked: Mapping[int, Any] = field(default_factory=dict)
    members: Sequence[RotationMember] = ()


def run_ahead(
    rotation: Rotation,
    now: datetime,
    *,
    is_automatic: bool = False,
    most: int = MOST,
    among: Iterable[Rotation] | None = None,
) -> Ahead:
    """What a run at this moment would give to whom. Somebody may be quicker: nothing is locked.

    Weights that a day's first run computes anew are those of the last time.
    """
    members = members_of(rotation)
    wheel = wheel_of(rotation)
    standing = Standing(rotation, members, now)
    blocked = dict(standing.blocked)
    rows = list(waiting(rotation, now, is_automatic=is_automatic, among=among)[: most + 1])
    looked_at = rows[:most]
    prefetch_related_objects(looked_at, *(("owner",) if rotation.is_of_leads else ("owner", "status")))
    found = decide(wheel, standing, looked_at)
    return Ahead([(row, found.get(row.pk)) for row in looked_at], len(rows) > most, blocked, members)


def wheel_with(wheel: Wheel, members: Sequence[tuple[int, int]]) -> Wheel:
    """The same wheel, as it would stand if these were the members from now on."""
    changed = Wheel.of_data(wheel.as_data())
    changed.set_members(members)
    return changed


def wheel_of(rotation: Rotation) -> Wheel:
    """Where it stands, to think with."""
    return Wheel.of_data(Rotation.objects.values_list("wheel", flat=True).get(pk=rotation.pk))


def members_of(rotation: Rotation) -> list[RotationMember]:
    """Those who take part, in order."""
    rows = RotationMember.objects.filter(rotation=rotation, left_at=None).select_related("user")
    return list(rows.order_by("position", "pk"))
