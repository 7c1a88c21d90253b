-- What did each person write down in each month, by country? Over the raw tables, apart from the product's SQL.
SELECT c.author_id, date_trunc('month', c.happened_at AT TIME ZONE 'Asia/Shanghai')::date AS month,
    CASE WHEN c.customer_id IS NOT NULL THEN (SELECT k.country FROM customers_customer k WHERE k.id = c.customer_id)
        ELSE (SELECT l.country FROM opportunities_lead l WHERE l.id = c.lead_id) END AS country,
    count(*), sum((c.direction IN ('out', 'both'))::int), sum((c.direction IN ('in', 'both'))::int)
FROM communications_communication c
WHERE c.deleted_at IS NULL AND c.is_automatic = false
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
