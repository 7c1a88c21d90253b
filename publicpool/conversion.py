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
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncDate

from core.zones import business_day, midnight
from customers.models import OwnershipPeriod
from opportunities.models import Opportunity

from .rotation.weights import Figures

if TYPE_CHECKING:
    from customers.models import Pool

# Days of business time: the last day that counts lies so long ago, and so many days count.
RIPE, LONG = 90, 365
Reason = OwnershipPeriod.Reason
TAKEN = (Reason.CLAIMED, Reason.ROTATED)
CUT_SHORT = (Reason.TRANSFERRED, Reason.DEPARTURE, Reason.MERGED)


@dataclass(frozen=True)
class Conversion:
    """Figures by person, of the pool as a whole, and of which days (both inclusive)."""

    people: dict[int, Figures]
    pool: Figures
    first: date
    last: date


def taken(within: Q, pool: Pool | None = None) -> QuerySet[Any]:
    """Periods begun by claim or rotation out of a pool, or any, that nothing cut short; with ``is_won``."""
    rows = OwnershipPeriod.objects.filter(within, reason__in=TAKEN)
    if pool is not None:
        rows = rows.filter(Q(claim__pool=pool) | Q(rotation_entry__rotation__pool=pool))
    after = OwnershipPeriod.objects.filter(
        customer=OuterRef("customer"), started_at=OuterRef("ended_at"), reason__in=CUT_SHORT
    )
    zone = settings.BUSINESS_ZONE
    rows = rows.exclude(Exists(after.order_by())).annotate(
        _from=TruncDate("started_at", tzinfo=zone),
        _until=Coalesce(TruncDate("ended_at", tzinfo=zone), Value(date.max)),
    )
    deals = Opportunity.objects.filter(
        customer=OuterRef("customer"),
        outcome="won",
        archived_at=None,
        closed_on__gte=OuterRef("_from"),
        closed_on__lte=OuterRef("_until"),
    )
    return rows.annotate(is_won=Exists(deals.order_by()))


def figures_of(rows: QuerySet[Any]) -> dict[int, Figures]:
    """How many of these periods each person has, and during how many a deal was won. One statement."""
    counts = {"taken": Count("pk"), "won": Count("pk", filter=Q(is_won=True))}
    found = rows.order_by().values("owner").annotate(**counts).values_list("owner", *counts)
    return {owner: Figures(n, won) for owner, n, won in found}


def conversion(pool: Pool, now: datetime) -> Conversion:
    """The figures of everybody who took from this pool. One statement."""
    last = business_day(now) - timedelta(days=RIPE)
    first = last - timedelta(days=LONG - 1)
    people = figures_of(taken(Q(started_at__gte=midnight(first), started_at__lt=midnight(last + timedelta(1))), pool))
    whole = Figures(sum(one.taken for one in people.values()), sum(one.won for one in people.values()))
    return Conversion(people, whole, first, last)
