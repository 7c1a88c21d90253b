"""How do customers whose time is up come back into the pool?

A sweep that may run twice, or two at once: rows are locked (others' are passed over and come next time) and judged
again under the lock, so that a follow-up logged a second earlier wins.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects

from accounts.models import User
from accounts.services.notices import notify
from customers.models import Customer

from ..countdown import Clock, Countdown, batches, countdowns
from ..models import ReclaimRule, Release, Run, RunLine
from ..routing import Routes
from .pooling import Why, into_pools
from .runs import finished, run_of

log = logging.getLogger(__name__)


def reclaim_due(now: datetime) -> Run | None:
    """Reclaim every customer whose day has come; the run, None where there was nothing to do.

    A customer whose turn fails is tried alone, then again by the next runs, and parked after RunLine.MAX_ATTEMPTS.
    """
    clock = Clock.load(now)
    if not clock.specs:
        return None
    run = run_of(Run.Kind.RECLAIM, clock)
    parked = set(RunLine.objects.failing().filter(parked_at__isnull=False).values_list("customer", flat=True))
    for found in batches(clock, clock.today):
        batch = [one for one in found if one.customer_id not in parked]
        run.looked_at += len(batch)
        _reclaim(run, clock, batch)
    return finished(run, now)


def _reclaim(run: Run, clock: Clock, batch: Sequence[Countdown]) -> None:
    """Take a batch in one transaction; where that fails, each of it in one of its own."""
    if not batch:
        return
    try:
        done, left = _take(run, clock, batch)
        run.done += done
        run.left_alone += left
    except Exception as error:  # one that cannot be taken must not keep the others
        if len(batch) == 1:
            log.exception("reclaim of customer %s", batch[0].customer_id)
            _fail(run, clock, batch[0], error)
            run.failed += 1
            return
        for one in batch:
            _reclaim(run, clock, [one])


@transaction.atomic
def _take(run: Run, clock: Clock, batch: Sequence[Countdown]) -> tuple[int, int]:
    """(taken, left alone). Judged under the lock by the same function, at the same moment."""
    ids = [one.customer_id for one in batch]
    rows = Customer.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=ids).order_by("pk")
    customers = list(rows.filter(owner__isnull=False))
    prefetch_related_objects(customers, "owner", "status")
    due = {
        pk: one
        for pk, one in countdowns(clock, [customer.pk for customer in customers]).items()
        if one.on <= clock.today
    }
    taken = [customer for customer in customers if customer.pk in due]
    routes, rules = Routes(), ReclaimRule.objects.in_bulk({one.spec.rule_id for one in due.values()})
    pools = {one.pk: routes.pool_of(one) for one in taken}
    whys = {pk: Why(rule=rules[one.spec.rule_id], version=one.spec.version) for pk, one in due.items()}
    releases = into_pools(taken, pools, whys, by=None, now=clock.now)
    RunLine.objects.bulk_create(
        [
            RunLine(
                run=run,
                customer_id=release.customer_id,
                user_id=release.former_id,
                rule_id=release.rule_id,
                rule_version=release.rule_version,
                outcome=RunLine.Outcome.DONE,
                data=due[release.customer_id].as_data(),
                at=clock.now,
            )
            for release in releases
        ],
        batch_size=1000,
    )
    _tell(run, releases, clock)
    return len(taken), len(batch) - len(taken)


def _tell(run: Run, releases: Sequence[Release], clock: Clock) -> None:
    """One notice a person and batch."""
    by_person: dict[int, list[int]] = defaultdict(list)
    for release in releases:
        by_person[release.former_id].append(release.customer_id)
    people = User.objects.in_bulk(by_person)
    for pk, mine in by_person.items():
        params = {"n": len(mine), "customers": mine[:5]}
        notify(
            to=[people[pk]],
            kind="customers_reclaimed",
            now=clock.now,
            params=params,
            key=f"reclaimed:{run.pk}:{mine[0]}",
        )


def _fail(run: Run, clock: Clock, one: Countdown, error: Exception) -> None:
    last = RunLine.objects.filter(customer=one.customer_id, outcome=RunLine.Outcome.FAILED).order_by("-pk").first()
    attempts = last.attempts + 1 if last else 1
    RunLine.objects.filter(customer=one.customer_id, outcome=RunLine.Outcome.FAILED).delete()
    RunLine.objects.create(
        run=run,
        customer_id=one.customer_id,
        rule_id=one.spec.rule_id,
        rule_version=one.spec.version,
        outcome=RunLine.Outcome.FAILED,
        data=one.as_data(),
        error=f"{type(error).__name__}: {error}"[:2000].replace("\0", ""),
        at=clock.now,
        attempts=attempts,
        parked_at=clock.now if attempts >= RunLine.MAX_ATTEMPTS else None,
    )
