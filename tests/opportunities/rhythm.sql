-- How often does each customer order? Over the raw tables, apart from the product's SQL: the gaps are sorted and the
-- one in the middle is taken, of an even number the lower one; so are the amounts.
WITH days AS (SELECT DISTINCT customer_id, ordered_on FROM opportunities_order WHERE voided_at IS NULL),
gaps AS (
    SELECT d.customer_id, d.ordered_on - (
        SELECT max(e.ordered_on) FROM days e WHERE e.customer_id = d.customer_id AND e.ordered_on < d.ordered_on
    ) AS gap FROM days d
),
middle_gap AS (
    SELECT customer_id, gap FROM (
        SELECT customer_id, gap, row_number() OVER (PARTITION BY customer_id ORDER BY gap) AS place,
            count(*) OVER (PARTITION BY customer_id) AS n
        FROM gaps WHERE gap IS NOT NULL
    ) g WHERE n >= 2 AND place = (n + 1) / 2
),
middle_amount AS (
    SELECT customer_id, amount_base FROM (
        SELECT customer_id, amount_base, row_number() OVER (PARTITION BY customer_id ORDER BY amount_base, id) AS place,
            count(*) OVER (PARTITION BY customer_id) AS n
        FROM opportunities_order WHERE voided_at IS NULL AND amount_base IS NOT NULL
    ) a WHERE place = (n + 1) / 2
)
SELECT o.customer_id, count(*), min(o.ordered_on), max(o.ordered_on), max(g.gap), max(o.ordered_on) + max(g.gap),
    max(a.amount_base)
FROM opportunities_order o
LEFT JOIN middle_gap g ON g.customer_id = o.customer_id
LEFT JOIN middle_amount a ON a.customer_id = o.customer_id
WHERE o.voided_at IS NULL
GROUP BY o.customer_id ORDER BY o.customer_id
