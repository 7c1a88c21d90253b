-- Who waited for us since when, and until when? Over the raw tables, apart from the product's SQL: each thing they said
-- is answered by the first that we say at that moment or later; of those with one answer (or none) the first counts.
WITH spoken AS (
    SELECT *, CASE WHEN customer_id IS NOT NULL THEN 'customer ' || customer_id ELSE 'lead ' || lead_id END AS party
    FROM communications_communication WHERE deleted_at IS NULL AND NOT is_automatic
),
theirs AS (
    SELECT i.party, i.id, i.happened_at, i.customer_id, i.lead_id,
        (SELECT o.id FROM spoken o
         WHERE o.party = i.party AND o.direction <> 'in' AND o.happened_at >= i.happened_at
         ORDER BY o.happened_at, o.id LIMIT 1) AS answer
    FROM spoken i WHERE i.direction = 'in'
),
numbered AS (
    SELECT *, row_number() OVER (PARTITION BY party, answer ORDER BY happened_at, id) AS place FROM theirs
)
SELECT n.customer_id, CASE WHEN n.customer_id IS NULL THEN n.lead_id END, coalesce(k.country, l.country),
    date_trunc('month', n.happened_at AT TIME ZONE 'Asia/Shanghai')::date, n.id, n.happened_at,
    a.id, a.happened_at, a.author_id
FROM numbered n
LEFT JOIN communications_communication a ON a.id = n.answer
LEFT JOIN customers_customer k ON k.id = n.customer_id
LEFT JOIN opportunities_lead l ON l.id = n.lead_id AND n.customer_id IS NULL
WHERE n.place = 1 ORDER BY n.id
