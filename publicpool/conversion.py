"""What did the members of a rotation make of the customers they took from its pool?

Taken are periods begun by claim or rotation from the pool in the 365 days that end 90 days ago, so that each had time
to become a deal; without those that were cut short by a transfer, a departure or a merge. Won are those during which
an opportunity was won that still is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from core.zones import business_day

from .rotation.weights import Figures
from .windows import midnight

if TYPE_CHECKING:
    from customers.models import Pool

# Days of business time: the last day that counts lies so long ago, and so many days count.
RIPE, LONG = 90, 365

_SQL = """
    WITH taken AS (
        SELECT period.owner_id, period.customer_id, period.started_at, period.ended_at
        FROM customers_ownershipperiod period
        LEFT JOIN publicpool_claim claim ON claim.period_id = period.id
        LEFT JOIN publicpool_rotationentry entry ON entry.period_id = period.id
        LEFT JOIN publicpool_rotation rotation ON rotation.id = entry.rotation_id
        LEFT JOIN customers_ownershipperiod next
            ON next.customer_id = period.customer_id AND next.started_at = period.ended_at
        WHERE period.started_at >= %(start)s AND period.started_at < %(end)s
            AND period.reason IN ('claimed', 'rotated')
            AND coalesce(claim.pool_id, rotation.pool_id) = %(pool)s
            AND (next.id IS NULL OR next.reason NOT IN ('transferred', 'departure', 'merged'))
    )
    SELECT taken.owner_id, count(*), count(*) FILTER (WHERE EXISTS (
        SELECT FROM opportunities_opportunity deal
        WHERE deal.customer_id = taken.customer_id AND deal.outcome = 'won' AND deal.archived_at IS NULL
            AND deal.closed_on >= (taken.started_at AT TIME ZONE %(zone)s)::date
            AND (taken.ended_at IS NULL OR deal.closed_on <= (taken.ended_at AT TIME ZONE %(zone)s)::date)
    ))
    FROM taken GROUP BY taken.owner_id
"""


@dataclass(frozen=True)
class Conversion:
    """Figures by person, of the pool as a whole, and of which days (both inclusive)."""

    people: dict[int, Figures]
    pool: Figures
    first: date
    last: date


def conversion(pool: Pool, now: datetime) -> Conversion:
    """The figures of everybody who took from this pool. One statement."""
    last = business_day(now) - timedelta(days=RIPE)
    first = last - timedelta(days=LONG - 1)
    values: dict[str, Any] = {
        "start": midnight(first),
        "end": midnight(last + timedelta(days=1)),
        "pool": pool.pk,
        "zone": str(settings.BUSINESS_ZONE),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        people = {owner: Figures(taken, won) for owner, taken, won in cursor.fetchall()}
    whole = Figures(sum(one.taken for one in people.values()), sum(one.won for one in people.values()))
    return Conversion(people, whole, first, last)
