-- Each competitor: deals won and lost against it, closed in the period before, win rate, what was won by currency, worth.
-- Named are those typed between commas, semicolons or 、, and who got the deal.
WITH closed AS (
    SELECT stage.kind, deal.currency, deal.closed_on >= %(first)s AS is_now, deal.amount, rival.name,
        round(deal.amount * worth.rate, %(digits)s) AS base
    FROM opportunities_opportunity deal
    JOIN opportunities_stage stage ON stage.id = deal.stage_id AND stage.kind IN ('won', 'lost')
    LEFT JOIN worth ON worth.currency = deal.currency AND worth.day = deal.closed_on
    CROSS JOIN LATERAL (
        SELECT DISTINCT trim(part) AS name
        FROM regexp_split_to_table(deal.competitors || ',' || deal.lost_to, '[,;，；、]') part WHERE trim(part) <> ''
    ) rival
    WHERE deal.archived_at IS NULL AND deal.owner_id = ANY(%(people)s) AND deal.pipeline_id = %(pipeline)s
      AND deal.closed_on >= %(before)s AND deal.closed_on < %(next)s
),
summed AS (
    SELECT name, currency, kind, is_now, count(*) AS n, sum(amount) AS amount, sum(base) AS base
    FROM closed GROUP BY 1, 2, 3, 4
)
SELECT name, sum(n) FILTER (WHERE is_now AND kind = 'won'), sum(n) FILTER (WHERE is_now AND kind = 'lost'),
    sum(n) FILTER (WHERE NOT is_now AND kind = 'lost'),
    coalesce(sum(n) FILTER (WHERE is_now AND kind = 'won'), 0) / nullif(sum(n) FILTER (WHERE is_now), 0),
    jsonb_object_agg(currency, amount) FILTER (WHERE is_now AND kind = 'won' AND amount IS NOT NULL),
    sum(base) FILTER (WHERE is_now AND kind = 'won')
FROM summed GROUP BY 1
HAVING bool_or(is_now OR kind = 'lost')
