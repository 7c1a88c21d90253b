-- Each member of each rotation (p7 r3): received, expected, difference, turns used up, came to be owed, owed turns served.
-- From the lines of the ledgers. By docs/rotation.md: weights are those of the last line of members before the first
-- turn of a cycle was used; an owed turn that is served is one of the cycle in which it came to be owed.
WITH given AS (
    SELECT * FROM publicpool_rotationentry
    WHERE kind = 'given' AND (at AT TIME ZONE %(zone)s)::date >= %(first)s AND (at AT TIME ZONE %(zone)s)::date < %(next)s
),
weighed AS (
    SELECT given.rotation_id, (pair ->> 0)::bigint AS who,
        sum((pair ->> 1)::numeric / (SELECT sum((one ->> 1)::numeric) FROM jsonb_array_elements(plan.members) one)) AS expected
    FROM given
    CROSS JOIN LATERAL (
        SELECT line.data -> 'members' AS members FROM publicpool_rotationentry line
        WHERE line.rotation_id = given.rotation_id AND line.kind = 'members' AND line.seq < (
            SELECT min(began.seq) FROM publicpool_rotationentry began
            WHERE began.rotation_id = given.rotation_id AND began.kind = 'given' AND NOT began.is_owed
              AND began.cycle = given.cycle
        ) ORDER BY line.seq DESC LIMIT 1
    ) plan
    CROSS JOIN LATERAL jsonb_array_elements(plan.members) pair
    GROUP BY 1, 2
),
received AS (
    SELECT rotation_id, user_id AS who, count(*) AS n, count(*) FILTER (WHERE is_owed) AS served FROM given GROUP BY 1, 2
),
passed AS (
    SELECT rotation_id, (turn ->> 4)::bigint AS who, count(*) FILTER (WHERE turn ->> 0 = 'skipped') AS skipped,
        count(*) FILTER (WHERE turn ->> 0 = 'owed') AS owed
    FROM given, jsonb_array_elements(data -> 'passed') turn GROUP BY 1, 2
)
SELECT 'p' || who || ' r' || rotation_id, coalesce(received.n, 0), coalesce(expected, 0),
    coalesce(received.n, 0) - coalesce(expected, 0), coalesce(skipped, 0), coalesce(owed, 0), coalesce(served, 0)
FROM weighed FULL JOIN received USING (rotation_id, who) FULL JOIN passed USING (rotation_id, who)
WHERE who = ANY(%(people)s)
