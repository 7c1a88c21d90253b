-- Each reason for which deals of the period were lost: lost, the period before, by currency, worth.
WITH lost AS (
    SELECT coalesce(why.name_en, 'No reason given') AS line, deal.currency, deal.closed_on >= %(first)s AS is_now,
        count(*) AS n, sum(deal.amount) AS amount, sum(round(deal.amount * worth.rate, %(digits)s)) AS base
    FROM opportunities_opportunity deal
    JOIN opportunities_stage stage ON stage.id = deal.stage_id AND stage.kind = 'lost'
    LEFT JOIN opportunities_lostreason why ON why.id = deal.lost_reason_id
    LEFT JOIN worth ON worth.currency = deal.currency AND worth.day = deal.closed_on
    WHERE deal.archived_at IS NULL AND deal.owner_id = ANY(%(people)s) AND deal.pipeline_id = %(pipeline)s
      AND deal.closed_on >= %(before)s AND deal.closed_on < %(next)s
    GROUP BY 1, 2, 3
)
SELECT line, sum(n) FILTER (WHERE is_now), sum(n) FILTER (WHERE NOT is_now),
    jsonb_object_agg(currency, amount) FILTER (WHERE is_now AND amount IS NOT NULL), sum(base) FILTER (WHERE is_now)
FROM lost GROUP BY 1
