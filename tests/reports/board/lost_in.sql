-- Each stage that lost deals of the period had come to, by their moves: lost, the period before, by currency, worth.
WITH lost AS (
    SELECT deal.id, deal.currency, deal.amount, deal.closed_on >= %(first)s AS is_now,
        round(deal.amount * worth.rate, %(digits)s) AS base, (
            SELECT been.name_en FROM opportunities_move move
            JOIN opportunities_stage been ON been.id IN (move.before_id, move.after_id) AND been.kind <> 'lost'
            WHERE move.opportunity_id = deal.id ORDER BY been.position DESC LIMIT 1
        ) AS line
    FROM opportunities_opportunity deal
    JOIN opportunities_stage stage ON stage.id = deal.stage_id AND stage.kind = 'lost'
    LEFT JOIN worth ON worth.currency = deal.currency AND worth.day = deal.closed_on
    WHERE deal.archived_at IS NULL AND deal.owner_id = ANY(%(people)s) AND deal.pipeline_id = %(pipeline)s
      AND deal.closed_on >= %(before)s AND deal.closed_on < %(next)s
),
summed AS (
    SELECT line, currency, is_now, count(*) AS n, sum(amount) AS amount, sum(base) AS base FROM lost GROUP BY 1, 2, 3
)
SELECT line, sum(n) FILTER (WHERE is_now), sum(n) FILTER (WHERE NOT is_now),
    jsonb_object_agg(currency, amount) FILTER (WHERE is_now AND amount IS NOT NULL), sum(base) FILTER (WHERE is_now)
FROM summed GROUP BY 1
