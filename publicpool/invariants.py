"""Which promises of the pool can be checked in the database? Each statement returns the rows that break one."""

from core.registries import INVARIANTS, Invariant

# Each claim was within the limits it was allowed under, counted over the window that holds its own time.
_WITHIN = """
    SELECT id FROM (
        SELECT id, limit_{window}, count(*) OVER (
            PARTITION BY user_id, pool_id, date_trunc('{unit}', claimed_at AT TIME ZONE '{zone}') ORDER BY id
        ) AS place FROM publicpool_claim
    ) AS claims WHERE place > limit_{window}
"""
_LINES = {
    "claim_has_its_period": (
        "I3: each claim began a period of who claimed, and each such period has its claim",
        """
        SELECT period.id FROM customers_ownershipperiod period
        FULL JOIN publicpool_claim claim ON claim.period_id = period.id
        WHERE (period.reason = 'claimed' OR claim.id IS NOT NULL)
            AND (period.owner_id, period.customer_id) IS DISTINCT FROM (claim.user_id, claim.customer_id)
        """,
    ),
    "release_has_its_period": (
        "I4: each release ended a period of the former holder and began one in its pool",
        """
        SELECT release.id FROM publicpool_release release
        JOIN customers_ownershipperiod began ON began.id = release.period_id
        JOIN customers_ownershipperiod ended ON ended.id = release.ended_period_id
        WHERE (began.pool_id, began.customer_id, ended.owner_id, ended.customer_id, ended.ended_at)
            IS DISTINCT FROM
            (release.pool_id, release.customer_id, release.former_id, release.customer_id, began.started_at)
        """,
    ),
    "rotation_accounts": (
        "I9: of each member received, skipped and owed follow from the ledger, and are the turns passed",
        """
        WITH turns AS (
            SELECT entry.rotation_id, (turn->>4)::bigint AS user_id, turn->>0 AS effect
            FROM publicpool_rotationentry entry, jsonb_array_elements(entry.data->'passed') turn
            WHERE entry.kind = 'given'
            UNION ALL
            SELECT rotation_id, user_id, CASE WHEN is_owed THEN 'paid' ELSE 'received' END
            FROM publicpool_rotationentry WHERE kind = 'given'
        ), told AS (
            SELECT rotation_id, user_id,
                count(*) FILTER (WHERE effect IN ('skipped', 'owed', 'received')) AS passed,
                count(*) FILTER (WHERE effect IN ('received', 'paid')) AS received,
                count(*) FILTER (WHERE effect = 'skipped') AS skipped,
                count(*) FILTER (WHERE effect = 'owed') - count(*) FILTER (WHERE effect = 'paid') AS owed
            FROM turns GROUP BY rotation_id, user_id
        )
        SELECT coalesce(member.rotation_id, told.rotation_id), coalesce(member.user_id, told.user_id)
        FROM publicpool_rotationmember member
        FULL JOIN told ON told.rotation_id = member.rotation_id AND told.user_id = member.user_id
        WHERE (coalesce(member.passed, 0), coalesce(member.received, 0), coalesce(member.skipped, 0),
                coalesce(member.owed, 0))
            IS DISTINCT FROM (coalesce(told.passed, 0), coalesce(told.received, 0), coalesce(told.skipped, 0),
                coalesce(told.owed, 0))
            OR coalesce(told.passed, 0) <> coalesce(told.received + told.skipped + told.owed, 0)
        """,
    ),
    "rotation_cycles": (
        "I9: each full cycle passed every member's turns once each: so many as the weight",
        """
        WITH turns AS (
            SELECT entry.rotation_id, entry.seq, (turn->>1)::int AS cycle, (turn->>2)::int AS round,
                (turn->>4)::bigint AS user_id
            FROM publicpool_rotationentry entry, jsonb_array_elements(entry.data->'passed') turn
            WHERE entry.kind = 'given' AND turn->>0 <> 'waits'
            UNION ALL
            SELECT rotation_id, seq, cycle, round, user_id
            FROM publicpool_rotationentry WHERE kind = 'given' AND NOT is_owed
        ), begun AS (
            SELECT rotation_id, cycle, min(seq) AS seq, max(cycle) OVER (PARTITION BY rotation_id) AS last
            FROM turns GROUP BY rotation_id, cycle
        ), plans AS (
            SELECT begun.rotation_id, begun.cycle, begun.last,
                (pair->>0)::bigint AS user_id, (pair->>1)::int AS weight
            FROM begun
            CROSS JOIN LATERAL (
                SELECT data FROM publicpool_rotationentry said
                WHERE said.rotation_id = begun.rotation_id AND said.kind = 'members' AND said.seq < begun.seq
                ORDER BY said.seq DESC LIMIT 1
            ) AS plan
            CROSS JOIN LATERAL jsonb_array_elements(plan.data->'members') pair
        ), counted AS (
            SELECT rotation_id, cycle, user_id, count(*) AS turns, count(DISTINCT round) AS rounds
            FROM turns GROUP BY rotation_id, cycle, user_id
        )
        SELECT coalesce(plans.rotation_id, counted.rotation_id), coalesce(plans.cycle, counted.cycle),
            coalesce(plans.user_id, counted.user_id)
        FROM plans FULL JOIN counted USING (rotation_id, cycle, user_id)
        WHERE coalesce(counted.turns, 0) > coalesce(plans.weight, 0)
            OR coalesce(counted.turns, 0) <> coalesce(counted.rounds, 0)
            OR (plans.cycle < plans.last AND coalesce(counted.turns, 0) <> plans.weight)
        """,
    ),
    "rotation_lines": (
        "The lines of each rotation's ledger are numbered without a gap up to where the rotation stands",
        """
        SELECT rotation.id FROM publicpool_rotation rotation
        LEFT JOIN publicpool_rotationentry entry ON entry.rotation_id = rotation.id
        GROUP BY rotation.id
        HAVING count(entry.id) <> rotation.seq OR coalesce(max(entry.seq), 0) <> rotation.seq
            OR coalesce((array_agg(entry.hash ORDER BY entry.seq DESC))[1], '') <> rotation.hash
        """,
    ),
    "rotated_has_its_line": (
        "I4: each period begun by rotation has its line in the ledger, of who got it",
        """
        SELECT period.id FROM customers_ownershipperiod period
        FULL JOIN publicpool_rotationentry entry ON entry.period_id = period.id
        WHERE (period.reason = 'rotated' OR entry.period_id IS NOT NULL)
            AND (period.owner_id, period.customer_id) IS DISTINCT FROM (entry.user_id, entry.customer_id)
        """,
    ),
    "reclaimed_after_a_warning": (
        "No ambush: whoever lost a customer to a rule had been warned of that day, days before",
        """
        SELECT release.id FROM publicpool_release release
        WHERE release.rule_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM publicpool_reclaimwarning told
            WHERE told.period_id = release.ended_period_id AND told.rule_id = release.rule_id
                AND told.warned_at < release.released_at
                AND told.announced_on <= (release.released_at AT TIME ZONE '{zone}')::date
        )
        """,
    ),
}


def register(zone: str) -> None:
    """Add this floor's lines to INVARIANTS; ``zone`` is the business time zone."""
    for window, unit in (("a_day", "day"), ("a_week", "week"), ("a_month", "month")):
        sql = _WITHIN.format(window=window, unit=unit, zone=zone)
        INVARIANTS[f"claims_{window}"] = Invariant("I3: nobody claimed beyond the limit of a window", sql)
    for name, (says, sql) in _LINES.items():
        INVARIANTS[name] = Invariant(says, sql.replace("{zone}", zone))
