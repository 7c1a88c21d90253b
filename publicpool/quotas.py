"""How many claims and customers has somebody left, by whose limits, and from when on are there more?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from customers.models import Customer, OwnershipPeriod, Pool, PoolMember

from .models import Claim
from .windows import windows

if TYPE_CHECKING:
    from accounts.models import User

WON = ("won", "retained")


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


def limits(user: User, pool: Pool) -> dict[str, int | None]:
    """The limits that hold for this person: the own row's, then the team's, then the pool's, each by itself. One query.

    Of several teams the nearest comes first.
    """
    rows = list(pool.members.filter(Q(user=user) | Q(team__in=user.teams_above)).select_related("team"))
    rows.sort(key=lambda row: (row.user_id is None, row.team_id != user.team_id, row.position, row.pk))
    found: dict[str, int | None] = {}
    for key in PoolMember.LIMITS:
        own = (getattr(row, key) for row in rows)
        found[key] = next((value for value in own if value is not None), getattr(pool, key))
    return found


def quotas(user: User, pool: Pool, now: datetime, known: dict[str, int | None] | None = None) -> list[Quota]:
    """Day, week, month and capacity. Two statements beside the limits'."""
    known = known or limits(user, pool)
    spans = windows(now)
    counts = {span.key: Count("pk", filter=Q(claimed_at__gte=span.start, claimed_at__lt=span.end)) for span in spans}
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    mine = Claim.objects.filter(user=user, pool=pool, claimed_at__gte=first, claimed_at__lt=last)
    used = mine.aggregate(**counts)
    found = [Quota(span.key, used[span.key], known[span.key], span.end) for span in spans]
    return [*found, Quota("capacity", held(user, pool), known["capacity"], None)]


def held(user: User, pool: Pool) -> int:
    """How many customers fill this person's capacity, over all pools."""
    rows = Customer.objects.filter(owner=user)  # unscoped: the person's own
    return (rows if pool.counts_won else rows.exclude(status__key__in=WON)).count()


def cool_downs(user: User, customers: list[int], pool: Pool, now: datetime) -> dict[int, datetime]:
    """Until when this person may not have these customers: those that they gave back or lost too short a time ago.

    It binds everyone whose period ended so, not the last holder alone.
    """
    span = timedelta(days=pool.cool_down_days)
    ended = OwnershipPeriod.objects.filter(
        customer__in=customers,
        owner=user,
        ended_at__gt=now - span,
        release_of__isnull=False,
        release_of__undone_at=None,
    )
    found: dict[int, datetime] = {}
    for customer_id, ended_at in ended.values_list("customer", "ended_at"):
        found[customer_id] = max(found.get(customer_id, now), ended_at + span)
    return found
