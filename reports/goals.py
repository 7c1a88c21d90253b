"""Which target holds for somebody in a month, quarter or year, also where only others were set?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .models import Target
from .periods import TargetPeriod

# What stands in a target: the number itself, and those beyond it.
LEVELS = ("target", "sprint", "challenge")


@dataclass(frozen=True)
class Party:
    """A person or a team; ``people`` are those whose deeds count for it."""

    kind: str
    pk: int
    people: tuple[int, ...] = ()

    @classmethod
    def person(cls, pk: int) -> Party:
        return cls("person", pk, (pk,))

    @classmethod
    def team(cls, pk: int, people: Iterable[int]) -> Party:
        return cls("team", pk, tuple(people))


@dataclass(frozen=True)
class Goal:
    """What is to be reached. ``is_set`` says that just this was set; else it is the sum of ``have`` of ``of`` parts."""

    target: Decimal
    sprint: Decimal | None = None
    challenge: Decimal | None = None
    is_set: bool = True
    have: int = 1
    of: int = 1
    of_people: bool = False

    @property
    def is_whole(self) -> bool:
        return self.have == self.of

    def level(self, done: Decimal) -> str:
        """The highest of LEVELS that so much reaches; '' below the target."""
        reached = [name for name in LEVELS if (wanted := getattr(self, name)) is not None and done >= wanted]
        return reached[-1] if reached else ""


class Goals:
    """The targets of one measure, looked up by party and period."""

    def __init__(self, rows: Iterable[Target]) -> None:
        self.rows: Mapping[tuple[str, int, TargetPeriod], Target] = {
            ("team" if row.team_id else "person", row.team_id or row.user_id or 0, row.period): row for row in rows
        }

    def goal(self, party: Party, period: TargetPeriod) -> Goal | None:
        """The target that was set for just this; else the sum of its parts; else, of a team, of its people's.

        A year's parts are its quarters, a quarter's its months. None where nothing was set.
        """
        if row := self.rows.get((party.kind, party.pk, period)):
            return Goal(row.target, row.sprint, row.challenge)
        parts = [self.goal(Party(party.kind, party.pk), part) for part in period.parts]
        if any(parts):
            return _sum(parts)
        people = [self.goal(Party.person(pk), period) for pk in party.people] if party.kind == "team" else []
        set_ones = [goal for goal in people if goal]
        return _sum(set_ones, of_people=True) if set_ones else None


def _sum(parts: list[Goal | None] | list[Goal], *, of_people: bool = False) -> Goal:
    """Of parts that lack a level the sum has none."""
    have = [goal for goal in parts if goal is not None]

    def total(name: str) -> Decimal | None:
        numbers = [getattr(goal, name) for goal in have]
        return None if None in numbers else sum(numbers, start=Decimal(0))

    target = sum((goal.target for goal in have), start=Decimal(0))
    whole = [goal.is_whole for goal in have].count(True)
    return Goal(target, total("sprint"), total("challenge"), False, whole, len(parts), of_people)
