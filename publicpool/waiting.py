"""Which customers or leads wait for a rotation, and in which order?

By the time of entering the pool, or of coming in, then id. What fits several rotations belongs to the first of them;
one whose things go elsewhere is told so (``caught_before``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value, prefetch_related_objects

from core.querysets import COUNT_LIMIT, Count, RowBeyond, count_in_one, counts_in_one
from customers.models import Customer
from customers.querysets import SORT_SINCE
from opportunities.models import Lead

from .models import Release, Rotation
from .rules import codes_of


def waiting(
    rotation: Rotation, now: datetime, *, is_automatic: bool = False, among: Iterable[Rotation] | None = None
) -> QuerySet[Any]:
    """What waits, as (entered, pk) in order: ``entered`` is annotated.

    A run by itself leaves what came before it was switched on, and what can still be taken back. ``among`` are all
    rotations in use with their conditions, where somebody has read them already (``in_order``).
    """
    rows: QuerySet[Any]
    if rotation.is_of_leads:
        rows = Lead.objects.to_give_away().annotate(entered=F("created_at"))
    else:
        rows = Customer.objects.filter(pool=rotation.pool_id).annotate(entered=SORT_SINCE)
    rows = rows.filter(fits(rotation))
    for other in _before(rotation, in_order() if among is None else among):
        theirs = fits(other)
        rows = rows.exclude(theirs) if theirs else rows.none()  # without conditions it takes everything
    if is_automatic:
        since = rotation.automatic_since
        rows = rows.filter(entered__gte=since) if since else rows.none()
        if not rotation.is_of_leads:
            fresh = Release.objects.filter(
                customer=OuterRef("pk"), by__isnull=False, undone_at=None, released_at__gt=now - Release.UNDO
            )
            rows = rows.exclude(Exists(fresh))
    return rows.order_by("entered", "pk")


def beyond(rows: QuerySet[Any], last: tuple[datetime, int] | None) -> QuerySet[Any]:
    """Those after the last one that was looked at."""
    if last is None:
        return rows
    return rows.filter(RowBeyond("entered", "pk", Value(last[0]), Value(last[1])))


@dataclass(frozen=True)
class Caught:
    """A rotation before another one, and how much of what waits and fits that one goes to it.

    ``everything``: it has no conditions, so that nothing ever comes as far as the other one.
    """

    rotation: Rotation
    number: int
    everything: bool


def caught_before(rotation: Rotation, now: datetime, among: Iterable[Rotation]) -> list[Caught]:
    """Those that take what fits this one before it gets its turn. One statement, none where it is the first."""
    among = list(among)
    before = list(_before(rotation, among))
    if not before:
        return []
    asked = fits(rotation)
    counts = counts_in_one([waiting(one, now, among=among).filter(asked) for one in before], COUNT_LIMIT + 1)
    found = [Caught(one, n or 0, not fits(one)) for one, n in zip(before, counts, strict=True)]
    return [one for one in found if one.number or one.everything]


def fits(rotation: Rotation, team: int | None = None) -> Q:
    """Its conditions; an empty one asks nothing. ``team``: in which leads without one are going to wait."""
    found = Q()
    if codes := codes_of(rotation.countries):
        found &= Q(country__in=codes)
    if rotation.languages:
        found &= Q(language__in=rotation.languages)
    if sources := [one.pk for one in rotation.sources.all()]:
        found &= Q(source__in=sources)
    if rotation.is_of_leads and (teams := [one.pk for one in rotation.teams.all()]):
        found &= Q(team__in=teams) | (Q(team=None) if team in teams else Q())
    return found


def in_order() -> QuerySet[Any]:
    """The rotations in use as they take, with their conditions. Three statements."""
    return Rotation.objects.in_use().prefetch_related("sources", "teams").order_by("position", "pk")


def in_line(rotation: Rotation) -> list[Rotation]:
    """The rotation and all that may take before it, with their conditions, as ``waiting`` asks. Three statements."""
    others = Rotation.objects.in_use().filter(pool=rotation.pool_id, position__lte=rotation.position)
    found = [rotation, *others.exclude(pk=rotation.pk)]
    prefetch_related_objects(found, "sources", "teams")
    return found


def waiting_count(rotation: Rotation, now: datetime, among: Iterable[Rotation]) -> Count:
    """How many wait, up to COUNT_LIMIT. One statement."""
    return count_in_one(waiting(rotation, now, among=among))


def _before(rotation: Rotation, among: Iterable[Rotation]) -> Iterator[Rotation]:
    """The rotations in use of the same pool, or of leads, that come before it."""
    place = (rotation.position, rotation.pk)
    for other in among:
        if other.is_active and other.pool_id == rotation.pool_id and (other.position, other.pk) < place:
            yield other
