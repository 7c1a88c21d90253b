"""How many claims and customers has somebody left, by whose limits, and from when on are there more?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from core.querysets import counts_in_one
from customers.models import Customer, OwnershipPeriod, Pool, PoolMember

from .models import Claim
from .windows import windows

if TYPE_CHECKING:
    from accounts.models import User

WON = ("won", "retained")
# Beyond any limit: what is counted here is counted to its end.
EVERY = 10_000_000


@dataclass(frozen=True)
class Quota:
    """One limit: ``used`` of ``limit`` (None: no limit); ``renews_at`` aware, None where only giving back helps."""

    key: str
    used: int
    limit: int | None
    renews_at: datetime | None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)

    @property
    def is_used_up(self) -> bool:
        return self.left == 0


def limits(user: User, pool: Pool, teams: frozenset[int] | None = None) -> dict[str, int | None]:
    """The limits that hold for this person: the own row's, then the team's, then the pool's, each by itself.

    Of several teams the nearest comes first; ``teams`` are those at and above the person's, where they are known.
    One query, none where the pool's members are there already.
    """
    teams = user.teams_above if teams is None else teams
    rows = [row for row in pool.members.all() if row.user_id == user.pk or row.team_id in teams]
    rows.sort(key=lambda row: (row.user_id is None, row.team_id != user.team_id, row.position, row.pk))
    found: dict[str, int | None] = {}
    for key in PoolMember.LIMITS:
        own = (getattr(row, key) for row in rows)
        found[key] = next((value for value in own if value is not None), getattr(pool, key))
    return found


def filled_by(user: User, pool: Pool, now: datetime) -> list[QuerySet[Any]]:
    """What fills the limits of day, week, month and capacity, for whoever counts more in the same statement."""
    mine = Claim.objects.filter(user=user, pool=pool)
    claimed = [mine.filter(claimed_at__gte=span.start, claimed_at__lt=span.end) for span in windows(now)]
    return [*claimed, filling([user], pool)]


def quotas(
    user: User,
    pool: Pool,
    now: datetime,
    known: dict[str, int | None] | None = None,
    used: Sequence[int | None] | None = None,
) -> list[Quota]:
    """Day, week, month and capacity. One statement beside the limits', none where ``filled_by`` is counted already."""
    known = known or limits(user, pool)
    *claimed, held = used or counts_in_one([*filled_by(user, pool, now)], EVERY)
    found = [Quota(span.key, n or 0, known[span.key], span.end) for span, n in zip(windows(now), claimed, strict=True)]
    return [*found, Quota("capacity", held or 0, known["capacity"], None)]


def filling(people: Sequence[User], pool: Pool) -> QuerySet[Customer]:
    """The customers that fill the capacity of these people, over all pools."""
    rows = Customer.objects.filter(owner__in=people)  # unscoped: the people's own
    return rows if pool.counts_won else rows.exclude(status__key__in=WON)


def fills(customer: Customer, pool: Pool) -> bool:
    """Would this customer fill the capacity of whoever held it?"""
    return pool.counts_won or customer.status.key not in WON


def cool_downs(user: User, customers: list[int], pool: Pool, now: datetime) -> dict[int, datetime]:
    """Until when this person may not have these customers: those that they gave back or lost too short a time ago."""
    found = cool_downs_of([user], customers, pool, now)
    return {customer: people[user.pk] for customer, people in found.items()}


def cool_downs_of(
    people: Sequence[User], customers: Sequence[int], pool: Pool, now: datetime
) -> dict[int, dict[int, datetime]]:
    """{customer: {person: until when}}. It binds everyone whose period ended so, not the last holder alone."""
    span = timedelta(days=pool.cool_down_days)
    ended = OwnershipPeriod.objects.filter(
        customer__in=customers,
        owner__in=people,
        ended_at__gt=now - span,
        release_of__isnull=False,
        release_of__undone_at=None,
    )
    found: dict[int, dict[int, datetime]] = defaultdict(dict)
    for customer_id, owner_id, ended_at in ended.values_list("customer", "owner", "ended_at"):
        if ended_at is not None:
            mine = found[customer_id]
            mine[owner_id] = max(mine.get(owner_id, now), ended_at + span)
    return found
