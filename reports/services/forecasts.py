"""When is the forecast kept, and what of it? Each Monday, and on each first of a month, of business time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from core.money import OLDEST_DAYS
from core.zones import business_day

from ..models import ForecastSnapshot

# What the funnel's forecast reads, of people: deals that nobody holds stand apart there too.
_OPEN = """
SELECT cell.owner_id, cell.pipeline_id, cell.month, cell.currency, sum(cell.n) AS n, sum(cell.amount) AS amount,
    sum(cell.amount * stage.probability) / 100 AS weighted
FROM opportunities_funnelcell cell JOIN opportunities_stage stage ON stage.id = cell.stage_id
WHERE cell.kind = 'open' AND cell.n > 0 AND cell.owner_id > 0
GROUP BY 1, 2, 3, 4
"""

# One statement: who is killed in it leaves nothing, and of two at once one waits and then finds the day kept.
_TAKE = f"""
WITH taken AS (
    INSERT INTO reports_forecastsnapshot (due_on, taken_at, base) VALUES (%(due_on)s, %(now)s, %(base)s)
    ON CONFLICT (due_on) DO NOTHING RETURNING id
), open AS MATERIALIZED ({_OPEN}), rates AS MATERIALIZED (
    SELECT asked.currency, found.rate
    FROM (SELECT DISTINCT currency FROM open WHERE currency <> '') AS asked
    CROSS JOIN LATERAL gonghai_rate(asked.currency, %(day)s, %(base)s, %(oldest)s) AS found
), kept AS (
    INSERT INTO reports_forecastcell (snapshot_id, owner_id, pipeline_id, month, currency, n, amount, weighted, rate)
    SELECT taken.id, open.owner_id, open.pipeline_id, open.month, open.currency, open.n, open.amount, open.weighted,
        rates.rate
    FROM taken CROSS JOIN open LEFT JOIN rates USING (currency)
)
SELECT count(*) FROM taken
"""  # noqa: S608  words of our own


def due_days(today: date) -> set[date]:
    """The last Monday and the last first of a month, today included."""
    return {today - timedelta(days=today.weekday()), today.replace(day=1)}


def keep_forecasts(*, now: datetime) -> list[date]:
    """Keep the forecast of the last days on which it was due, where it is missing; returns these days.

    After an outage it is kept late, as it stands by then, and says so: nobody knows any more how it stood.
    One statement where nothing is missing.
    """
    due = due_days(business_day(now))
    missing = due - set(ForecastSnapshot.objects.filter(due_on__in=due).values_list("due_on", flat=True))
    return [day for day in sorted(missing) if take(day, now)]


def take(due_on: date, now: datetime) -> bool:
    """Keep what is open now as the forecast of a day; False where that day has one."""
    words: dict[str, Any] = {
        "due_on": due_on,
        "now": now,
        "day": business_day(now),
        "base": settings.BASE_CURRENCY,
        "oldest": OLDEST_DAYS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, words)
        return bool(cursor.fetchone()[0])
