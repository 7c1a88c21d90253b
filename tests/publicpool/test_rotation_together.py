"""Do parallel runs make one sequence, and hold limits beside those who claim in the same moment?"""

from __future__ import annotations

from functools import partial

import pytest

from customers.models import Customer
from publicpool.models import RotationEntry, RotationMember
from publicpool.proving import prove
from publicpool.services import claim_customers, remove_member, run_rotation, set_weights
from publicpool.services.passing_on import pass_on_due
from tests.together import at_once, errors

from .rotations import given, make_rotation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _kept(promises):
    yield
    promises()


def test_parallel_runs_equal_one(root, alice, bob, charlie, pooled, now):
    rotation = make_rotation(root, {alice: 3, bob: 2, charlie: 1}, now)
    for _number in range(24):
        pooled()
    acts = [partial(run_rotation, rotation=rotation, by=root, now=now, most=5)] * 6
    assert errors(at_once(acts)) == []
    run_rotation(rotation=rotation, by=root, now=now)
    assert given(rotation) == "ABCABA" * 4
    assert {one.user.username: one.received for one in RotationMember.objects.all()} == {
        "alice": 12,
        "bob": 8,
        "charlie": 4,
    }
    assert prove(rotation).holds


def test_a_run_beside_claims_holds_the_capacity_and_gives_each_once(root, alice, bob, pool, pooled, now):
    pool.capacity = 5
    pool.save()
    rotation = make_rotation(root, {alice: 1, bob: 1}, now)
    ids = [pooled().pk for _number in range(16)]
    results = at_once(
        [
            partial(run_rotation, rotation=rotation, by=root, now=now),
            partial(claim_customers, ids=ids[:8], by=alice, now=now),
            partial(run_rotation, rotation=rotation, by=root, now=now),
            partial(claim_customers, ids=ids[4:], by=bob, now=now),
        ]
    )
    assert errors(results) == []
    assert [Customer.objects.filter(owner=person).count() for person in (alice, bob)] == [5, 5]
    assert prove(rotation).holds


def test_a_change_beside_runs_is_one_line_between_them(root, alice, bob, charlie, pooled, now):
    rotation = make_rotation(root, {alice: 3, bob: 2, charlie: 1}, now)
    for _number in range(20):
        pooled()
    run = partial(run_rotation, rotation=rotation, by=root, now=now, most=4)
    change = partial(set_weights, rotation=rotation, weights={alice.pk: 1}, by=root, now=now)
    leave = partial(remove_member, rotation=rotation, user=charlie, by=root, now=now)
    *changed, proof = at_once([run, change, run, leave, run, run, partial(prove, rotation)])
    assert errors(changed) == []
    assert proof.holds  # also of a ledger that somebody writes into
    run_rotation(rotation=rotation, by=root, now=now)
    assert RotationEntry.objects.filter(kind="given").count() == 20
    assert prove(rotation).holds


def test_two_sweeps_pass_on_once(root, alice, bob, pooled, now):
    rotation = make_rotation(root, {alice: 1, bob: 1}, now, passes_on=True)
    pooled()
    run_rotation(rotation=rotation, by=root, now=now)
    monday = now.replace(day=30)
    assert errors(at_once([partial(pass_on_due, monday)] * 3)) == []
    assert given(rotation) == "AB"
    assert prove(rotation).holds
