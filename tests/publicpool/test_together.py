"""Does the pool hold its promises when several act on the same customer, or with the same quota, in one moment?"""

from __future__ import annotations

import threading
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from accounts.models import Notification
from customers.models import Customer, OwnershipPeriod
from publicpool import errors as refusals
from publicpool.models import Claim, ReclaimWarning, Release
from publicpool.services import claim_customer, claim_customers, release_customer, undo_release
from publicpool.services.reclaiming import reclaim_due
from publicpool.services.warning import warn_due
from tests.factories import make_customer, make_user, say
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


@pytest.fixture(autouse=True)
def _kept(promises):
    yield
    promises()


def test_eight_want_the_same_and_one_has_it(pooled, team, now):
    customer = pooled()
    people = [make_user(team=team) for _number in range(THREADS)]
    results = at_once([partial(claim_customer, customer=customer, by=person, now=now) for person in people])
    assert [type(one) for one in errors(results)] == [refusals.NotInPool] * (THREADS - 1)
    assert Claim.objects.get().user == Customer.objects.get(pk=customer.pk).owner


@pytest.mark.parametrize("limit", ["a_day", "a_week", "a_month", "capacity"])
def test_eight_tabs_have_one_limit(pooled, pool, alice, now, limit):
    setattr(pool, limit, 3)
    pool.save()
    many = [pooled() for _number in range(THREADS)]
    results = at_once([partial(claim_customer, customer=one, by=alice, now=now) for one in many])
    expected = refusals.AtCapacity if limit == "capacity" else refusals.ClaimLimitReached
    assert [type(one) for one in errors(results)] == [expected] * (THREADS - 3)
    assert Customer.objects.filter(owner=alice).count() == Claim.objects.count() == 3


def test_a_click_eight_times_at_once_is_one_claim(pooled, alice, now):
    customer = pooled()
    results = at_once([partial(claim_customer, customer=customer, by=alice, now=now)] * THREADS)
    assert {claim.pk for claim in results} == {Claim.objects.get().pk}


def test_many_take_many_in_any_order_and_nobody_waits_forever(pooled, pool, team, now):
    pool.a_day = 4
    pool.save()
    ids = [pooled().pk for _number in range(12)]
    people = [make_user(team=team) for _number in range(THREADS)]
    turns = [ids[n:] + ids[:n] if n % 2 else list(reversed(ids[n:] + ids[:n])) for n in range(THREADS)]
    acts = [partial(claim_customers, ids=turn, by=person, now=now) for person, turn in zip(people, turns, strict=True)]
    assert errors(at_once(acts)) == []
    assert Customer.objects.filter(pk__in=ids, owner__isnull=False).count() == Claim.objects.count() == 12


def test_a_claim_beside_a_release(pooled, alice, bob, reason, now):
    """Who claims sees it held or free, never half of it."""
    for _round in range(4):
        customer = make_customer(bob)
        _released, claimed = at_once(
            [
                partial(release_customer, customer=customer, reason=reason, by=bob, now=now),
                partial(claim_customer, customer=customer, by=alice, now=now),
            ]
        )
        customer.refresh_from_db()
        if isinstance(claimed, Exception):
            assert isinstance(claimed, refusals.NotInPool)
            assert customer.pool is not None
        else:
            assert customer.owner == alice


def test_a_claim_beside_the_undo_of_the_release(alice, bob, reason, now):
    for _round in range(4):
        customer = make_customer(bob)
        release = release_customer(customer=customer, reason=reason, by=bob, now=now)
        results = at_once(
            [
                partial(undo_release, release=release, by=bob, now=now + timedelta(minutes=1)),
                partial(claim_customer, customer=customer, by=alice, now=now + timedelta(minutes=1)),
            ]
        )
        (refused,) = errors(results)
        customer.refresh_from_db()
        assert (type(refused), customer.owner) in [(refusals.NotInPool, bob), (refusals.TakenMeanwhile, alice)]


def test_a_release_twice_at_once_is_one(bob, reason, now):
    customer = make_customer(bob)
    results = at_once([partial(release_customer, customer=customer, reason=reason, by=bob, now=now)] * THREADS)
    assert [type(one) for one in errors(results)] == [refusals.NotHeld] * (THREADS - 1)
    assert Release.objects.count() == 1


# --- the sweeps ---------------------------------------------------------------------------------------


@pytest.fixture
def due(alice, rule, now):
    """Twelve customers of Alice's that go today, as she was told."""
    rule("idle", 10)
    long_ago = now - timedelta(days=40)
    many = [make_customer(alice, at=long_ago) for _number in range(12)]
    warn_due(now - timedelta(days=8))
    return many


def test_two_sweeps_at_once_warn_and_take_once(alice, rule, now):
    rule("idle", 10)
    for _number in range(12):
        make_customer(alice, at=now - timedelta(days=40))
    assert errors(at_once([partial(warn_due, now + timedelta(seconds=n)) for n in range(4)])) == []
    assert ReclaimWarning.objects.count() == 12
    told = Notification.objects.filter(kind="reclaim_warning")
    assert sum(one.params["n"] for one in told) == 12
    later = now + timedelta(days=3)
    assert errors(at_once([partial(reclaim_due, later + timedelta(seconds=n)) for n in range(4)])) == []
    reclaim_due(later)  # rows that another one had under its lock come next time
    assert Release.objects.count() == Customer.objects.filter(pool__isnull=False).count() == 12
    assert OwnershipPeriod.objects.filter(reason="reclaimed").count() == 12


def test_a_follow_up_in_the_moment_of_the_sweep_wins_or_comes_too_late(alice, due, now):
    """Never half: it is kept and the customer with it, or the customer went before."""
    *said, _swept = at_once(
        [
            *(partial(say, customer, alice, now) for customer in due[:6]),
            partial(reclaim_due, now + timedelta(seconds=1)),
        ]
    )
    for customer, result in zip(due[:6], said, strict=True):
        customer.refresh_from_db()
        assert (customer.owner == alice) is not isinstance(result, Exception), result
    reclaim_due(now + timedelta(minutes=10))
    assert Customer.objects.filter(pk__in=[one.pk for one in due[6:]], owner=alice).count() == 0


def test_a_follow_up_logged_a_second_earlier_wins(alice, due, now):
    """The sweep has read that it is due; the contact is written and not yet committed when it comes to take it."""
    customer, logged, swept = due[0], threading.Event(), threading.Event()

    def contact() -> None:
        with transaction.atomic():
            say(customer, alice, now)
            logged.set()
            assert swept.wait(60)
        connection.close()

    def sweep() -> None:
        assert logged.wait(60)
        reclaim_due(now + timedelta(seconds=1))
        swept.set()

    assert errors(at_once([contact, sweep])) == []
    assert reclaim_due(now + timedelta(minutes=10)) is None
    customer.refresh_from_db()
    assert customer.owner == alice
    assert Release.objects.count() == len(due) - 1


def test_a_release_and_a_claim_beside_the_sweep(alice, charlie, due, reason, now):
    first, second, *_rest = due
    results = at_once(
        [
            partial(reclaim_due, now),
            partial(reclaim_due, now),
            partial(release_customer, customer=first, reason=reason, by=alice, now=now),
            partial(claim_customer, customer=second, by=charlie, now=now),
        ]
    )
    assert all(isinstance(one, refusals.DomainError) for one in errors(results))
    reclaim_due(now + timedelta(minutes=10))
    assert Release.objects.filter(customer__in=due).count() == len(due)


def test_a_rule_tightened_on_friday_night_takes_nobody_unwarned(alice, rule, now):
    """The sweep of Saturday finds all of them overdue: it warns, and takes them on the third day after it."""
    kept = rule("idle", 40)
    friday = now.replace(day=27, hour=15, minute=50)  # 23:50 in Shanghai
    for days in (20, 30, 38):
        make_customer(alice, at=friday - timedelta(days=days))
    warn_due(friday)
    assert ReclaimWarning.objects.get().announced_on == date(2026, 11, 30)
    kept.days, kept.version = 10, 2
    kept.save()
    taken = {}
    for hours in range(0, 24 * 5, 6):
        at = friday + timedelta(minutes=11, hours=hours)
        warn_due(at)
        run = reclaim_due(at)
        taken[f"{at + timedelta(hours=8):%a}"] = taken.get(f"{at + timedelta(hours=8):%a}", 0) + (
            run.done if run else 0
        )
    assert taken == {"Sat": 0, "Sun": 0, "Mon": 1, "Tue": 2, "Wed": 0}
    assert ReclaimWarning.objects.filter(distance=3).count() == 3
