"""How fast are customers claimed, warned of and reclaimed, beside bare statements that write the same rows?"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from customers.models import Customer, Pool
from publicpool.countdown import BATCH
from publicpool.models import Claim, ExemptStage, Extension, ReclaimRule, ReclaimWarning, Release, ReleaseReason
from publicpool.services import claim_customer, release_customers
from publicpool.services.reclaiming import reclaim_due
from publicpool.services.warning import warn_due
from runner.console import say

from .client import WrongAnswer
from .figures import Figures
from .place import Place
from .stage import timed

PAIRS = 3
CLAIMERS = (1, 8, 16)
CLAIMS_EACH = 40
DAYS = 30

# --- claiming -----------------------------------------------------------------------------------------

# What a claim must write, with the product's columns, keys, constraints and triggers; each a round trip.
CLAIM = """
SELECT FROM accounts_user WHERE id = %(user)s FOR NO KEY UPDATE;
SELECT FROM customers_customer WHERE id = %(customer)s AND pool_id IS NOT NULL FOR NO KEY UPDATE;
SELECT count(*) FROM publicpool_claim
WHERE user_id = %(user)s AND pool_id = %(pool)s AND claimed_at >= date_trunc('month', %(now)s::timestamptz);
UPDATE customers_ownershipperiod SET ended_at = greatest(%(now)s, started_at + interval '1 microsecond')
WHERE customer_id = %(customer)s AND ended_at IS NULL;
INSERT INTO customers_ownershipperiod (customer_id, owner_id, started_at, reason, note, by_id)
SELECT %(customer)s, %(user)s, max(ended_at), 'claimed', '', %(user)s
FROM customers_ownershipperiod WHERE customer_id = %(customer)s;
UPDATE customers_customer customer SET owner_id = %(user)s, pool_id = NULL, owned_since = period.started_at,
    idle_since = greatest(customer.last_followed_at, period.started_at)
FROM customers_ownershipperiod period
WHERE period.customer_id = customer.id AND period.ended_at IS NULL AND customer.id = %(customer)s;
UPDATE customers_identitykey SET owner_id = %(user)s WHERE customer_id = %(customer)s;
INSERT INTO publicpool_claim (period_id, customer_id, pool_id, user_id, claimed_at, pooled_at)
SELECT id, customer_id, %(pool)s, %(user)s, %(now)s, %(now)s
FROM customers_ownershipperiod WHERE customer_id = %(customer)s AND ended_at IS NULL;
INSERT INTO customers_event (kind, customer_id, at, by_id, rule, target_label, target_id, payload)
SELECT 'owner.claimed', customer_id, %(now)s, %(user)s, '', 'customers.ownershipperiod', id, '{}'
FROM customers_ownershipperiod WHERE customer_id = %(customer)s AND ended_at IS NULL
"""


def claims(here: Place) -> list[Figures]:
    """[claim]: chosen customers, limits on, by one, eight and sixteen people at once, who do not meet."""
    found = []
    for number in CLAIMERS:
        figures = Figures("claim", f"{number} at once, {CLAIMS_EACH} each", 2.0, unit="s")
        for pair in range(PAIRS):
            times, trips = [], 0
            for is_raw in (True, False):
                connection.close()
                here.reset()
                people, ids, pool = _full_pool(number * CLAIMS_EACH + 1, number)
                trips = _round_trips(people[0], ids.pop(), pool)
                shares = [(person, ids[n::number], pool, trips if is_raw else 0) for n, person in enumerate(people)]
                times.append(_claimed(shares))
                if Claim.objects.filter(user__in=people).count() < number * CLAIMS_EACH:
                    raise WrongAnswer("Only some of the claims were made")
            figures.add(times[1], [times[0]])
            rates = [number * CLAIMS_EACH / seconds for seconds in times]
            figures.note = f"raw {rates[0]:,.0f}/s, product {rates[1]:,.0f}/s, {trips} round trips"
            say(f"  claim {number} {pair + 1}: {figures.note}")
        figures.rows, figures.statements = number * CLAIMS_EACH, trips
        found.append(figures)
    connection.close()
    return found


def _full_pool(customers: int, people: int) -> tuple[list[int], list[int], int]:
    """Claimers with limits that suffice, and so many customers in the default pool."""
    Pool.objects.filter(is_default=True).update(
        a_day=10_000, a_week=10_000, a_month=10_000, capacity=1_000_000, cool_down_days=0, is_for_all=True
    )
    pool = Pool.objects.get(is_default=True)
    root = User.objects.get(username="root")
    there = list(Customer.objects.filter(pool=pool).order_by("pk").values_list("pk", flat=True)[:customers])
    if missing := customers - len(there):
        held = Customer.objects.living().filter(owner__isnull=False).order_by("pk")
        ids = list(held.values_list("pk", flat=True)[:missing])
        reason = ReleaseReason.objects.get(key="no_need")
        release_customers(ids=ids, reason=reason, by=root, now=timezone.now(), pool=pool)
        there += ids
    made = User.objects.bulk_create(
        User(username=f"claimer{n}", name=f"Claimer {n}", email=f"claimer{n}@example.com") for n in range(people)
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return [one.pk for one in made], there, pool.pk


def _round_trips(user: int, customer: int, pool: int) -> int:
    """How many statements the product sends for a claim, once everything is warm."""
    with CaptureQueriesContext(connection) as asked:
        claim_customer(customer=Customer(pk=customer), by=User.objects.get(pk=user), now=timezone.now())
    return len(asked)


def _claimed(shares: Sequence[tuple[int, list[int], int, int]]) -> float:
    """How many seconds it takes until all of them have claimed theirs, each in a process of its own."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    ready, go, done = context.Barrier(len(shares) + 1), context.Barrier(len(shares) + 1), []
    for share in shares:
        done.append(context.Process(target=_claim_all, args=(*share, ready, go)))
        done[-1].start()
    ready.wait()
    began = time.perf_counter()
    go.wait()
    for process in done:
        process.join()
    return time.perf_counter() - began


def _claim_all(user: int, ids: list[int], pool: int, raw_trips: int, ready: object, go: object) -> None:
    connection.ensure_connection()
    by = User.objects.get(pk=user)
    ready.wait()  # type: ignore[attr-defined]
    go.wait()  # type: ignore[attr-defined]
    for customer in ids:
        now = timezone.now()
        if raw_trips:
            _claim_raw({"user": user, "customer": customer, "pool": pool, "now": now}, raw_trips)
        else:
            claim_customer(customer=Customer(pk=customer), by=by, now=now)


def _claim_raw(words: dict[str, Any], trips: int) -> None:
    """The bare statements, and empty ones until there are as many round trips."""
    with transaction.atomic(), connection.cursor() as cursor:
        statements = CLAIM.split(";")
        for sql in statements:
            cursor.execute(sql, words)
        for _trip in range(trips - len(statements)):
            cursor.execute("SELECT 1")


# --- the sweeps ---------------------------------------------------------------------------------------

# One batch: who is due, its period, the next one, the customer and its keys, the release, the ledger and the run's
# line, with the product's columns, keys, constraints and triggers.
RECLAIM = """
WITH due AS (
    SELECT id, owner_id, owned_since, idle_since FROM customers_customer
    WHERE owner_id IS NOT NULL AND idle_since < %(now)s - interval '31 days'
        AND (protected_until IS NULL OR protected_until < %(now)s::date)
        AND EXISTS (SELECT FROM publicpool_reclaimwarning told WHERE told.customer_id = customers_customer.id
            AND told.since = customers_customer.idle_since AND told.announced_on <= %(now)s::date)
    ORDER BY id LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
), ended AS (
    UPDATE customers_ownershipperiod period SET ended_at = %(now)s FROM due
    WHERE period.customer_id = due.id AND period.ended_at IS NULL RETURNING period.id, period.customer_id
), tasks AS (
    UPDATE followups_task task SET state = 'cancelled', ended_at = %(now)s, remind_at = NULL FROM due
    WHERE task.customer_id = due.id AND task.state IN ('not_started', 'in_progress')
    RETURNING task.id, task.customer_id
), deals AS (
    UPDATE opportunities_opportunity deal SET owner_id = NULL, updated_at = %(now)s FROM due
    WHERE deal.customer_id = due.id AND deal.outcome = 'open' AND deal.archived_at IS NULL
    RETURNING deal.id, deal.customer_id
), people AS (
    DELETE FROM customers_collaborator named USING due WHERE named.customer_id = due.id
), told_of AS (
    INSERT INTO customers_event (kind, customer_id, at, rule, target_label, target_id, payload)
    SELECT 'task.cancelled', customer_id, %(now)s, 'bench', 'followups.task', id, '{}'::jsonb FROM tasks
    UNION ALL SELECT 'opportunity.assigned', customer_id, %(now)s, 'bench', 'opportunities.opportunity', id, '{}'::jsonb
    FROM deals
), keys AS (
    UPDATE customers_identitykey key SET owner_id = NULL FROM due WHERE key.customer_id = due.id
), moved AS (
    UPDATE customers_customer customer
    SET owner_id = NULL, pool_id = %(pool)s, owned_since = %(now)s, idle_since = %(now)s
    FROM due WHERE customer.id = due.id
), line AS (
    INSERT INTO publicpool_runline (run_id, customer_id, user_id, rule_id, outcome, data, error, at, attempts)
    SELECT %(run)s, id, owner_id, %(rule)s, 'done', '{}', '', %(now)s, 1 FROM due
)
SELECT due.id, due.owner_id, due.owned_since, due.idle_since, ended.id FROM due JOIN ended ON ended.customer_id = due.id
"""
# The new period must not meet the old one within a statement.
BEGIN = """
WITH began AS (
    INSERT INTO customers_ownershipperiod (customer_id, pool_id, started_at, reason, note)
    SELECT unnest(%(ids)s::bigint[]), %(pool)s, %(now)s, 'reclaimed', '' RETURNING id, customer_id
), released AS (
    INSERT INTO publicpool_release (period_id, ended_period_id, customer_id, pool_id, former_id, held_since,
        idle_since, rule_id, note, released_at, tasks, opportunities, collaborators)
    SELECT began.id, was.ended, was.id, %(pool)s, was.owner, was.held, was.idle, %(rule)s, '', %(now)s, '[]', '[]', '[]'
    FROM unnest(%(ids)s::bigint[], %(owners)s::bigint[], %(held)s::timestamptz[], %(idle)s::timestamptz[],
        %(ended)s::bigint[]) AS was (id, owner, held, idle, ended) JOIN began ON began.customer_id = was.id
)
INSERT INTO customers_event (kind, customer_id, at, rule, target_label, target_id, payload)
SELECT 'owner.reclaimed', customer_id, %(now)s, 'bench', 'customers.ownershipperiod', id, '{}' FROM began
"""


def sweeps(here: Place, rows: int) -> list[Figures]:
    """[reclaim] and [warn]: so many customers are due; raw and product in turn, each on the database as loaded."""
    reclaim = Figures("reclaim", f"{rows:,} customers are due", 2.0, rows=rows, unit="s")
    warn = Figures("warn", f"{rows:,} customers are due", 4.0, rows=rows, unit="s")
    acts: tuple[tuple[Figures, Callable[..., object], Callable[..., object], bool], ...] = (
        (reclaim, _reclaim_raw, lambda now, _rule: reclaim_due(now), True),
        (warn, _warn_raw, lambda now, _rule: warn_due(now), False),
    )
    for figures, raw, product, is_told in acts:
        for pair in range(PAIRS):
            times = []
            for act in (raw, product):
                connection.close()
                here.reset()
                now = timezone.now()
                rule = _make_due(rows, now, is_told)
                times.append(timed(partial(act, now, rule)) / 1000)
                _check(rows, is_told)
            figures.add(times[1], [times[0]])
            figures.note = f"raw {rows / times[0]:,.0f}/s, product {rows / times[1]:,.0f}/s"
            say(f"  {figures.operation} {pair + 1}: {figures.note}")
    connection.close()
    return [reclaim, warn]


def _make_due(rows: int, now: datetime, is_told: bool) -> ReclaimRule:
    """One rule in use, so many customers that it takes today (told of it days ago), all others protected."""
    ReclaimRule.objects.update(is_active=False)
    Release.objects.all().delete()
    ReclaimWarning.objects.all().delete()
    # What the bare statements know nothing of: more time, and deals that keep their customers.
    Extension.objects.all().delete()
    ExemptStage.objects.all().delete()
    rule = ReclaimRule.objects.filter(kind="idle").earliest("pk")
    ReclaimRule.objects.filter(pk=rule.pk).update(is_active=True, days=DAYS, is_for_all=True)
    long_ago = now - timedelta(days=2 * DAYS + 30)
    words: dict[str, Any] = {"rows": rows, "now": now, "rule": rule.pk, "ago": long_ago}
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE chosen AS SELECT id FROM customers_customer WHERE owner_id IS NOT NULL"
            " AND idle_since < %(ago)s AND (last_order_on IS NULL OR last_order_on < %(ago)s::date)"
            " ORDER BY id LIMIT %(rows)s",
            words,
        )
        if cursor.rowcount < rows:
            raise WrongAnswer(f"Only {cursor.rowcount} customers can be due")
        cursor.execute(
            "UPDATE customers_customer SET protected_until ="
            " CASE WHEN id NOT IN (SELECT id FROM chosen) THEN %(now)s::date + 400 END WHERE owner_id IS NOT NULL",
            words,
        )
        if is_told:
            cursor.execute(
                "INSERT INTO publicpool_reclaimwarning (customer_id, period_id, rule_id, since, distance, user_id,"
                " warned_on, announced_on, warned_at)"
                " SELECT c.id, period.id, %(rule)s, c.idle_since, 7, c.owner_id, %(now)s::date - 9, %(now)s::date - 2,"
                " %(now)s - interval '9 days' FROM customers_customer c JOIN chosen USING (id)"
                " JOIN customers_ownershipperiod period ON period.customer_id = c.id AND period.ended_at IS NULL",
                words,
            )
        cursor.execute("DROP TABLE chosen")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return rule


def _reclaim_raw(now: datetime, rule: ReclaimRule) -> None:
    words: dict[str, Any] = {"now": now, "rule": rule.pk, "batch": BATCH, "pool": Pool.objects.get(is_default=True).pk}
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO publicpool_run (kind, "on", versions, started_at, looked_at, done, left_alone, failed, error)'
            " VALUES ('reclaim', %(now)s::date, '{}', %(now)s, 0, 0, 0, 0, '') RETURNING id",
            words,
        )
        words["run"] = cursor.fetchone()[0]
        while True:
            with transaction.atomic():
                cursor.execute(RECLAIM, words)
                taken = cursor.fetchall()
                if not taken:
                    return
                names = ("ids", "owners", "held", "idle", "ended")
                cursor.execute(BEGIN, words | dict(zip(names, map(list, zip(*taken, strict=True)), strict=True)))


def _warn_raw(now: datetime, rule: ReclaimRule) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO publicpool_reclaimwarning (customer_id, period_id, rule_id, since, distance, user_id,"
            " warned_on, announced_on, warned_at)"
            " SELECT c.id, period.id, %(rule)s, c.idle_since, 3, c.owner_id, %(now)s::date, %(now)s::date + 3, %(now)s"
            " FROM customers_customer c"
            " JOIN customers_ownershipperiod period ON period.customer_id = c.id AND period.ended_at IS NULL"
            " WHERE c.owner_id IS NOT NULL AND c.idle_since < %(now)s - interval '31 days'"
            " AND (c.protected_until IS NULL OR c.protected_until < %(now)s::date) ON CONFLICT DO NOTHING",
            {"now": now, "rule": rule.pk},
        )


def _check(rows: int, is_told: bool) -> None:
    """All of them went, or were told, and nobody else. Raises WrongAnswer."""
    found = Release.objects.count() if is_told else ReclaimWarning.objects.count()
    if found != rows:
        raise WrongAnswer(f"Of {rows:,} customers {found:,} {'went' if is_told else 'were told'}")
