"""Which turns of a rotation did a departure use, of whom, and what of it was taken back?

Read from what departures handed over (accounts.HandedOver): the lines themselves are hashed and never change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet

from accounts.models import Departure, HandedOver
from accounts.permissions import can_see_people

from .models import Rotation, RotationEntry

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Origin:
    """The departure that a line comes from; ``url`` where the reader sees it, ``undone_at`` where it was taken back."""

    name: str
    url: str
    undone_at: datetime | None


def origins(rotation: Rotation, lines: Iterable[RotationEntry], user: User) -> dict[int, Origin]:
    """{line: its departure} of those lines that come from one. One statement, none where all are of runs."""
    given = [row for row in lines if row.user_id and row.run_id is None]
    asked = {(row.lead_id or row.customer_id or 0, row.at): row.seq for row in given}
    if not asked:
        return {}
    rows = _handed(rotation).filter(object_id__in=[pk for pk, _at in asked]).select_related("departure__person")
    sees = can_see_people(user)
    found = {}
    for row in rows:
        done_at = row.departure.done_at
        if done_at is not None and (seq := asked.get((row.object_id, done_at))):
            url = row.departure.get_absolute_url() if sees else ""
            found[seq] = Origin(str(row.departure.person), url, row.undone_at)
    return found


@dataclass(frozen=True)
class Gave:
    """How much one departure gave by a rotation, and how much of it was taken back."""

    name: str
    url: str
    at: datetime | None
    given: int
    back: int


def gave(rotation: Rotation, user: User, most: int) -> list[Gave]:
    """The last departures that gave something by this rotation, the newest first. One statement."""
    counts = _handed(rotation).order_by().values("departure", "departure__person__name", "departure__done_at")
    rows = counts.annotate(given=Count("pk"), back=Count("undone_at")).order_by("-departure__done_at")
    sees = can_see_people(user)
    return [
        Gave(
            row["departure__person__name"],
            Departure(pk=row["departure"]).get_absolute_url() if sees else "",
            row["departure__done_at"],
            row["given"],
            row["back"],
        )
        for row in rows[:most]
    ]


def _handed(rotation: Rotation) -> QuerySet[HandedOver]:
    kind = "leads" if rotation.is_of_leads else "customers"
    return HandedOver.objects.filter(
        kind=kind, way="rotation", target=rotation.pk, departure__state=Departure.State.DONE
    )
