-- Each month: open deals expected in it, by currency, worth, weighted, won deals, won. 'overdue', 'later', 'undated'
-- stand apart; %(from)s and %(shown)s are the first and last month that have a line of their own.
WITH open AS (
    SELECT CASE WHEN deal.expected_on IS NULL THEN 'undated'
        WHEN deal.expected_on < date_trunc('month', %(today)s::date) THEN 'overdue'
        WHEN date_trunc('month', deal.expected_on) > %(shown)s THEN 'later'
        ELSE to_char(deal.expected_on, 'YYYY-MM') END AS line,
        deal.currency, worth.rate, count(*) AS n, sum(deal.amount) AS amount,
        sum(deal.amount * stage.probability) / 100 AS weighted
    FROM opportunities_opportunity deal
    JOIN opportunities_stage stage ON stage.id = deal.stage_id AND stage.kind = 'open'
    LEFT JOIN worth ON worth.currency = deal.currency AND worth.day = %(today)s
    WHERE deal.archived_at IS NULL AND deal.owner_id = ANY(%(people)s) AND deal.pipeline_id = %(pipeline)s
    GROUP BY 1, 2, 3
),
ahead AS (
    SELECT line, sum(n) AS n, jsonb_object_agg(currency, amount) FILTER (WHERE amount IS NOT NULL) AS amounts,
        sum(round(amount * rate, %(digits)s)) AS worth, sum(round(weighted * rate, %(digits)s)) AS weighted
    FROM open GROUP BY 1
),
won AS (
    SELECT to_char(deal.closed_on, 'YYYY-MM') AS line, count(*) AS n,
        sum(round(deal.amount * worth.rate, %(digits)s)) AS base
    FROM opportunities_opportunity deal
    JOIN opportunities_stage stage ON stage.id = deal.stage_id AND stage.kind = 'won'
    LEFT JOIN worth ON worth.currency = deal.currency AND worth.day = deal.closed_on
    WHERE deal.archived_at IS NULL AND deal.owner_id = ANY(%(people)s) AND deal.pipeline_id = %(pipeline)s
      AND date_trunc('month', deal.closed_on) BETWEEN %(from)s AND %(shown)s
    GROUP BY 1
)
SELECT line, ahead.n, ahead.amounts, ahead.worth, ahead.weighted, won.n, won.base
FROM ahead FULL JOIN won USING (line)
