-- What did each person do in each month? Over the raw tables, written apart from the product's code.
-- Takes %(first)s, the first day of the first month, and %(next)s, the first day after the last; months of Shanghai.
WITH person AS (SELECT id FROM accounts_user),
won AS (
    SELECT 'won' AS measure, d.owner_id AS who, date_trunc('month', d.closed_on)::date AS month, sum(d.amount_base) AS n
    FROM opportunities_opportunity d
    JOIN opportunities_stage s ON s.id = d.stage_id AND s.kind = 'won'
    WHERE d.owner_id IS NOT NULL AND d.archived_at IS NULL AND d.closed_on >= %(first)s AND d.closed_on < %(next)s
    GROUP BY 2, 3
),
valid AS (SELECT * FROM opportunities_order WHERE voided_at IS NULL),
sold AS (
    SELECT seller_id AS who, date_trunc('month', ordered_on)::date AS month, amount_base,
           row_number() OVER (PARTITION BY customer_id ORDER BY ordered_on, id) = 1 AS is_first, ordered_on
    FROM valid
),
orders AS (
    SELECT 'ordered' AS measure, who, month, sum(amount_base) AS n FROM sold
    WHERE who IS NOT NULL AND ordered_on >= %(first)s AND ordered_on < %(next)s GROUP BY 2, 3
    UNION ALL
    SELECT 'orders', who, month, count(*) FROM sold
    WHERE who IS NOT NULL AND ordered_on >= %(first)s AND ordered_on < %(next)s GROUP BY 2, 3
    UNION ALL
    SELECT 'buyers', who, month, count(*) FROM sold
    WHERE is_first AND who IS NOT NULL AND ordered_on >= %(first)s AND ordered_on < %(next)s GROUP BY 2, 3
),
said AS (
    SELECT 'said', author_id, date_trunc('month', happened_at AT TIME ZONE 'Asia/Shanghai')::date AS month, count(*)
    FROM communications_communication
    WHERE deleted_at IS NULL AND NOT is_automatic
      AND (happened_at AT TIME ZONE 'Asia/Shanghai')::date >= %(first)s
      AND (happened_at AT TIME ZONE 'Asia/Shanghai')::date < %(next)s
    GROUP BY 2, 3
)
SELECT * FROM (SELECT * FROM won UNION ALL SELECT * FROM orders UNION ALL SELECT * FROM said) AS every
WHERE n <> 0 ORDER BY 1, 2, 3
