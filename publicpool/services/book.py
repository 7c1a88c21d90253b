"""How is a line written into the ledger of a rotation, so that all runs together make one sequence?

Whoever writes opens the book: the rotation's row is locked until the transaction ends, so that two runs at once come
one after the other, each where the other one left off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from accounts.models import User
from core.loading import load_rows
from core.querysets import update_rows
from customers.services.locking import waiting

from ..models import Rotation, RotationEntry, RotationMember
from ..rotation.chain import link
from ..rotation.replay import passed_as_data
from ..rotation.turns import Decision, Wheel

if TYPE_CHECKING:
    from customers.models import OwnershipPeriod

    from ..models import Run

Kind = RotationEntry.Kind
# From so many on, COPY is faster than INSERT by more than what its extra statement takes.
MANY = 50
_COLUMNS = ("rotation_id", *RotationEntry.SAID, "at", "hash", "run_id")


class Book:
    """The open ledger of one rotation: its wheel, its members, and the lines that are still to be written."""

    def __init__(self, rotation: int) -> None:
        """Lock the rotation and all who ever took part. Must run in a transaction. Raises CustomerIsBusy.

        Order of locks: rotation, people by id, customers by id. People are locked because what they hold is counted
        (publicpool.services.claiming does the same).
        """
        with waiting():
            self.rotation = Rotation.objects.select_for_update(no_key=True).get(pk=rotation)
            rows = RotationMember.objects.filter(rotation=rotation).order_by("position", "pk")
            self.everybody = list(rows)
            ids = [one.user_id for one in self.everybody]
            locked = User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
            people = {one.pk: one for one in locked}
        for one in self.everybody:
            one.user = people[one.user_id]
        tallies = {one.user_id: one.tally for one in self.everybody}
        self.wheel = Wheel.of_data(self.rotation.wheel, tallies)
        self._seq, self._hash = self.rotation.seq, self.rotation.last_hash
        self._lines: list[RotationEntry] = []

    @property
    def members(self) -> list[RotationMember]:
        """Those who take part now, in order."""
        return [one for one in self.everybody if one.left_at is None]

    def write_members(self, *, by: User | None, now: datetime, how: Mapping[str, Any] | None = None) -> None:
        """Put down members and weights as they stand now, where they differ: they hold from the next cycle on."""
        self.everybody.sort(key=lambda one: (one.position, one.pk))
        pairs = [(one.user_id, one.weight) for one in self.members]
        if tuple(pairs) == self.wheel.members:
            return
        self.wheel.set_members(pairs)
        data = {"members": [list(pair) for pair in pairs]} | ({"how": dict(how)} if how else {})
        self._write(RotationEntry(kind=Kind.MEMBERS, at=now, by=by, data=data))

    def write_given(
        self,
        decision: Decision,
        *,
        by: User | None,
        now: datetime,
        run: Run | None,
        customer: int | None = None,
        lead: int | None = None,
        period: OwnershipPeriod | None = None,
        after: int | None = None,
    ) -> RotationEntry:
        """Put down who got what by which turn; ``after`` is the line whose holder let it lie."""
        turn = decision.turn
        entry = RotationEntry(  # by ids: ten thousand of them are made at a stretch
            kind=Kind.GIVEN,
            at=now,
            by_id=by.pk if by else None,
            user_id=turn.member,
            customer_id=customer,
            lead_id=lead,
            period_id=period.pk if period else None,
            cycle=turn.cycle,
            round=turn.round,
            place=turn.place,
            is_owed=decision.is_owed,
            data={"passed": passed_as_data(decision)} | ({"after": after} if after else {}),
            run_id=run.pk if run else None,
        )
        self._write(entry)
        return entry

    def _write(self, entry: RotationEntry) -> None:
        self._seq += 1
        entry.rotation_id, entry.seq = self.rotation.pk, self._seq
        entry.hash = self._hash = link(self._hash, entry.said())
        self._lines.append(entry)

    def close(self) -> list[RotationEntry]:
        """Write everything: the lines, where the wheel stands, the accounts. A fixed number of statements."""
        lines, self._lines = self._lines, []
        if not lines:  # nothing moves the wheel without a line
            return lines
        if len(lines) < MANY:
            RotationEntry.objects.bulk_create(lines)
        else:
            load_rows(RotationEntry, _COLUMNS, map(attrgetter(*_COLUMNS), lines))
        rotation = self.rotation
        rotation.seq, rotation.hash, rotation.wheel = self._seq, self._hash, self.wheel.as_data()
        rotation.save(update_fields=["seq", "hash", "wheel"])
        update_rows(
            RotationMember,
            RotationMember.ACCOUNT,
            [(one.pk, *astuple(self.wheel.tallies[one.user_id])) for one in self.everybody],
        )
        return lines
