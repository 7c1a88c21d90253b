-- Each person's steps of playbooks due in the period: steps, on time, late, overdue, given up, share on time.
WITH step AS (
    SELECT assignee_id, CASE
        WHEN state = 'done' AND ended_at <= due_at THEN 'on time'
        WHEN state = 'done' THEN 'late'
        WHEN state IN ('not_started', 'in_progress') AND due_at <= %(now)s THEN 'overdue'
        WHEN state IN ('cancelled', 'missed') AND ended_by_id IS NOT NULL THEN 'given up'
        ELSE 'not counted' END AS fate
    FROM followups_task
    WHERE step_id IS NOT NULL AND assignee_id = ANY(%(people)s)
      -- Steps are of a day and due at the midnight that ends it: they belong to the day before.
      AND ((due_at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date
          BETWEEN %(first)s AND %(next)s::date - 1
)
SELECT CASE WHEN grouping(assignee_id) = 1 THEN 'all' ELSE 'p' || assignee_id END, count(*),
    count(*) FILTER (WHERE fate = 'on time'), count(*) FILTER (WHERE fate = 'late'),
    count(*) FILTER (WHERE fate = 'overdue'), count(*) FILTER (WHERE fate = 'given up'),
    count(*) FILTER (WHERE fate = 'on time')::numeric / nullif(count(*) FILTER (WHERE fate <> 'not counted'), 0)
FROM step GROUP BY GROUPING SETS ((assignee_id), ())
