-- The big numbers: what, number, number of the period before; under the win rate stands of how many it is.
WITH closed AS (
    SELECT stage.kind, deal.pipeline_id, deal.closed_on >= %(first)s AS is_now, round(deal.amount * worth.rate, %(digits)s) AS base
    FROM opportunities_opportunity deal
    JOIN opportunities_stage stage ON stage.id = deal.stage_id
    LEFT JOIN worth ON worth.currency = deal.currency AND worth.day = deal.closed_on
    WHERE deal.archived_at IS NULL AND deal.owner_id = ANY(%(people)s)
      AND deal.closed_on >= %(before)s AND deal.closed_on < %(next)s AND stage.kind IN ('won', 'lost')
),
sold AS (
    SELECT one.seller_id, one.ordered_on, round(one.amount * worth.rate, %(digits)s) AS base,
        NOT EXISTS (
            SELECT FROM opportunities_order other WHERE other.customer_id = one.customer_id AND other.voided_at IS NULL
            AND (other.ordered_on, other.id) < (one.ordered_on, one.id)
        ) AS is_first
    FROM opportunities_order one
    LEFT JOIN worth ON worth.currency = one.currency AND worth.day = one.ordered_on
    WHERE one.voided_at IS NULL AND one.ordered_on >= %(before)s AND one.ordered_on < %(next)s
),
theirs AS (SELECT *, ordered_on >= %(first)s AS is_now FROM sold WHERE seller_id = ANY(%(people)s)),
said AS (
    SELECT (happened_at AT TIME ZONE %(zone)s)::date >= %(first)s AS is_now FROM communications_communication
    WHERE author_id = ANY(%(people)s) AND deleted_at IS NULL AND NOT is_automatic
      AND (happened_at AT TIME ZONE %(zone)s)::date >= %(before)s
      AND (happened_at AT TIME ZONE %(zone)s)::date < %(next)s
)
SELECT 'Won', sum(base) FILTER (WHERE is_now), (sum(base) FILTER (WHERE NOT is_now))::text FROM closed WHERE kind = 'won'
UNION ALL
SELECT 'Win rate',
    count(*) FILTER (WHERE is_now AND kind = 'won')::numeric / nullif(count(*) FILTER (WHERE is_now), 0),
    count(*) FILTER (WHERE is_now AND kind = 'won') || ' of ' || count(*) FILTER (WHERE is_now)
FROM closed WHERE pipeline_id = %(pipeline)s
UNION ALL
SELECT 'Order value', sum(base) FILTER (WHERE is_now), (sum(base) FILTER (WHERE NOT is_now))::text FROM theirs
UNION ALL
SELECT 'First-time buyers', count(*) FILTER (WHERE is_now), (count(*) FILTER (WHERE NOT is_now))::text FROM theirs WHERE is_first
UNION ALL
SELECT 'Communications', count(*) FILTER (WHERE is_now), (count(*) FILTER (WHERE NOT is_now))::text FROM said
