"""How much of whose target is reached, in which period?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opportunities.figures.asked import Scopes

from .goals import Goal, Party
from .measures import Done, Measure, Sums
from .periods import TargetPeriod

if TYPE_CHECKING:
    from accounts.models import Team, User

    from .asked import Asked


@dataclass(frozen=True)
class Line:
    """One person or team: what was to be reached, and what was. ``share`` is of the target; ``depth`` of the team."""

    party: Party
    named: User | Team
    depth: int
    goal: Goal | None
    done: Decimal
    unrated: int
    url: str

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.done) / Fraction(self.goal.target) if self.goal else None

    @property
    def level(self) -> str:
        return self.goal.level(self.done) if self.goal else ""

    @property
    def to_go(self) -> Decimal | None:
        return max(self.goal.target - self.done, Decimal(0)) if self.goal else None

    def is_behind(self, passed: tuple[int, int]) -> bool:
        """Is the target not reached, and less of it than of the time: (days begun, days)?"""
        return self.share is not None and not self.level and self.share * passed[1] < passed[0]


def lines_of(asked: Asked) -> list[Line]:
    """The lines of a scope that its reader may see: each team followed by its people, then those of no team.

    Admins and whoever left are shown for what they did or were to do. Five statements, whatever the number of people.
    """
    scopes, period, goals = asked.scopes, asked.period, asked.goals()
    sums = asked.sums()
    found = []
    for party, named, depth in _parties(scopes, list(asked.inside.values())):
        goal, (done, unrated) = goals.goal(party, period), done_by(sums, party)
        if party.kind == "person" and goal is None and not done and not _sells(named):
            continue
        url = rows_behind(asked.measure, party, scopes, period) if done else ""
        found.append(Line(party, named, depth, goal, done, unrated, url))
    return found


def _sells(person: Any) -> bool:
    """Is somebody shown without a target and without a deed?"""
    return person.is_active and not person.is_admin


def done_by(sums: Sums, party: Party, months: Sequence[date] | None = None) -> Done:
    """What a party's people did, of all months that were read or of these."""
    people = set(party.people)
    found = [one for (who, month), one in sums.items() if who in people and (months is None or month in months)]
    return Done(sum((one.number for one in found), start=Decimal(0)), sum(one.unrated for one in found))


def rows_behind(measure: Measure, party: Party, scopes: Scopes, period: TargetPeriod) -> str:
    whose: dict[str, Sequence[int]] = {measure.whose: party.people}
    if party.kind == "team":
        whose = {"team": sorted(scopes.below(party.pk))}
    return measure.rows_behind(whose, period.months[0], period.months[-1])


def party_of(scopes: Scopes, named: User | Team, kind: str) -> Party:
    """A person, or a team with the people in it and below it."""
    if kind == "person":
        return Party.person(named.pk)
    below = scopes.below(named.pk)
    return Party.team(named.pk, (pk for pk, one in scopes.people.items() if one.team_id in below))


def _parties(scopes: Scopes, people: list[User]) -> Iterator[tuple[Party, User | Team, int]]:
    """Teams as a tree with their people, of those that have somebody among these."""
    if len(people) == 1:
        yield Party.person(people[0].pk), people[0], 0
        return
    shown = {pk for one in people for pk in _up(scopes, one.team_id)}
    roots = [team for pk, team in scopes.teams.items() if pk in shown and team.parent_id not in shown]
    for team in sorted(roots, key=_name):
        yield from _below(scopes, team, people, shown, 0)
    for person in people:
        if person.team_id not in shown:
            yield Party.person(person.pk), person, 0


def _below(
    scopes: Scopes, team: Team, people: list[User], shown: set[int], depth: int
) -> Iterator[tuple[Party, User | Team, int]]:
    yield party_of(scopes, team, "team"), team, depth
    for person in people:
        if person.team_id == team.pk:
            yield Party.person(person.pk), person, depth + 1
    children = [one for pk, one in scopes.teams.items() if pk in shown and one.parent_id == team.pk]
    for child in sorted(children, key=_name):
        yield from _below(scopes, child, people, shown, depth + 1)


def _up(scopes: Scopes, team: int | None) -> Iterator[int]:
    seen: set[int] = set()
    while team in scopes.teams and team not in seen:
        assert team is not None
        seen.add(team)
        yield team
        team = scopes.teams[team].parent_id


def _name(team: Team) -> tuple[str, int]:
    return (str(team.name), team.pk)
