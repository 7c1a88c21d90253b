-- What was forecast when each month began, beside what was won in it: deals expected, forecast, won deals, won,
-- won of the forecast, off by, forecast a month before; then the last 6 and 12 months together.
-- By docs/rules.md, "Forecast accuracy". Raw are the forecasts as they were kept (each currency is converted once) and the deals.
WITH month AS (
    SELECT back, (date_trunc('month', %(today)s::date) - make_interval(months => back))::date AS month
    FROM generate_series(0, 12) back
),
part AS (
    SELECT month.month, kept.due_on = month.month AS is_start, cell.currency, cell.rate,
        (kept.taken_at AT TIME ZONE %(zone)s)::date - kept.due_on > 3 AS is_late,
        sum(cell.n) AS n, sum(cell.weighted) AS weighted
    FROM month
    JOIN reports_forecastsnapshot kept
        ON kept.base = %(base)s AND kept.due_on IN (month.month, (month.month - interval '1 month')::date)
    LEFT JOIN reports_forecastcell cell
        ON cell.snapshot_id = kept.id AND cell.month = month.month AND cell.owner_id = ANY(%(people)s)
    GROUP BY 1, 2, 3, 4, 5
),
forecast AS (
    SELECT month, is_start, is_late, coalesce(sum(n), 0) AS n, coalesce(sum(round(weighted * rate, %(digits)s)), 0) AS base
    FROM part GROUP BY 1, 2, 3
),
won AS (
    SELECT date_trunc('month', deal.closed_on)::date AS month, count(*) AS n,
        coalesce(sum(round(deal.amount * worth.rate, %(digits)s)), 0) AS base
    FROM opportunities_opportunity deal
    JOIN opportunities_stage stage ON stage.id = deal.stage_id AND stage.kind = 'won'
    LEFT JOIN worth ON worth.currency = deal.currency AND worth.day = deal.closed_on
    WHERE deal.archived_at IS NULL AND deal.owner_id = ANY(%(people)s) GROUP BY 1
),
line AS (
    SELECT month.*, start.is_late, start.n AS deals, start.base AS forecast, coalesce(won.n, 0) AS won_deals,
        coalesce(won.base, 0) AS won, ahead.base AS ahead, start.month IS NOT NULL OR ahead.month IS NOT NULL AS is_kept
    FROM month
    LEFT JOIN forecast start ON start.month = month.month AND start.is_start
    LEFT JOIN forecast ahead ON ahead.month = month.month AND NOT ahead.is_start
    LEFT JOIN won ON won.month = month.month
),
-- Measured are months that are over, whose forecast was something and not kept more than 3 days late.
together AS (
    SELECT number, sum(deals) AS deals, sum(forecast) AS forecast, sum(won_deals) AS won_deals, sum(won) AS won,
        sum(abs(won - forecast)) AS off
    FROM (VALUES (6), (12)) as last (number)
    LEFT JOIN line ON line.back BETWEEN 1 AND number AND NOT line.is_late AND line.forecast > 0
    WHERE (SELECT count(*) FROM line past WHERE past.back > 0 AND past.is_kept) > CASE number WHEN 6 THEN 1 ELSE 6 END
    GROUP BY number
)
SELECT to_char(month, 'YYYY-MM'), deals, forecast, won_deals, won, won / nullif(forecast, 0),
    CASE WHEN back > 0 AND NOT is_late THEN abs(won - forecast) / nullif(forecast, 0) END, ahead
FROM line WHERE is_kept OR (back = 0 AND EXISTS (SELECT FROM line past WHERE past.is_kept))
UNION ALL
SELECT 'last ' || number, deals, forecast, won_deals, won, won / nullif(forecast, 0), off / nullif(forecast, 0), NULL
FROM together
