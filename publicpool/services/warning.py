"""How are holders told in time that a customer goes back to the pool?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.services.notices import notify
from customers.models import OwnershipPeriod

from ..countdown import Clock, Countdown, batches
from ..models import ReclaimWarning, Run
from .runs import finished, run_of

KEY = ("period", "rule", "since", "distance")


def warn_due(now: datetime) -> Run | None:
    """Warn of every customer that goes within the days of the settings; the run, None where there was nothing to do.

    Each warning is a row of its own key (period, rule, moment the clock began, distance): twice, or two at once, tells
    nobody twice. One notice a person and run, however many customers.
    """
    clock = Clock.load(now)
    distances = clock.distances
    if not clock.specs:
        return None
    run = run_of(Run.Kind.WARN, clock)
    for batch in batches(clock, clock.today + timedelta(days=distances[-1])):
        run.looked_at += len(batch)
        run.done += _warn(run, clock, [one for one in batch if one.on > clock.today], distances)
    return finished(run, now)


@transaction.atomic
def _warn(run: Run, clock: Clock, lines: Sequence[Countdown], distances: Sequence[int]) -> int:
    periods = {
        customer: (pk, owner)
        for customer, pk, owner in OwnershipPeriod.objects.filter(
            customer__in=[one.customer_id for one in lines], ended_at=None, owner__isnull=False
        ).values_list("customer", "pk", "owner")
    }
    wanted = []
    for one in lines:
        if one.customer_id in periods:  # it may have gone since it was read
            period, owner = periods[one.customer_id]
            wanted.append(
                ReclaimWarning(
                    customer_id=one.customer_id,
                    period_id=period,
                    rule_id=one.spec.rule_id,
                    since=one.since,
                    distance=next(step for step in distances if one.days_left(clock.today) <= step),
                    user_id=owner,
                    warned_on=clock.today,
                    announced_on=one.on,
                    warned_at=clock.now,
                )
            )
    if not wanted:
        return 0
    periods_told = {one.period_id for one in wanted}
    # The earliest day that was named at each distance.
    named: dict[tuple[object, ...], date] = {}
    for *key, on in ReclaimWarning.objects.filter(period__in=periods_told).values_list(*KEY, "announced_on"):
        named[tuple(key)] = min(on, named.get(tuple(key), on))
    fresh = [one for one in wanted if one.announced_on < named.get(_key(one), date.max)]
    ReclaimWarning.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=1000)
    # Of two runs at once each tells what it wrote itself: the other's rows bear its moment.
    keys = {_key(one) for one in fresh}
    rows = ReclaimWarning.objects.filter(period__in=periods_told, warned_at=clock.now)
    mine = [row for row in rows if _key(row) in keys]
    _tell(run, mine, clock)
    return len(mine)


def _key(row: ReclaimWarning) -> tuple[object, ...]:
    return row.period_id, row.rule_id, row.since, row.distance


def _tell(run: Run, rows: Sequence[ReclaimWarning], clock: Clock) -> None:
    by_person: dict[int, list[ReclaimWarning]] = defaultdict(list)
    for row in rows:
        by_person[row.user_id].append(row)
    people = User.objects.in_bulk(by_person)
    for pk, mine in by_person.items():
        mine.sort(key=lambda row: (row.announced_on, row.customer_id))
        first: date = mine[0].announced_on
        params = {"n": len(mine), "on": first.isoformat(), "customers": [row.customer_id for row in mine[:5]]}
        key = f"reclaim_warning:{run.pk}:{mine[0].customer_id}"
        notify(to=[people[pk]], kind="reclaim_warning", now=clock.now, params=params, key=key)
