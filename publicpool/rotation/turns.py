"""Whose turn is it in a weighted rotation, and what becomes of turns that their member could not take?

Interleaved weighted round robin: a cycle has max(w) rounds; in round r, in the order of the members, each with w ≥ r
has a turn. Weights 3:2:1 give A B C A B A. Members are plain numbers; why somebody cannot take is told from outside,
so that the same facts give the same decisions, today and when the ledger is replayed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, TypeAlias

# Why somebody cannot: a word under "why", and its figures.
Why: TypeAlias = Mapping[str, Any]
# (member, weight) in order.
Plan: TypeAlias = tuple[tuple[int, int], ...]

# What becomes of a turn that its member did not take: used up, for the member's sake; owed, for the customer's;
# or it was owed already, and waits on.
SKIPPED, OWED, WAITS = "skipped", "owed", "waits"
LEFT: Why = {"why": "left"}


@dataclass(frozen=True, order=True, slots=True)
class Turn:
    """One turn; ``place`` is the member's in the order, from 1. Turns sort as they come."""

    cycle: int
    round: int
    place: int
    member: int


@dataclass(frozen=True, slots=True)
class Passed:
    """A turn that its member did not take, with the effect and the reason."""

    effect: str
    turn: Turn
    why: Why


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gets the customer by which turn, and which turns were passed on the way there."""

    turn: Turn
    is_owed: bool = False
    passed: tuple[Passed, ...] = ()


@dataclass(slots=True)
class Tally:
    """The account of one member since the beginning: received + skipped + owed = turns passed."""

    passed: int = 0
    received: int = 0
    skipped: int = 0
    owed: int = 0


def turns_of(plan: Plan) -> list[tuple[int, int, int]]:
    """(round, place, member) of every turn of one cycle."""
    rounds = max((weight for _member, weight in plan), default=0)
    return [
        (number, place, member)
        for number in range(1, rounds + 1)
        for place, (member, weight) in enumerate(plan, 1)
        if weight >= number
    ]


@dataclass
class Wheel:
    """Where a rotation stands. ``members`` hold from the next cycle on, ``plan`` is the one of the running cycle."""

    members: Plan = ()
    plan: Plan = ()
    cycle: int = 0
    # How many turns of the running cycle have passed.
    at: int = 0
    # Who left during the running cycle: the turns that are still to come pass by.
    gone: frozenset[int] = frozenset()
    # Owed turns of each member, the oldest first.
    owed: dict[int, list[Turn]] = field(default_factory=dict)
    tallies: dict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def __post_init__(self) -> None:
        self._turns = turns_of(self.plan)
        self._weights = dict(self.plan)

    def set_members(self, members: Sequence[tuple[int, int]]) -> None:
        """Members and weights as they are from now on: in force with the next cycle, but who left gets nothing more.

        Whoever comes back within the cycle waits for the next one like everybody who joins.
        """
        self.members = tuple((member, weight) for member, weight in members)
        self.gone |= self._weights.keys() - dict(self.members).keys()

    def give(self, blocked: Mapping[int, Why], unfit: Mapping[int, Why]) -> Decision | None:
        """Who gets the next customer; None where nobody can, and then no turn is used.

        ``blocked`` cannot take any customer (away, full …): their turns are used up. ``unfit`` cannot take this one
        (cool-down): theirs stay owed, and are served before all others as soon as a customer fits.
        """
        passed: list[Passed] = []
        for turn in self._debts():
            why = blocked.get(turn.member) or unfit.get(turn.member)
            if why is None:
                decision = Decision(turn, is_owed=True, passed=tuple(passed))
                self._settle(decision)
                return decision
            passed.append(Passed(WAITS, turn, why))
        for turn in self._ahead():
            is_gone = turn.cycle == self.cycle and turn.member in self.gone
            if why := (LEFT if is_gone else blocked.get(turn.member)):
                passed.append(Passed(SKIPPED, turn, why))
            elif why := unfit.get(turn.member):
                passed.append(Passed(OWED, turn, why))
            else:
                decision = Decision(turn, passed=tuple(passed))
                self._settle(decision)
                return decision
        return None

    def upcoming(self, number: int) -> list[Turn]:
        """The next regular turns, as if everybody could take, over as many cycles as it takes."""
        found = list(islice(self._ahead(), number))
        cycle = turns_of(self.members)
        last = self.cycle + 1
        while cycle and len(found) < number:
            last += 1
            found += [Turn(last, *turn) for turn in islice(cycle, number - len(found))]
        return found

    def is_stuck(self, blocked: Mapping[int, Why]) -> bool:
        """Can nobody take anything? Whoever counts here has a weight now or in the next cycle."""
        able = {member for member, weight in self.plan if weight and member not in self.gone}
        able |= {member for member, weight in self.members if weight}
        return able <= blocked.keys()

    def _debts(self) -> Iterator[Turn]:
        """The oldest owed turn of each who takes part in this cycle, oldest first. What others are owed rests."""
        firsts = sorted(turns[0] for member, turns in self.owed.items() if self._takes_part(member))
        yield from firsts

    def _takes_part(self, member: int) -> bool:
        return bool(self._weights.get(member)) and member not in self.gone

    def _ahead(self) -> Iterator[Turn]:
        """The turns to come: the rest of this cycle, then the whole next one. Beyond it they only repeat."""
        for index in range(self.at, len(self._turns)):
            yield Turn(self.cycle, *self._turns[index])
        for number, place, member in turns_of(self.members):
            yield Turn(self.cycle + 1, number, place, member)

    def _settle(self, decision: Decision) -> None:
        """Write a decision into the accounts and move on."""
        for one in decision.passed:
            if one.effect != WAITS:
                self._pass(one.turn)
                tally = self.tallies[one.turn.member]
                if one.effect == OWED:
                    tally.owed += 1
                    self.owed.setdefault(one.turn.member, []).append(one.turn)
                else:
                    tally.skipped += 1
        tally = self.tallies[decision.turn.member]
        tally.received += 1
        if decision.is_owed:
            tally.owed -= 1
            turns = self.owed[decision.turn.member]
            turns.pop(0)
            if not turns:
                del self.owed[decision.turn.member]
        else:
            self._pass(decision.turn)

    def _pass(self, turn: Turn) -> None:
        if turn.cycle != self.cycle:
            self.cycle, self.at, self.plan, self.gone = turn.cycle, 0, self.members, frozenset()
            self.__post_init__()
        self.at += 1
        self.tallies[turn.member].passed += 1

    # --- how it is kept -------------------------------------------------------------------------------------

    def as_data(self) -> dict[str, Any]:
        """Plain JSON; the accounts stand in rows of their own."""
        return {
            "members": [list(pair) for pair in self.members],
            "plan": [list(pair) for pair in self.plan],
            "cycle": self.cycle,
            "at": self.at,
            "gone": sorted(self.gone),
            "owed": [[turn.cycle, turn.round, turn.place, turn.member] for turn in sorted(chain(*self.owed.values()))],
        }

    @classmethod
    def of_data(cls, data: Mapping[str, Any], tallies: Mapping[int, Tally] | None = None) -> Wheel:
        """The wheel that ``as_data`` wrote; an empty mapping is one that never turned."""
        owed: dict[int, list[Turn]] = {}
        for numbers in data.get("owed", ()):
            turn = Turn(*numbers)
            owed.setdefault(turn.member, []).append(turn)
        return cls(
            members=tuple((member, weight) for member, weight in data.get("members", ())),
            plan=tuple((member, weight) for member, weight in data.get("plan", ())),
            cycle=data.get("cycle", 0),
            at=data.get("at", 0),
            gone=frozenset(data.get("gone", ())),
            owed=owed,
            tallies=defaultdict(Tally, tallies or {}),
        )
