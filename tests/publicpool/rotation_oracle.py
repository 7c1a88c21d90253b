"""The rotation once more, written apart from publicpool.rotation and by other means: a tape that is cut as it is read.

Slow and literal. It knows who can take (``no`` for the member's sake, ``not_this`` for the customer's) and keeps lists
of events instead of counters.
"""

from __future__ import annotations

from itertools import chain

Seat = tuple[int, int, str]  # cycle, round, member


def tape_of(cycle: int, team: list[tuple[str, int]]) -> list[Seat]:
    """All turns of a cycle: each member's numbered from 1, told by number, then by the order of the team."""
    mine = chain.from_iterable(
        [(number, place, who) for number in range(1, weight + 1)] for place, (who, weight) in enumerate(team)
    )
    return [(cycle, number, who) for number, _place, who in sorted(mine)]


class Oracle:
    def __init__(self) -> None:
        self.team: list[tuple[str, int]] = []
        self.running: list[tuple[str, int]] = []
        self.cycle = 0
        self.tape: list[Seat] = []
        self.out: set[str] = set()
        self.debts: list[Seat] = []
        # (what, seat): "passed", "received", "skipped", "owed", "paid".
        self.events: list[tuple[str, Seat]] = []

    def staff(self, team: list[tuple[str, int]]) -> None:
        self.team = list(team)
        names = [who for who, _weight in team]
        self.out |= {who for who, _weight in self.running if who not in names}

    def deal(self, no: set[str], not_this: set[str]) -> str | None:
        """Who gets the next customer."""
        weighing = [who for who, weight in self.running if weight > 0 and who not in self.out]
        for debt in sorted(self.debts, key=self._age):
            who = debt[2]
            if who in weighing and who not in no and who not in not_this:
                self.debts.remove(debt)
                self.events += [("paid", debt), ("received", debt)]
                return who
        # Cut turns off the tape, glue the next cycle to it once; put all of it back where nobody is found.
        before = self.running, self.cycle, list(self.tape), set(self.out), list(self.debts), list(self.events)
        glued = False
        while True:
            if not self.tape:
                if glued:
                    break
                glued = True
                self.cycle, self.running, self.out = self.cycle + 1, list(self.team), set()
                self.tape = tape_of(self.cycle, self.running)
                continue
            seat = self.tape.pop(0)
            who = seat[2]
            self.events.append(("passed", seat))
            if who in self.out or who in no:
                self.events.append(("skipped", seat))
            elif who in not_this:
                self.events.append(("owed", seat))
                self.debts.append(seat)
            else:
                self.events.append(("received", seat))
                return who
        self.running, self.cycle, self.tape, self.out, self.debts, self.events = before
        return None

    def _age(self, debt: Seat) -> int:
        return self.events.index(("owed", debt))

    def account(self, who: str) -> tuple[int, int, int, int]:
        """(passed, received, skipped, owed)."""
        counts = {
            word: sum(1 for what, seat in self.events if what == word and seat[2] == who)
            for word in ("passed", "received", "skipped", "owed", "paid")
        }
        return counts["passed"], counts["received"], counts["skipped"], counts["owed"] - counts["paid"]
