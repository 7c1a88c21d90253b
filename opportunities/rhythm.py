"""Who reorders how often, who is late, and with whom? Orders kept summed up by customer, and read for the board.

As of: ``core.rollups.as_of([RHYTHM], now)``. Triggers (migration 0005) mark a customer whose orders were written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.http import urlencode

from core.registries import Rollup
from core.rollups import register as register_rollup

from .models import Rhythm
from .querysets import SOON

RHYTHM = "rhythm"
LATE, DUE_SOON, ON_TIME = "late", "soon", "on_time"

_VALID = "ordered.customer_id = asked.part[1] AND ordered.voided_at IS NULL"
# Each part is read by the index of the customer. A gap and an amount are ones that occur, as in the funnel.
_MADE = f"""
SELECT asked.part[1] AS customer_id, whole.orders, whole.first_on, whole.last_on, gap.usual_days,
    whole.last_on + gap.usual_days AS next_on, whole.usual_base
FROM asked
CROSS JOIN LATERAL (
    SELECT count(*) AS orders, min(ordered.ordered_on) AS first_on, max(ordered.ordered_on) AS last_on,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY ordered.amount_base) AS usual_base
    FROM opportunities_order ordered WHERE {_VALID}
) AS whole
CROSS JOIN LATERAL (
    SELECT CASE WHEN count(days) > 1 THEN percentile_disc(0.5) WITHIN GROUP (ORDER BY days) END AS usual_days
    FROM (
        SELECT day - lag(day) OVER (ORDER BY day) AS days
        FROM (SELECT DISTINCT ordered.ordered_on AS day FROM opportunities_order ordered WHERE {_VALID}) AS every
    ) AS gaps
) AS gap
WHERE whole.orders > 0
"""  # noqa: S608  words of our own


@dataclass(frozen=True)
class Standing:
    """How many customers are late, due within SOON, or later; what the late ones usually order, in the base currency.

    ``unrated`` of the late ones have no usual amount, for their orders had no rate.
    """

    late: int = 0
    soon: int = 0
    on_time: int = 0
    late_base: Decimal = Decimal(0)
    unrated: int = 0


def standings(people: Collection[int], today: date) -> dict[int, Standing]:
    """By who holds the customers now; people without a customer that reorders are left out. One statement."""
    is_late = Q(next_on__lt=today)
    rows = (
        Rhythm.objects.filter(customer__owner__in=people, next_on__isnull=False)
        .values_list("customer__owner")
        .annotate(
            late=Count("pk", filter=is_late),
            soon=Count("pk", filter=Q(next_on__range=(today, today + SOON))),
            on_time=Count("pk", filter=Q(next_on__gt=today + SOON)),
            late_base=Sum("usual_base", filter=is_late),
            unrated=Count("pk", filter=is_late & Q(usual_base=None)),
        )
        .order_by()
    )
    return {
        who: Standing(late, soon, on_time, base or Decimal(0), unrated)
        for who, late, soon, on_time, base, unrated in rows
    }


def latest(people: Collection[int], today: date, most: int) -> list[Rhythm]:
    """The customers of these people that are late, the latest first. One statement."""
    rows = Rhythm.objects.late(today).filter(customer__owner__in=people).select_related("customer__owner")
    return list(rows.order_by("next_on", "pk")[:most])


def rows_behind(standing: str, whose: Mapping[str, Collection[int]]) -> str:
    """The address of the list behind a number: LATE, DUE_SOON or ON_TIME; ``whose`` by the word owner or team."""
    words = [("standing", standing), *((word, str(pk)) for word, ids in whose.items() for pk in ids)]
    return f"{reverse('opportunities:rhythm')}?{urlencode(words)}"


def register() -> None:
    """Add the line to ROLLUPS."""
    register_rollup(
        RHYTHM,
        Rollup(
            "I5: when a customer is expected to order again follows from its orders",
            "opportunities_rhythm",
            ("customer_id", "orders", "first_on", "last_on", "usual_days", "next_on", "usual_base"),
            parts="SELECT DISTINCT ARRAY[customer_id]::bigint[] AS part FROM opportunities_order"
            " WHERE voided_at IS NULL",
            made=_MADE,
            of="cell.customer_id = asked.part[1]",
        ),
    )
