-- Of each kind of change: since Monday, worth today, the week before, worth. From the ledger, each deal once a kind.
WITH told AS (
    SELECT event.target_id AS deal, (event.at AT TIME ZONE %(zone)s)::date >= %(monday)s AS is_now,
        CASE event.kind
            WHEN 'opportunity.created' THEN 'New deals'
            WHEN 'opportunity.won' THEN 'Won'
            WHEN 'opportunity.lost' THEN 'Lost'
            WHEN 'opportunity.reopened' THEN 'Taken up again'
            WHEN 'opportunity.moved' THEN CASE WHEN till.position > since.position THEN 'Moved on' ELSE 'Moved back' END
            WHEN 'opportunity.changed' THEN CASE
                WHEN event.payload -> 'expected' ->> 0 IS NULL THEN NULL
                WHEN event.payload -> 'expected' ->> 1 IS NULL THEN 'Close date later'
                WHEN event.payload -> 'expected' ->> 1 > event.payload -> 'expected' ->> 0 THEN 'Close date later'
                ELSE 'Close date earlier' END
        END AS kind
    FROM customers_event event
    LEFT JOIN opportunities_stage since ON since.id = (event.payload ->> 'from')::bigint AND event.kind = 'opportunity.moved'
    LEFT JOIN opportunities_stage till ON till.id = (event.payload ->> 'to')::bigint AND event.kind = 'opportunity.moved'
    WHERE event.target_label = 'opportunities.opportunity' AND event.kind LIKE 'opportunity.%%'
      AND (event.at AT TIME ZONE %(zone)s)::date >= %(monday)s - 7 AND event.at <= %(now)s
),
once AS (SELECT DISTINCT deal, is_now, kind FROM told WHERE kind IS NOT NULL),
worthy AS (
    SELECT once.kind, once.is_now, CASE WHEN deal.outcome = 'open' THEN deal.currency ELSE 'row ' || deal.id END AS of,
        coalesce(worth.rate, 0) AS rate, count(*) AS n, sum(deal.amount) AS amount
    FROM once JOIN opportunities_opportunity deal ON deal.id = once.deal
    LEFT JOIN worth ON worth.currency = deal.currency AND worth.day = coalesce(deal.closed_on, %(today)s)
    WHERE deal.owner_id = ANY(%(people)s) AND deal.archived_at IS NULL
    GROUP BY 1, 2, 3, 4
)
SELECT kind, sum(n) FILTER (WHERE is_now), sum(round(amount * rate, %(digits)s)) FILTER (WHERE is_now),
    sum(n) FILTER (WHERE NOT is_now), sum(round(amount * rate, %(digits)s)) FILTER (WHERE NOT is_now)
FROM worthy GROUP BY 1
