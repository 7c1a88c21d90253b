"""How are targets set, copied from another year, shared out among a team?

Whatever is written is written under a lock on the person or team: of two at once the second sees what the first did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from accounts.models import Team, User
from core.exceptions import NotAllowed

from ..errors import ChangedMeanwhile, LevelsFall, NothingToCopy
from ..measures import MEASURES
from ..models import Target
from ..periods import TargetPeriod
from ..permissions import can_set_target
from ..sharing import shared_out

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Levels:
    """A target, a sprint and a challenge; without a target there is nothing. Raises LevelsFall."""

    target: Decimal | None = None
    sprint: Decimal | None = None
    challenge: Decimal | None = None

    def __post_init__(self) -> None:
        given = [one for one in self.rising() if one is not None]
        if given != sorted(given) or (given and self.target is None):
            raise LevelsFall

    @classmethod
    def of(cls, row: Target) -> Levels:
        return cls(row.target, row.sprint, row.challenge)

    def times(self, factor: Decimal, step: Decimal) -> Levels:
        """Each level times a factor, rounded to a whole step, at least one."""
        return Levels(*(_rounded(one * factor, step) if one is not None else None for one in self.rising()))

    def rising(self) -> tuple[Decimal | None, ...]:
        """In the order of reports.goals.LEVELS."""
        return self.target, self.sprint, self.challenge


def _rounded(number: Decimal, step: Decimal) -> Decimal:
    return max((number / step).to_integral_value() * step, step)


class Slot(NamedTuple):
    """Where a target stands: ``team`` says whether ``pk`` is a team's or a person's."""

    is_team: bool
    pk: int
    measure: str
    period: TargetPeriod

    @classmethod
    def of(cls, party: User | Team, measure: str, period: TargetPeriod) -> Slot:
        return cls(isinstance(party, Team), party.pk, measure, period)

    @classmethod
    def of_row(cls, row: Target) -> Slot:
        return cls(row.team_id is not None, row.team_id or row.user_id or 0, row.measure, row.period)


def targets_of(party: User | Team, measure: str, year: int) -> QuerySet[Target]:
    """What was set for one person or team in a year; who may see it the caller has asked."""
    whose = Q(team=party) if isinstance(party, Team) else Q(user=party)
    return Target.objects.filter(whose, measure=measure).of_year(year)  # unscoped: the caller asked


def seen_of(rows: Iterable[Target]) -> str:
    """What a form was shown, to tell whether it changed since."""
    said = sorted((row.period.key, f"{row.target} {row.sprint} {row.challenge}") for row in rows)
    return sha256(repr(said).encode()).hexdigest()[:16]


def save_targets(
    *,
    party: User | Team,
    measure: str,
    year: int,
    levels: Mapping[TargetPeriod, Levels],
    seen: str,
    by: User,
    now: datetime,
) -> int:
    """Set what a form says of a year's periods; one without a target is removed. How many rows changed.

    Raises NotAllowed, ChangedMeanwhile.
    """
    with transaction.atomic():
        lock_parties([party], by)
        if seen != seen_of(targets_of(party, measure, year)):
            raise ChangedMeanwhile
        return set_levels({Slot.of(party, measure, period): one for period, one in levels.items()}, by=by, now=now)


def copy_year(
    *, parties: Sequence[User | Team], measure: str, year: int, percent: Decimal, by: User, now: datetime
) -> int:
    """Copy the targets of the year before, so many percent more, where none is set yet. How many were set.

    Raises NotAllowed, NothingToCopy.
    """
    factor, step = 1 + percent / 100, MEASURES[measure].step
    with transaction.atomic():
        lock_parties(parties, by)
        rows = Target.objects.filter(_of_parties(parties), measure=measure)
        standing = {Slot.of_row(row) for row in rows.of_year(year)}
        wanted = {}
        for row in rows.of_year(year - 1):
            slot = Slot.of_row(row)._replace(period=row.period.in_year(year))
            if slot not in standing:
                wanted[slot] = Levels.of(row).times(factor, step)
        if not wanted:
            raise NothingToCopy
        return set_levels(wanted, by=by, now=now)


def share_out(
    *,
    team: Team,
    people: Sequence[User],
    measure: str,
    period: TargetPeriod,
    levels: Levels,
    weights: Mapping[int, Decimal],
    by: User,
    now: datetime,
) -> int:
    """Set the team's target of a period, and each person's part of it by weight; who has no part loses the target.

    Sprint and challenge are shared out alike. How many rows changed. Raises NotAllowed.
    """
    parts = shares_of(levels, weights, MEASURES[measure].step)
    wanted = {Slot.of(one, measure, period): parts.get(one.pk, Levels()) for one in people}
    with transaction.atomic():
        lock_parties([team, *people], by)
        return set_levels(wanted | {Slot.of(team, measure, period): levels}, by=by, now=now)


def shares_of(levels: Levels, weights: Mapping[int, Decimal], step: Decimal) -> dict[int, Levels]:
    """Each person's part of the three levels; who has a weight of 0, or a part of 0, is not in it."""
    taking = {pk: weight for pk, weight in weights.items() if weight > 0}
    if levels.target is None or not taking:
        return {}
    each = [
        shared_out(one, taking, step) if one is not None else dict.fromkeys(taking, None) for one in levels.rising()
    ]
    found = {}
    for pk in taking:
        target, sprint, challenge = (of[pk] for of in each)
        if target:
            # Rounding may leave a sprint a step below its target.
            sprint = max(sprint, target) if sprint is not None else None
            challenge = max(challenge, sprint or target) if challenge is not None else None
            found[pk] = Levels(target, sprint, challenge)
    return found


def lock_parties(parties: Sequence[User | Team], by: User) -> None:
    """Lock people and teams whose targets are written, in one order. Two statements; raises NotAllowed."""
    if not all(can_set_target(by, one) for one in parties):
        raise NotAllowed
    for model, kind in ((Team, True), (User, False)):
        ids = [one.pk for one in parties if isinstance(one, Team) is kind]
        rows: Any = model._default_manager  # unscoped: the permission was asked
        list(rows.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def standing_of(slots: Iterable[Slot]) -> dict[Slot, Target]:
    """The rows of these slots and of others of the same people, measures and days. One statement."""
    slots = set(slots)
    rows = Target.objects.filter(
        Q(team__in={one.pk for one in slots if one.is_team}) | Q(user__in={one.pk for one in slots if not one.is_team}),
        measure__in={one.measure for one in slots},
        first_on__in={one.period.first_on for one in slots},
    )
    return {Slot.of_row(row): row for row in rows}


def set_levels(wanted: Mapping[Slot, Levels], *, by: User, now: datetime) -> int:
    """Write what shall stand where, under ``lock_parties``; without a target a row goes. How many rows changed.

    Four statements, whatever the number.
    """
    standing = standing_of(wanted)
    new, changed, gone = [], [], []
    for slot, levels in wanted.items():
        row = standing.get(slot)
        if levels.target is None:
            gone += [row.pk] if row else []
        elif row is None:
            row = Target(measure=slot.measure, first_on=slot.period.first_on, span=slot.period.span)
            row.team_id, row.user_id = (slot.pk, None) if slot.is_team else (None, slot.pk)
            new.append(_set(row, levels, by, now))
        elif Levels.of(row) != levels:
            changed.append(_set(row, levels, by, now))
    Target.objects.bulk_create(new)
    Target.objects.bulk_update(changed, ["target", "sprint", "challenge", "set_by", "set_at"])
    Target.objects.filter(pk__in=gone).delete()
    return len(new) + len(changed) + len(gone)


def _of_parties(parties: Sequence[User | Team]) -> Q:
    teams = [one.pk for one in parties if isinstance(one, Team)]
    people = [one.pk for one in parties if not isinstance(one, Team)]
    return Q(team__in=teams) | Q(user__in=people)


def _set(row: Target, wanted: Levels, by: User, now: datetime) -> Target:
    assert wanted.target is not None  # asked by the caller
    row.target, row.sprint, row.challenge = wanted.target, wanted.sprint, wanted.challenge
    row.set_by, row.set_at = by, now
    return row
