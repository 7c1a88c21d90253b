"""Which bare statements give a batch of a pool out in turn? With the product's columns, keys, constraints and triggers.

``bench.giving`` makes their parameters: those of a batch are arrays, one value a line of the rotation's ledger.
"""
# ruff: noqa: S608  statements of our own: no word comes from outside

from __future__ import annotations

# What differs from line to line, in the order of the ledger's own columns.
OF_LINE = ("seq", "user_id", "customer_id", "period_id", "cycle", "round", "place", "hash")

RUN = """
INSERT INTO publicpool_run
    (kind, "on", versions, is_automatic, rotation_id, started_at, looked_at, done, left_alone, failed, error)
VALUES ('rotate', %(today)s, '{}', false, %(rotation)s, %(now)s, 0, 0, 0, 0, '') RETURNING id
"""
END = "UPDATE publicpool_run SET ended_at = clock_timestamp() WHERE id = %(run)s"

LOCK = """
WITH rotation AS MATERIALIZED (SELECT id FROM publicpool_rotation WHERE id = %(rotation)s FOR NO KEY UPDATE)
SELECT person.id FROM accounts_user person WHERE id IN (
    SELECT user_id FROM publicpool_rotationmember WHERE rotation_id IN (SELECT id FROM rotation)
) ORDER BY id FOR NO KEY UPDATE
"""
NEXT = """
SELECT id FROM customers_customer WHERE pool_id = %(pool)s ORDER BY coalesce(owned_since, created_at), id
LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
"""

_GIVEN = """
given AS (
    SELECT * FROM unnest(%(seq)s::bigint[], %(user_id)s::bigint[], %(customer_id)s::bigint[], %(period_id)s::bigint[])
        AS given (seq, user_id, customer_id, period_id)
)"""
_DELIVER = """
INSERT INTO customers_eventdelivery (event_id, consumer, attempts, error)
SELECT told.id, wants.consumer, 0, ''
FROM told JOIN unnest(%(kinds)s::text[], %(consumers)s::text[]) AS wants (kind, consumer) ON wants.kind = told.kind
"""

# The old periods' ends, the new periods, the customers and their keys, the events, the ledger.
GIVE = (
    """
    UPDATE customers_ownershipperiod SET ended_at = greatest(%(now)s, started_at + interval '1 microsecond')
    WHERE customer_id = ANY(%(customer_id)s) AND ended_at IS NULL
    """,
    f"""
    WITH {_GIVEN}
    INSERT INTO customers_ownershipperiod (id, customer_id, owner_id, started_at, reason, note, by_id)
    SELECT period_id, customer_id, user_id, %(now)s, 'rotated', '', %(by)s FROM given
    """,
    f"""
    WITH {_GIVEN}, told AS (
        INSERT INTO customers_event (kind, customer_id, at, by_id, rule, target_label, target_id, payload)
        SELECT 'owner.rotated', customer_id, %(now)s, %(by)s, '', 'customers.ownershipperiod', period_id,
            jsonb_build_object('pool', %(pool)s::bigint, 'to', user_id)
        FROM given RETURNING id, kind
    )
    {_DELIVER}
    """,
    f"""
    WITH {_GIVEN}, moved AS (
        UPDATE customers_customer customer SET owner_id = given.user_id, pool_id = NULL, owned_since = %(now)s,
            idle_since = greatest(customer.last_followed_at, %(now)s), archived_at = NULL
        FROM given WHERE customer.id = given.customer_id
    )
    UPDATE customers_identitykey key SET owner_id = given.user_id FROM given WHERE key.customer_id = given.customer_id
    """,
    """
    INSERT INTO publicpool_rotationentry (rotation_id, kind, at, by_id, is_owed, run_id, seq, user_id, customer_id,
        period_id, cycle, round, place, hash, data)
    SELECT %(rotation)s, 'given', %(now)s, %(by)s, false, %(run)s, line.*
    FROM unnest(%(seq)s::bigint[], %(user_id)s::bigint[], %(customer_id)s::bigint[], %(period_id)s::bigint[],
        %(cycle)s::int[], %(round)s::int[], %(place)s::int[], %(hash)s::text[], %(data)s::jsonb[]) AS line
    """,
)

# Open deals that nobody has go along. (deal, customer, to whom)
DEALS = f"""
WITH {_GIVEN}
SELECT deal.id, deal.customer_id, given.user_id
FROM opportunities_opportunity deal JOIN given ON given.customer_id = deal.customer_id
WHERE deal.outcome = 'open' AND deal.archived_at IS NULL AND deal.owner_id IS NULL
ORDER BY deal.id FOR NO KEY UPDATE OF deal
"""
_HANDED = "unnest(%(deals)s::bigint[], %(of)s::bigint[], %(to)s::bigint[]) AS handed (deal_id, customer_id, user_id)"
_CELL = "pipeline_id, kind, month, stage_id, value, currency"
_SUMS = ("n", "amount", "amount_base", "unrated")
# The funnel's sums first: from nobody (0) to the person, and to everybody's (-1).
HAND = (
    f"""
    INSERT INTO opportunities_funnelcell AS cell (owner_id, {_CELL}, {", ".join(_SUMS)})
    SELECT level.owner_id, {_CELL}, {", ".join(f"sum(level.sign * part.{name})" for name in _SUMS)}
    FROM (SELECT * FROM opportunities_contribution WHERE opportunity_id = ANY(%(deals)s)) part
    JOIN {_HANDED} ON handed.deal_id = part.opportunity_id
    CROSS JOIN LATERAL (VALUES (0::bigint, -1), (handed.user_id, 1), (-1::bigint, 1)) AS level (owner_id, sign)
    GROUP BY level.owner_id, {_CELL} ORDER BY level.owner_id, {_CELL}
    ON CONFLICT (owner_id, {_CELL}) DO UPDATE
    SET {", ".join(f"{name} = cell.{name} + excluded.{name}" for name in _SUMS)}
    """,
    "DELETE FROM opportunities_funnelcell WHERE owner_id = 0 AND n = 0",
    f"""
    UPDATE opportunities_opportunity deal SET owner_id = handed.user_id, updated_at = %(now)s
    FROM {_HANDED} WHERE deal.id = handed.deal_id
    """,
    f"""
    WITH told AS (
        INSERT INTO customers_event (kind, customer_id, at, by_id, rule, target_label, target_id, payload)
        SELECT 'opportunity.assigned', customer_id, %(now)s, %(by)s, %(rule)s, 'opportunities.opportunity', deal_id,
            jsonb_build_object('from', NULL, 'to', user_id)
        FROM {_HANDED} RETURNING id, kind
    )
    {_DELIVER}
    """,
)

# Open plans, where the rotation stands, the members' accounts, a notice a person, the run.
CLOSE = (
    f"""
    WITH {_GIVEN}
    UPDATE followups_plan plan SET owner_id = given.user_id
    FROM given WHERE plan.customer_id = given.customer_id AND plan.state = 'open'
    """,
    """
    UPDATE publicpool_rotation SET seq = %(last_seq)s, hash = %(last_hash)s, wheel = %(wheel)s
    WHERE id = %(rotation)s
    """,
    """
    UPDATE publicpool_rotationmember member
    SET passed = account.passed, received = account.received, skipped = account.skipped, owed = account.owed
    FROM unnest(%(members)s::bigint[], %(passed)s::int[], %(received)s::int[], %(skipped)s::int[], %(owed)s::int[])
        AS account (id, passed, received, skipped, owed)
    WHERE member.id = account.id
    """,
    f"""
    WITH {_GIVEN}
    INSERT INTO accounts_notification
        (recipient_id, kind, target_label, target_id, params, key, created_at, mail_state)
    SELECT user_id, %(notice)s, '', NULL,
        jsonb_build_object('n', count(*), 'ids', to_jsonb((array_agg(customer_id ORDER BY seq))[1:5])),
        format('rotated:%%s:%%s', %(rotation)s::bigint, min(seq)), %(now)s, %(mail)s
    FROM given GROUP BY user_id ON CONFLICT (recipient_id, key) DO NOTHING
    """,
    "UPDATE publicpool_run SET looked_at = looked_at + %(batch)s, done = done + %(batch)s WHERE id = %(run)s",
)

# One word for what everybody holds since when, by which period, with which keys and deals.
HOLDINGS = """
SELECT md5(string_agg(md5(line), '' ORDER BY line)) FROM (
    SELECT concat_ws(' ', 'customer', id, owner_id, pool_id, owned_since, idle_since) AS line FROM customers_customer
    UNION ALL SELECT concat_ws(' ', 'period', id, customer_id, owner_id, pool_id, started_at, ended_at, reason)
        FROM customers_ownershipperiod
    UNION ALL SELECT concat_ws(' ', 'key', id, owner_id) FROM customers_identitykey
    UNION ALL SELECT concat_ws(' ', 'deal', id, owner_id, updated_at) FROM opportunities_opportunity
    UNION ALL SELECT concat_ws(' ', 'plan', id, owner_id) FROM followups_plan
    UNION ALL SELECT concat_ws(' ', 'notice', recipient_id, params, mail_state) FROM accounts_notification
        WHERE kind = 'customers_rotated'
) AS held
"""
