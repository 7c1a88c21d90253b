-- Each person: customers held, without a next step, their share, with an overdue one. Who goes back is asked elsewhere.
WITH held AS (
    SELECT customer.owner_id AS who, status.key NOT IN ('lost', 'dormant') AS is_at_work,
        (SELECT count(*) FROM followups_task task
         WHERE task.customer_id = customer.id AND task.state IN ('not_started', 'in_progress')) AS steps,
        EXISTS (SELECT FROM followups_task task WHERE task.customer_id = customer.id
         AND task.state IN ('not_started', 'in_progress') AND task.due_at < %(now)s) AS is_late
    FROM customers_customer customer JOIN customers_status status ON status.id = customer.status_id
    WHERE customer.archived_at IS NULL AND customer.owner_id = ANY(%(people)s)
)
SELECT CASE WHEN grouping(who) = 1 THEN 'all' ELSE 'p' || who END, count(*),
    count(*) FILTER (WHERE is_at_work AND steps = 0),
    count(*) FILTER (WHERE is_at_work AND steps = 0)::numeric / nullif(count(*), 0), count(*) FILTER (WHERE is_late)
FROM held GROUP BY GROUPING SETS ((who), ())
