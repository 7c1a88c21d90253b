-- Who reorders late, by who holds the customers: overdue, what these usually order, expected within 14 days, later.
-- By docs/rules.md, "Reorder rhythm": from three days with valid orders on; of an even number the lower of the middle.
WITH ordered AS (
    SELECT customer.owner_id AS who, one.customer_id, one.ordered_on, one.id, round(one.amount * worth.rate, %(digits)s) AS base
    FROM opportunities_order one
    JOIN customers_customer customer ON customer.id = one.customer_id
    LEFT JOIN worth ON worth.currency = one.currency AND worth.day = one.ordered_on
    WHERE one.voided_at IS NULL AND customer.owner_id = ANY(%(people)s)
),
gaps AS (
    SELECT who, customer_id, ordered_on, ordered_on - lag(ordered_on) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS gap
    FROM (SELECT DISTINCT who, customer_id, ordered_on FROM ordered) days
),
placed_gaps AS (
    SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY gap) AS place,
        count(gap) OVER (PARTITION BY customer_id) AS n
    FROM gaps
),
placed_amounts AS (
    SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY base, id) AS place,
        count(base) OVER (PARTITION BY customer_id) AS n
    FROM ordered
),
usual AS (SELECT customer_id, min(base) FILTER (WHERE place * 2 >= n) AS base FROM placed_amounts GROUP BY 1),
rhythm AS (
    SELECT who, customer_id, max(ordered_on) + min(gap) FILTER (WHERE place * 2 >= n) AS next_on
    FROM placed_gaps GROUP BY 1, 2 HAVING count(*) >= 3
)
SELECT CASE WHEN grouping(who) = 1 THEN 'all' ELSE 'p' || who END,
    count(*) FILTER (WHERE next_on < %(today)s), sum(usual.base) FILTER (WHERE next_on < %(today)s),
    count(*) FILTER (WHERE next_on >= %(today)s AND next_on <= %(today)s::date + 14),
    count(*) FILTER (WHERE next_on > %(today)s::date + 14)
FROM rhythm LEFT JOIN usual USING (customer_id) GROUP BY GROUPING SETS ((who), ())
