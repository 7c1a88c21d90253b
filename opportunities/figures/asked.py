"""Whose deals of which pipeline and of which months does somebody ask about?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from core.registries import Label

from ..models import FunnelCell, Pipeline

if TYPE_CHECKING:
    from collections.abc import Mapping

PERIODS: dict[str, Label] = {
    "month": _("This month"),
    "quarter": _("This quarter"),
    "year": _("This year"),
    "12m": _("Last 12 months"),
    "all": _("All time"),
}
USUAL = "12m"
Words = tuple[tuple[str, str], ...]


class NotAsked(Exception):
    """The question names what its reader may not see, or what is not there."""


def add_months(month: date, count: int) -> date:
    """The first day of the month so many later or, below zero, earlier."""
    place = month.year * 12 + month.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """From one month to another, both included, each its first day; an end that is None is open."""

    key: str
    first: date | None = None
    last: date | None = None

    @classmethod
    def of(cls, key: str, today: date) -> Period:
        """One of PERIODS, in business time. All but the whole year end with the present month."""
        month = today.replace(day=1)
        if key == "all":
            return cls(key)
        if key == "month":
            return cls(key, month, month)
        if key == "quarter":
            return cls(key, month.replace(month=month.month - (month.month - 1) % 3), month)
        if key == "year":
            return cls(key, month.replace(month=1), month)
        return cls(USUAL, add_months(month, -11), month)

    @classmethod
    def asked(cls, query: Mapping[str, str], today: date) -> Period:
        """What the words ``from``, ``to`` (YYYY-MM) or ``period`` say; what cannot be read says nothing."""
        first, last = (_month(query.get(word, "")) for word in ("from", "to"))
        if first or last:
            if first and last and first > last:
                first, last = last, first
            return cls("", first, last)
        key = query.get("period", "")
        return cls.of(key if key in PERIODS else USUAL, today)

    @property
    def is_bounded(self) -> bool:
        return self.first is not None or self.last is not None

    def within(self, column: str = "month") -> dict[str, date]:
        """The conditions on a column of months; what has no day is in no bounded period."""
        if not self.is_bounded:
            return {}
        bounds = {f"{column}__gt": FunnelCell.NO_MONTH}
        if self.first:
            bounds[f"{column}__gte"] = self.first
        if self.last:
            bounds[f"{column}__lte"] = self.last
        return bounds

    def words(self, name: str) -> Words:
        """The words of the list of deals for this period: ``opened`` or ``closed``."""
        ends = ((f"{name}_from", self.first), (f"{name}_to", self.last))
        return tuple((word, f"{month:%Y-%m}") for word, month in ends if month)


def _month(text: str) -> date | None:
    try:
        year, month = text.split("-")
        return date(int(year), int(month), 1) if len(year) == 4 else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Scope:
    """Whose deals: ``levels`` are the owners in the cells, ``words`` say the same to the list of deals."""

    key: str
    name: Label
    levels: tuple[int, ...]
    words: Words
    # Within which it is offered: "" for what stands first, else a kind.
    group: Label = ""

    @property
    def is_everybody(self) -> bool:
        return self.key == "all"

    @property
    def owners(self) -> tuple[int, ...] | None:
        """Whose rows; None for everybody's."""
        return None if self.is_everybody else self.levels


@dataclass(frozen=True)
class Scopes:
    """What one reader may choose among, and the people and teams behind it."""

    offered: dict[str, Scope]
    people: dict[int, User]
    teams: dict[int, Team]

    @classmethod
    def of(cls, user: User) -> Scopes:
        """A salesperson reads the own figures; a manager those of the managed teams and their people; an admin all.

        Two statements for managers and admins, none for others. Source: access.md, "reports".
        """
        own = person_scope(user, _("Mine"))
        if not user.is_active or not (user.is_admin or user.is_manager):
            return cls({own.key: own}, {user.pk: user}, {})
        teams = {team.pk: team for team in Team.objects.visible_to(user)}
        people = {one.pk: one for one in User.objects.reporting_to(user).order_by("name", "pk")}
        below = {pk: _below(pk, teams.values()) for pk in teams}
        seen = set(teams) if user.is_admin else set(user.managed_team_ids)
        found = []
        if user.is_admin:
            found.append(Scope("all", _("Everybody"), (FunnelCell.EVERYBODY,), (("held", "1"),)))
            found.append(Scope("nobody", _("Without an owner"), (FunnelCell.NOBODY,), (("owner", "none"),)))
        elif seen:
            found.append(_team_scope("team", _("My team"), seen, people))
        found += [
            _team_scope(f"t{team.pk}", team.name, below[team.pk] & seen, people, _("Teams"))
            for team in sorted((teams[pk] for pk in seen), key=lambda one: (one.name, one.pk))
        ]
        found += [person_scope(one, group=_("People")) for one in people.values()]
        if user.pk not in people:
            found.append(own)
        return cls({one.key: one for one in found}, people, {pk: teams[pk] for pk in seen})

    def asked(self, key: str) -> Scope:
        """The scope of this key; without one the first. Raises NotAsked."""
        if not key:
            return next(iter(self.offered.values()))
        if key not in self.offered:
            raise NotAsked
        return self.offered[key]

    def within(self, scope: Scope) -> dict[int, User]:
        """The people of a scope, by id."""
        return {pk: one for pk, one in self.people.items() if scope.is_everybody or pk in scope.levels}

    def below(self, team: int) -> frozenset[int]:
        """This team and those below it."""
        return _below(team, self.teams.values())


def person_scope(user: User, name: Label = "", group: Label = "") -> Scope:
    return Scope(f"p{user.pk}", name or str(user), (user.pk,), (("owner", str(user.pk)),), group)


def _team_scope(key: str, name: Label, teams: Iterable[int], people: dict[int, User], group: Label = "") -> Scope:
    inside = frozenset(teams)
    levels = tuple(pk for pk, one in people.items() if one.team_id in inside)
    return Scope(key, name, levels, tuple(("team", str(pk)) for pk in sorted(inside)), group)


def _below(team: int, teams: Iterable[Team]) -> frozenset[int]:
    found, todo = set(), [team]
    while todo:
        if (one := todo.pop()) not in found:
            found.add(one)
            todo += [each.pk for each in teams if each.parent_id == one]
    return frozenset(found)


@dataclass(frozen=True)
class Asked:
    """One question: whose, which pipeline, which months, on which day of business time."""

    scope: Scope
    pipeline: Pipeline
    period: Period
    today: date

    @property
    def month(self) -> date:
        return self.today.replace(day=1)

    def words(self, **more: Any) -> Words:
        """The words of the list of deals for this question and what a number adds to it, in their order."""
        added = [(name, str(one)) for name, value in more.items() for one in _many(value)]
        # A team or person within the scope is narrower than the scope's own word: "any of both" would be wider.
        whose = [(name, one) for name, one in self.scope.words if name not in more]
        return (("pipeline", str(self.pipeline.pk)), *whose, *added)


def _many(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)
