-- What each person took out of pools and won, and what each member of a rotation received and should have, once more
-- and by other ways than publicpool.conversion and publicpool.fairness: where a customer came from is read from the
-- period before, the weights of a decision from the last line of members before the first decision of its cycle.
WITH chained AS (
    SELECT customer_id, owner_id, started_at, ended_at, reason,
        lag(pool_id) OVER told AS came_from, lag(reason) OVER told AS before, lead(reason) OVER told AS after
    FROM customers_ownershipperiod
    WINDOW told AS (PARTITION BY customer_id ORDER BY started_at)
), taken AS (
    SELECT owner_id, EXISTS (
        SELECT FROM opportunities_move move JOIN opportunities_opportunity deal ON deal.id = move.opportunity_id
        WHERE deal.customer_id = chained.customer_id AND move.kind = 'won' AND move.left_at IS NULL
            AND deal.archived_at IS NULL AND move.at BETWEEN started_at AND coalesce(ended_at, 'infinity')
    ) AS is_won
    FROM chained
    WHERE reason IN ('claimed', 'rotated') AND (came_from IS NOT NULL OR before = 'rotated')
        AND coalesce(after, '') NOT IN ('transferred', 'departure', 'merged')
), began AS (
    SELECT rotation_id, cycle, min(seq) AS seq FROM publicpool_rotationentry
    WHERE kind = 'given' AND NOT is_owed GROUP BY rotation_id, cycle
), due AS (
    SELECT entry.rotation_id, (pair ->> 0)::bigint AS user_id,
        sum((pair ->> 1)::numeric / (SELECT sum((one ->> 1)::numeric) FROM jsonb_array_elements(plan.members) one)) AS n
    FROM publicpool_rotationentry entry
    JOIN began ON began.rotation_id = entry.rotation_id AND began.cycle = entry.cycle
    CROSS JOIN LATERAL (
        SELECT line.data -> 'members' AS members FROM publicpool_rotationentry line
        WHERE line.rotation_id = entry.rotation_id AND line.kind = 'members' AND line.seq < began.seq
        ORDER BY line.seq DESC LIMIT 1
    ) plan
    CROSS JOIN LATERAL jsonb_array_elements(plan.members) pair
    WHERE entry.kind = 'given'
    GROUP BY 1, 2
)
SELECT 'taken', NULL::bigint, owner_id, count(*)::numeric, count(*) FILTER (WHERE is_won)::numeric
FROM taken GROUP BY owner_id
UNION ALL
SELECT 'given', due.rotation_id, due.user_id, round(due.n, 9), (
    SELECT count(*) FROM publicpool_rotationentry entry
    WHERE entry.rotation_id = due.rotation_id AND entry.user_id = due.user_id
)
FROM due
