-- Each person: communications, those of the period before, went out, came in, came in for each that went out, overdue.
WITH said AS (
    SELECT author_id AS who, (happened_at AT TIME ZONE %(zone)s)::date >= %(first)s AS is_now, direction
    FROM communications_communication
    WHERE author_id = ANY(%(people)s) AND deleted_at IS NULL AND NOT is_automatic
      AND (happened_at AT TIME ZONE %(zone)s)::date >= %(before)s
      AND (happened_at AT TIME ZONE %(zone)s)::date < %(next)s
),
every AS (
    SELECT who, is_now::int AS now, (NOT is_now)::int AS before, (is_now AND direction <> 'in')::int AS went_out,
        (is_now AND direction <> 'out')::int AS came_in, 0 AS late FROM said
    UNION ALL
    SELECT assignee_id, 0, 0, 0, 0, 1 FROM followups_task
    WHERE assignee_id = ANY(%(people)s) AND state IN ('not_started', 'in_progress') AND due_at < %(now)s
)
SELECT CASE WHEN grouping(who) = 1 THEN 'all' ELSE 'p' || who END, sum(now), sum(before), sum(went_out), sum(came_in),
    sum(came_in)::numeric / nullif(sum(went_out), 0), sum(late)
FROM every GROUP BY GROUPING SETS ((who), ())
