"""Is the ledger of a rotation whole, and does every decision follow from what was known? Anybody who sees it may ask.

Three things are compared: each line with its hash and the one before, each decision with the arithmetic done once
more from the first line on, and the end with what is told elsewhere: the rotation's own row, the members' accounts,
the heads that were written down day by day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.db import transaction

from .models import Rotation, RotationEntry, RotationHead, RotationMember
from .models.rotating import said
from .rotation.replay import Fault, Replay
from .rotation.turns import Tally

BATCH = 5000


@dataclass(frozen=True)
class Proof:
    """What was found: how many lines hold, and the first fault.

    Its word is one of "missing", "hash", "unknown" (its words are none that are ever written), "decision" (of a line),
    "cut" (lines at the end are gone), "head" (a head that was told says otherwise), "wheel" and "account" (where it
    stands, or somebody's account, is not what follows).
    """

    lines: int
    hash: str
    fault: Fault | None = None
    # How many of the lines are decisions, and how many heads that were told agree with them.
    decisions: int = 0
    heads: int = 0

    @property
    def holds(self) -> bool:
        return self.fault is None


def prove(rotation: Rotation, progress: Callable[[int], object] = lambda done: None) -> Proof:
    """Do everything once more from the first line on. Reads in batches; ``progress`` hears how many are done.

    A run in the meantime does no harm: what is looked at ends where the rotation stood at the beginning.
    """
    with transaction.atomic():  # where it stands and the accounts of the same moment: they change under this lock
        rotation = Rotation.objects.select_for_update(no_key=True).get(pk=rotation.pk)
        accounts = {one.user_id: one.tally for one in RotationMember.objects.filter(rotation=rotation)}
        told = RotationHead.objects.filter(rotation=rotation, seq__lte=rotation.seq).order_by()
        heads = list(told.values_list("seq", "hash"))
    by_line: dict[int, set[str]] = defaultdict(set)
    for seq, hashed in heads:
        by_line[seq].add(hashed)
    replay = Replay(rotation.pk)
    columns = (*RotationEntry.SAID, "at", "hash")
    while replay.seq < rotation.seq:
        lines = RotationEntry.objects.filter(rotation=rotation, seq__gt=replay.seq, seq__lte=rotation.seq)
        rows = list(lines.order_by("seq").values_list(*columns)[:BATCH])
        if not rows:
            return _proof(replay, heads, Fault(replay.seq + 1, "cut", replay.seq, rotation.seq))
        for *values, at, hashed in rows:
            fault = replay.take(said(dict(zip(RotationEntry.SAID, values, strict=True)), at), hashed)
            if fault is None and (others := by_line.get(replay.seq, set()) - {hashed}):
                fault = Fault(replay.seq, "head", hashed, min(others))
            if fault is not None:
                return _proof(replay, heads, fault)
        progress(replay.seq)
    return _proof(replay, heads, _end(rotation, replay, accounts))


def _proof(replay: Replay, heads: list[tuple[int, str]], fault: Fault | None) -> Proof:
    agreeing = sum(seq <= replay.seq for seq, _hash in heads)
    return Proof(replay.seq, replay.hash, fault, replay.decisions, agreeing)


def _end(rotation: Rotation, replay: Replay, accounts: dict[int, Tally]) -> Fault | None:
    if replay.hash != rotation.last_hash:
        return Fault(replay.seq, "head", replay.hash, rotation.last_hash)
    further = RotationHead.objects.filter(rotation=rotation, seq__gt=replay.seq).order_by("seq").first()
    if further is not None and further.seq > Rotation.objects.values_list("seq", flat=True).get(pk=rotation.pk):
        return Fault(further.seq, "cut", replay.seq, further.seq)
    empty = Tally()
    for member in accounts.keys() | replay.wheel.tallies.keys():
        kept, counted = accounts.get(member, empty), replay.wheel.tallies.get(member, empty)
        if kept != counted:
            return Fault(replay.seq, "account", asdict(kept) | {"member": member}, asdict(counted))
    stands, follows = rotation.wheel, replay.wheel.as_data()
    return None if stands in ({}, follows) else Fault(replay.seq, "wheel", stands, follows)
