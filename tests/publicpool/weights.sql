-- The weights of a rotation's members from conversion, once more and by other ways than publicpool.conversion:
-- where a customer came from is read from the period before, what was won from the moves of deals.
-- Parameters: rotation, today (the day of business time), zone.
WITH asked AS (
    SELECT id, pool_id, top_weight,
        ((%(today)s::date - 90 - 364)::timestamp AT TIME ZONE %(zone)s) AS since,
        ((%(today)s::date - 90 + 1)::timestamp AT TIME ZONE %(zone)s) AS until
    FROM publicpool_rotation WHERE id = %(rotation)s
), chained AS (
    SELECT id, customer_id, owner_id, started_at, ended_at, reason,
        lag(pool_id) OVER told AS came_from, lag(reason) OVER told AS before, lead(reason) OVER told AS after
    FROM customers_ownershipperiod
    WINDOW told AS (PARTITION BY customer_id ORDER BY started_at)
), taken AS (
    SELECT chained.owner_id, (
        SELECT count(*) > 0 FROM opportunities_move move
        JOIN opportunities_opportunity deal ON deal.id = move.opportunity_id
        WHERE deal.customer_id = chained.customer_id AND move.kind = 'won' AND move.left_at IS NULL
            AND deal.archived_at IS NULL AND move.at >= chained.started_at
            AND move.at < coalesce(chained.ended_at, 'infinity')
    ) AS is_won
    FROM chained, asked
    WHERE chained.reason IN ('claimed', 'rotated') AND chained.started_at >= since AND chained.started_at < until
        AND (came_from = pool_id OR (chained.reason = 'rotated' AND before = 'rotated'))
        AND coalesce(after, '') NOT IN ('transferred', 'departure', 'merged')
), pool AS (
    SELECT coalesce(count(*) FILTER (WHERE is_won)::numeric / nullif(count(*), 0), 0) AS p FROM taken
), rates AS (
    SELECT member.user_id, (count(*) FILTER (WHERE taken.is_won) + 10 * p) / (count(taken.owner_id) + 10) AS rate
    FROM publicpool_rotationmember member
    CROSS JOIN pool
    LEFT JOIN taken ON taken.owner_id = member.user_id
    WHERE member.rotation_id = %(rotation)s AND member.left_at IS NULL
    GROUP BY member.user_id, p
)
SELECT user_id, greatest(1, coalesce(floor(top_weight * rate / nullif(max(rate) OVER (), 0) + 0.5), 1))::int
FROM rates, asked ORDER BY user_id
