"""Does exactly one get a customer of the pool, within every limit, and does a refusal name its rule?"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from customers.models import Customer, Event, OwnershipPeriod, PoolMember
from opportunities.inputs import OpportunityData
from opportunities.models import Opportunity
from opportunities.services import create_opportunity
from publicpool import errors
from publicpool.models import Claim
from publicpool.quotas import quotas
from publicpool.services import claim_customer, claim_customers, release_customer
from tests.factories import make_customer

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_who_claims_holds_it_with_all_that_waited_there(pooled, alice, bob, reason, now):
    customer = make_customer(bob)
    deal = create_opportunity(
        data=OpportunityData(title="Padlocks", customer=customer), by=bob, now=now - timedelta(days=3)
    )
    release_customer(customer=customer, reason=reason, by=bob, now=now - timedelta(days=2))
    assert Opportunity.objects.get(pk=deal.pk).owner is None
    claim = claim_customer(customer=customer, by=alice, now=now)
    customer.refresh_from_db()
    assert (customer.owner, customer.pool, customer.owned_since) == (alice, None, now)
    period = OwnershipPeriod.objects.get(customer=customer, ended_at=None)
    assert (period.reason, period.owner, claim.period) == ("claimed", alice, period)
    assert Event.objects.filter(customer=customer, kind="owner.claimed", target_id=period.pk).count() == 1
    assert Opportunity.objects.get(pk=deal.pk).owner == alice


def test_the_second_is_told_who_was_quicker(pooled, alice, dana, now):
    customer = pooled()
    claim_customer(customer=customer, by=alice, now=now)
    with pytest.raises(errors.NotInPool, match="Alice has taken"):
        claim_customer(customer=customer, by=dana, now=now + timedelta(seconds=1))


def test_a_click_that_comes_twice_is_one(pooled, alice, now):
    customer = pooled()
    first = claim_customer(customer=customer, by=alice, now=now)
    assert claim_customer(customer=customer, by=alice, now=now + timedelta(seconds=2)) == first
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("window", ["a_day", "a_week", "a_month"])
def test_a_limit_is_a_limit_and_giving_back_does_not_help(pooled, pool, alice, reason, now, window):
    setattr(pool, window, 2)
    pool.save()
    first, second, third = pooled(), pooled(), pooled()
    claim_customer(customer=first, by=alice, now=now)
    claim_customer(customer=second, by=alice, now=now)
    release_customer(customer=second, reason=reason, by=alice, now=now + timedelta(minutes=1))
    with pytest.raises(errors.ClaimLimitReached) as refusal:
        claim_customer(customer=third, by=alice, now=now + timedelta(minutes=2))
    assert refusal.value.numbers == {"used": 2, "limit": 2}
    assert (
        refusal.value.ends_at
        == {
            "a_day": datetime(2026, 11, 27, tzinfo=SHANGHAI),
            "a_week": datetime(2026, 11, 30, tzinfo=SHANGHAI),
            "a_month": datetime(2026, 12, 1, tzinfo=SHANGHAI),
        }[window]
    )


def test_own_and_given_customers_do_not_count(pooled, pool, alice, now):
    pool.a_day = 1
    pool.save()
    make_customer(alice)
    claim_customer(customer=pooled(), by=alice, now=now)
    assert [quota.used for quota in quotas(alice, pool, now)][:3] == [1, 1, 1]


def test_a_members_own_limit_holds_instead_of_the_pools(pooled, pool, alice, team, now):
    pool.a_day, pool.a_week = 1, 9
    pool.save()
    PoolMember.objects.create(pool=pool, team=team, a_day=2)
    PoolMember.objects.create(pool=pool, user=alice, a_day=3)
    assert {quota.key: quota.limit for quota in quotas(alice, pool, now)} == {
        "a_day": 3,
        "a_week": 9,
        "a_month": None,
        "capacity": None,
    }


def test_capacity_counts_all_that_one_holds_but_won_ones(pooled, pool, alice, now):
    pool.capacity = 2
    pool.save()
    make_customer(alice)
    claim_customer(customer=pooled(), by=alice, now=now)
    with pytest.raises(errors.AtCapacity) as refusal:
        claim_customer(customer=pooled(), by=alice, now=now)
    assert refusal.value.numbers == {"used": 2, "limit": 2}


def test_the_cool_down_binds_everybody_who_had_it(pooled, pool, alice, dana, reason, now):
    customer = pooled()
    for person, hours in ((alice, 0), (dana, 1)):
        claim_customer(customer=customer, by=person, now=now + timedelta(hours=hours))
        release_customer(customer=customer, reason=reason, by=person, now=now + timedelta(hours=hours, minutes=5))
    for person in (alice, dana):
        with pytest.raises(errors.InCoolDown):
            claim_customer(customer=customer, by=person, now=now + timedelta(days=29))
    claim_customer(customer=customer, by=alice, now=now + timedelta(days=30, hours=1))


def test_of_many_as_many_as_the_limit_allows(pooled, pool, alice, now):
    pool.a_day = 2
    pool.save()
    many = [pooled() for _number in range(4)]
    results = claim_customers(ids=[one.pk for one in many], by=alice, now=now)
    assert [result.claim is not None for result in results] == [True, True, False, False]
    assert Customer.objects.filter(owner=alice).count() == 2


def test_strangers_and_admins_do_not_claim(pooled, pool, alice, charlie, root, other_team, now):
    pool.is_for_all = False
    pool.save()
    PoolMember.objects.create(pool=pool, team=other_team)
    customer = pooled()
    with pytest.raises(errors.NotAMember):
        claim_customer(customer=customer, by=alice, now=now)
    with pytest.raises(errors.AdminsAssign):
        claim_customer(customer=customer, by=root, now=now)
    assert not Customer.objects.pooled_for(alice).exists()
    assert Customer.objects.pooled_for(charlie).get() == customer
    claim_customer(customer=customer, by=charlie, now=now)
