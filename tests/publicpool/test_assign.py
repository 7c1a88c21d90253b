"""Do managers and admins give customers of the pool away, warned where somebody is full or in the cool-down?"""

from __future__ import annotations

import pytest

from customers.models import Customer, OwnershipPeriod, Pool, PoolMember
from publicpool.services import release_customer
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def standing(time_machine, now):
    time_machine.move_to(now, tick=False)


def owner_of(customer) -> str:
    return str(Customer.objects.get(pk=customer.pk).owner)


def test_a_manager_gives_one_to_somebody_of_the_own_team(dana, alice, signed_in, pooled, mailoutbox):
    customer = pooled()
    client = signed_in(dana)
    assert "Alice" in client.get(f"/pool/{customer.pk}/assign/").content.decode()
    answer = client.post(f"/pool/{customer.pk}/assign/", {"to": alice.pk})
    assert answer.headers["Location"] == customer.get_absolute_url()
    assert owner_of(customer) == "Alice"
    assert client.post(f"/pool/{customer.pk}/assign/", {"to": alice.pk}).status_code == 404  # it is there no more


def test_not_to_somebody_of_another_team(dana, charlie, signed_in, pooled):
    customer = pooled()
    client = signed_in(dana)
    assert "Charlie" not in client.get(f"/pool/{customer.pk}/assign/").content.decode()
    assert client.post(f"/pool/{customer.pk}/assign/", {"to": charlie.pk}).status_code == 422
    assert owner_of(customer) == "None"


def test_whoever_is_full_is_shown_so_and_gets_it_all_the_same(root, alice, signed_in, pooled, pool):
    Pool.objects.filter(pk=pool.pk).update(capacity=1)
    make_customer(alice)
    customer = pooled()
    client = signed_in(root)
    assert "Alice · holds 1 of 1: full" in client.get(f"/pool/{customer.pk}/assign/").content.decode()
    client.post(f"/pool/{customer.pk}/assign/", {"to": alice.pk})
    assert owner_of(customer) == "Alice"


def test_the_cool_down_asks_for_a_reason(dana, bob, reason, signed_in, now):
    customer = make_customer(bob)
    release_customer(customer=customer, reason=reason, by=bob, now=now)
    client = signed_in(dana)
    refused = client.post(f"/pool/{customer.pk}/assign/", {"to": bob.pk})
    assert refused.status_code == 409
    assert "Say why" in refused.content.decode()
    client.post(f"/pool/{customer.pk}/assign/", {"to": bob.pk, "reason": "They ask for him"})
    assert owner_of(customer) == "Bob"
    assert OwnershipPeriod.objects.get(customer=customer, ended_at=None).note == "They ask for him"


def test_many_at_once_each_with_its_result(dana, bob, reason, signed_in, pooled, now):
    fresh = [pooled(by=dana) for _ in range(2)]
    cooling = make_customer(bob, "Eben erst AG")
    release_customer(customer=cooling, reason=reason, by=bob, now=now)
    ids = [one.pk for one in [*fresh, cooling]]
    client = signed_in(dana)
    asked = client.post("/pool/assign/", {"pk": ids, "query": ""}).content.decode()
    assert "<b>3 customers</b> are selected." in asked
    text = client.post("/pool/assign/", {"pk": ids, "query": "", "go": "1", "to": bob.pk}).content.decode()
    assert "2 done" in text
    assert "1 refused" in text
    assert [owner_of(one) for one in fresh] == ["Bob", "Bob"]
    assert owner_of(cooling) == "None"


def test_an_admin_of_the_pool_gives_to_its_members(alice, bob, charlie, signed_in, pooled, pool):
    Pool.objects.filter(pk=pool.pk).update(is_for_all=False)
    PoolMember.objects.create(pool=pool, user=alice, is_admin=True)
    PoolMember.objects.create(pool=pool, user=bob)
    customer = pooled(by=charlie)
    text = signed_in(alice).get(f"/pool/{customer.pk}/assign/").content.decode()
    assert "Bob" in text
    assert "Charlie · holds" not in text
    signed_in(alice).post(f"/pool/{customer.pk}/assign/", {"to": bob.pk})
    assert owner_of(customer) == "Bob"


def test_a_salesperson_gives_nothing(alice, bob, signed_in, pooled):
    customer = pooled()
    client = signed_in(alice)
    assert client.get(f"/pool/{customer.pk}/assign/").status_code == 403
    assert client.post(f"/pool/{customer.pk}/assign/", {"to": bob.pk}).status_code == 403
    assert client.post("/pool/assign/", {"pk": [customer.pk], "query": "", "go": "1", "to": bob.pk}).status_code == 403
    assert owner_of(customer) == "None"


def test_who_claims_gives_nothing_to_oneself(dana, alice, signed_in, pooled, pool):
    PoolMember.objects.create(pool=pool, user=alice, is_admin=True)
    customer = pooled()
    for person in (dana, alice):
        assert signed_in(person).post(f"/pool/{customer.pk}/assign/", {"to": person.pk}).status_code == 422
    assert owner_of(customer) == "None"
