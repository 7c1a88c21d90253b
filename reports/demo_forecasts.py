"""What did the demo firm forecast? Made up for in hindsight from the moves and the ledger of its deals.

Only of a firm that never was: in a real one nobody knows any more how it stood (services.forecasts).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from core.demo import World
from core.money import OLDEST_DAYS
from core.zones import business_day, midnight
from opportunities.figures.asked import add_months
from opportunities.models import FunnelCell

# So many firsts of months, and Mondays, lie behind the demo's day.
MONTHS, WEEKS = 14, 13
# From so many customers on the firsts alone, for each day reads all moves.
LARGE = 10_000
# When the sweep comes by.
AFTER_MIDNIGHT = timedelta(minutes=7)

# Of each day: the deals that were open, in the stage that they were in, by the day on which they were expected then.
_MAKE = """
WITH taken AS (
    INSERT INTO reports_forecastsnapshot (due_on, taken_at, base)
    SELECT due_on, at, %(base)s FROM unnest(%(days)s::date[], %(moments)s::timestamptz[]) AS due (due_on, at)
    RETURNING id, due_on, taken_at
), later AS MATERIALIZED (
    SELECT target_id, at, (payload -> 'expected' ->> 0)::date AS before
    FROM customers_event WHERE kind = 'opportunity.changed' AND payload ? 'expected'
), stood AS (
    SELECT DISTINCT ON (taken.id, deal.id) taken.id AS snapshot_id, taken.due_on, deal.owner_id, deal.pipeline_id,
        CASE WHEN deal.amount IS NULL THEN '' ELSE deal.currency END AS currency,
        coalesce(deal.amount, 0) AS amount, stage.probability,
        CASE WHEN later.at IS NULL THEN deal.expected_on ELSE later.before END AS expected_on
    FROM taken
    JOIN opportunities_move move
        ON move.at < taken.taken_at AND (move.left_at IS NULL OR move.left_at >= taken.taken_at)
    JOIN opportunities_stage stage ON stage.id = move.after_id AND stage.kind = 'open'
    JOIN opportunities_opportunity deal
        ON deal.id = move.opportunity_id AND deal.archived_at IS NULL AND deal.owner_id IS NOT NULL
    LEFT JOIN later ON later.target_id = deal.id AND later.at >= taken.taken_at
    ORDER BY taken.id, deal.id, later.at
), summed AS (
    SELECT snapshot_id, due_on, owner_id, pipeline_id, currency,
        coalesce(date_trunc('month', expected_on::timestamp)::date, %(no_month)s::date) AS month,
        count(*) AS n, sum(amount) AS amount, sum(amount * probability) / 100 AS weighted
    FROM stood GROUP BY 1, 2, 3, 4, 5, 6
), rates AS MATERIALIZED (
    SELECT asked.due_on, asked.currency, found.rate
    FROM (SELECT DISTINCT due_on, currency FROM summed WHERE currency <> '') AS asked
    CROSS JOIN LATERAL gonghai_rate(asked.currency, asked.due_on, %(base)s, %(oldest)s) AS found
)
INSERT INTO reports_forecastcell (snapshot_id, owner_id, pipeline_id, month, currency, n, amount, weighted, rate)
SELECT snapshot_id, owner_id, pipeline_id, month, currency, n, amount, weighted, rate
FROM summed LEFT JOIN rates USING (due_on, currency)
"""


def forecasts(world: World, now: datetime) -> None:
    """Keep what the deals made now would have shown on the days on which forecasts are due."""
    days = _days(business_day(now), WEEKS if world.size <= LARGE else 0)
    world.rows += made_up({day: min(midnight(day) + AFTER_MIDNIGHT, now) for day in days})


def made_up(moments: dict[date, datetime]) -> int:
    """Keep, as the forecast of each day, what was open at its moment; returns how many cells."""
    words: dict[str, Any] = {
        "days": list(moments),
        "moments": list(moments.values()),
        "base": settings.BASE_CURRENCY,
        "oldest": OLDEST_DAYS,
        "no_month": FunnelCell.NO_MONTH,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, words)
        return cursor.rowcount


def _days(today: date, weeks: int) -> list[date]:
    monday = today - timedelta(days=today.weekday())
    firsts = {add_months(today, -back) for back in range(MONTHS)}
    return sorted(firsts | {monday - timedelta(days=7 * back) for back in range(weeks)})
