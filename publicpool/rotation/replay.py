"""Do the lines of a ledger follow from one another, and each decision from what was known then?"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from .chain import first_link, link
from .reading import UNREADABLE, members_said, turns_said, words_of
from .turns import LEFT, OWED, SKIPPED, WAITS, Decision, Passed, Turn, Wheel, Why

MEMBERS, GIVEN = "members", "given"


@dataclass(frozen=True)
class Fault:
    """Where a ledger is not what it should be: the line, a word for what is wrong with it, and plain JSON values:
    what stands there, and what follows from the lines before or was told elsewhere."""

    seq: int
    what: str
    stands: Any = field(default=None, compare=False)
    follows: Any = field(default=None, compare=False)
    # Of a changed decision: the turn that it tells, and the one that follows.
    turns: Any = field(default=None, compare=False)


def passed_as_data(decision: Decision) -> list[list[Any]]:
    """The turns that a decision passed, as its line keeps them."""
    return [
        [one.effect, one.turn.cycle, one.turn.round, one.turn.place, one.turn.member, dict(one.why)]
        for one in decision.passed
    ]


class Replay:
    """Takes the lines of one rotation in order and does everything once more; stops at the first fault."""

    def __init__(self, rotation: int) -> None:
        self.wheel = Wheel()
        self.seq = 0
        self.decisions = 0
        self.hash = first_link(rotation)

    def take(self, line: Mapping[str, Any], said_hash: str) -> Fault | None:
        """Check the next line, given as it was hashed; the fault that it has."""
        seq = line["seq"]
        if seq != self.seq + 1:
            return Fault(self.seq + 1, "missing", stands=seq)
        if (follows := link(self.hash, line)) != said_hash:
            return Fault(seq, "hash", said_hash, follows, self._turns(line))
        self.seq, self.hash = seq, said_hash
        try:
            if line["kind"] != MEMBERS:
                return self._decide(line)
            if (members := members_said(line["data"]["members"])) is None:
                return Fault(seq, "unknown", words_of(line["data"]))
            self.wheel.set_members(members)
        except UNREADABLE:  # somebody wrote what never was a line, and made all hashes anew
            return Fault(seq, "unknown", words_of(line["data"]))
        return None

    def _decide(self, line: Mapping[str, Any]) -> Fault | None:
        """Decide again, by what the line says of those who could not take; the rest could."""
        said = _said(line)
        found = self._again(said)
        if found != said:
            if unknown := turns_said(line["data"])[1]:
                return Fault(line["seq"], "unknown", unknown[0])
            return Fault(line["seq"], "decision", _turn(said), _turn(found))
        self.decisions += 1
        return None

    def _turns(self, line: Mapping[str, Any]) -> list[Any] | None:
        if line["kind"] != GIVEN:
            return None
        with suppress(*UNREADABLE):  # whoever changed it may have written anything
            said = _said(line)
            return [_turn(said), _turn(self._again(said))]
        return None

    def _again(self, said: Decision) -> Decision | None:
        blocked: dict[int, Why] = {}
        unfit: dict[int, Why] = {}
        for one in said.passed:
            # Who left is known from the members. Of a debt that waits either reason leads to the same.
            if one.effect == SKIPPED and one.why != LEFT:
                blocked[one.turn.member] = one.why
            elif one.effect in (OWED, WAITS):
                unfit.setdefault(one.turn.member, one.why)
        return self.wheel.give(blocked, unfit)


def _turn(decision: Decision | None) -> dict[str, Any] | None:
    return asdict(decision.turn) | {"is_owed": decision.is_owed} if decision else None


def _said(line: Mapping[str, Any]) -> Decision:
    return Decision(
        turn=Turn(line["cycle"], line["round"], line["place"], line["user"]),
        is_owed=line["is_owed"],
        passed=tuple(Passed(effect, Turn(*turn), why) for effect, *turn, why in line["data"]["passed"]),
    )
