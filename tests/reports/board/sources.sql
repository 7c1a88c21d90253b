-- Each source: new customers, deals won, win rate, worth, worth in the period before.
WITH every AS (
    SELECT source_id, 1 AS arrived, 0 AS won, 0 AS closed, 0 AS won_before, 0::numeric AS base, 0::numeric AS before
    FROM customers_customer
    WHERE archived_at IS NULL AND owner_id = ANY(%(people)s)
      AND (created_at AT TIME ZONE %(zone)s)::date >= %(first)s AND (created_at AT TIME ZONE %(zone)s)::date < %(next)s
    UNION ALL
    SELECT deal.source_id, 0, (stage.kind = 'won' AND deal.closed_on >= %(first)s)::int, (deal.closed_on >= %(first)s)::int,
        (stage.kind = 'won' AND deal.closed_on < %(first)s)::int,
        CASE WHEN stage.kind = 'won' AND deal.closed_on >= %(first)s
            THEN round(deal.amount * worth.rate, %(digits)s) END,
        CASE WHEN stage.kind = 'won' AND deal.closed_on < %(first)s
            THEN round(deal.amount * worth.rate, %(digits)s) END
    FROM opportunities_opportunity deal
    JOIN opportunities_stage stage ON stage.id = deal.stage_id AND stage.kind IN ('won', 'lost')
    LEFT JOIN worth ON worth.currency = deal.currency AND worth.day = deal.closed_on
    WHERE deal.archived_at IS NULL AND deal.owner_id = ANY(%(people)s) AND deal.pipeline_id = %(pipeline)s
      AND deal.closed_on >= %(before)s AND deal.closed_on < %(next)s
)
SELECT CASE WHEN grouping(source_id) = 1 THEN 'all' ELSE coalesce(source.name_en, 'Not known') END,
    sum(arrived), sum(won), sum(won)::numeric / nullif(sum(closed), 0), sum(base), sum(before)
FROM every LEFT JOIN customers_source source ON source.id = every.source_id
GROUP BY GROUPING SETS ((source_id, source.name_en), ())
HAVING sum(arrived) + sum(closed) + sum(won_before) > 0
