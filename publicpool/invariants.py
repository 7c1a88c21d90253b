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
