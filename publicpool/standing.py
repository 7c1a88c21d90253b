"""Who of a rotation can take one more at this moment, and who cannot, why, by which numbers?

The words stand in the ledger for good (publicpool.models.RotationEntry): a new one may come, none may change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, prefetch_related_objects

from customers.models import Customer

from .models import Rotation, RotationEntry, RotationMember
from .models.rotating import WINDOWS
from .quotas import cool_downs_of, fills
from .receivers import Load, loads
from .rotation.turns import Why
from .windows import windows

if TYPE_CHECKING:
    from accounts.models import User

INACTIVE, AWAY, CAPACITY, LIMIT = "inactive", "away", "capacity", "limit"
COOL_DOWN, LET_LIE = "cool_down", "let_lie"
# Whoever let something lie does not get it again so soon.
LET_LIE_DAYS = 30


class Standing:
    """What each member has and may have, kept up to date while things are given. Their rows are locked."""

    def __init__(self, rotation: Rotation, members: Sequence[RotationMember], now: datetime) -> None:
        self.rotation, self.now = rotation, now
        self.members = {one.user_id: one for one in members}
        self.people: dict[int, User] = {one.user_id: one.user for one in members}
        self.loads: dict[int, Load] = {}
        if rotation.pool is not None:
            prefetch_related_objects([rotation.pool], "members")  # by whose limits, once for all
            self.loads = loads(list(self.people.values()), rotation.pool)
        self.limits = {pk: limits_of(rotation, one) for pk, one in self.members.items()}
        self.given = given_in_windows(rotation, now)
        self.blocked: dict[int, Why] = {}
        for pk in self.people:
            self._look(pk)

    def unfit(self, rows: Sequence[Any]) -> dict[int, dict[int, Why]]:
        """{customer: {member: until when it is not for them}}; leads have no cool-down. One statement."""
        if self.rotation.pool is None:
            return {}
        ids = [row.pk for row in rows]
        cooling = cool_downs_of(list(self.people.values()), ids, self.rotation.pool, self.now)
        return {
            pk: {who: {"why": COOL_DOWN, "until": at.isoformat()} for who, at in people.items()}
            for pk, people in cooling.items()
        }

    def let_lie(self, rows: Sequence[Any]) -> dict[int, dict[int, Why]]:
        """{customer or lead: {member: the line by which they had it already}}. One statement."""
        found: dict[int, dict[int, Why]] = {}
        about = "lead" if self.rotation.is_of_leads else "customer"
        had = RotationEntry.objects.filter(
            **{f"{about}__in": [row.pk for row in rows]},
            rotation=self.rotation,
            at__gt=self.now - timedelta(days=LET_LIE_DAYS),
        )
        for pk, who, seq in had.values_list(about, "user", "seq"):
            found.setdefault(pk, {})[who] = {"why": LET_LIE, "line": seq}
        return found

    def took(self, member: int, row: Any) -> None:
        """Count what was given just now."""
        load = self.loads.get(member)
        if isinstance(row, Customer) and load is not None and self.rotation.pool is not None:
            self.loads[member] = Load(load.held + fills(row, self.rotation.pool), load.capacity)
        given = self.given.setdefault(member, dict.fromkeys(WINDOWS, 0))
        for window in WINDOWS:
            given[window] += 1
        self._look(member)

    def _look(self, member: int) -> None:
        if why := self._why_not(member):
            self.blocked[member] = why

    def _why_not(self, member: int) -> Why | None:
        """The first reason; none of them ends while a batch is given out."""
        person = self.people[member]
        if not person.is_active:
            return {"why": INACTIVE}
        if person.away_to is not None and person.is_away(self.now):
            return {"why": AWAY, "until": person.away_to.isoformat()}
        load = self.loads.get(member)
        if load is not None and load.is_full:
            return {"why": CAPACITY, "used": load.held, "limit": load.capacity}
        given = self.given.get(member, {})
        for window, limit in self.limits[member].items():
            if limit is not None and given.get(window, 0) >= limit:
                return {"why": LIMIT, "window": window, "used": given.get(window, 0), "limit": limit}
        return None


def limits_of(rotation: Rotation, member: RotationMember) -> dict[str, int | None]:
    """The member's own limits, the rotation's where it has none, each by itself."""
    own = {window: getattr(member, window) for window in WINDOWS}
    return {window: getattr(rotation, window) if value is None else value for window, value in own.items()}


def given_in_windows(rotation: Rotation, now: datetime) -> dict[int, dict[str, int]]:
    """{person: {window: given by this rotation in the day, week and month of ``now``}}. One statement."""
    spans = windows(now)
    counts = {span.key: Count("pk", filter=Q(at__gte=span.start, at__lt=span.end)) for span in spans}
    rows = RotationEntry.objects.filter(
        rotation=rotation, kind=RotationEntry.Kind.GIVEN, at__gte=min(span.start for span in spans)
    )
    found = rows.order_by().values("user").annotate(**counts).values_list("user", *counts)
    return {user: dict(zip(counts, numbers, strict=True)) for user, *numbers in found}
