"""Does a claim take one click, answer in place, and say of every refusal which rule it was and when it ends?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from customers.models import Customer, Pool, PoolMember
from publicpool.models import Claim
from publicpool.services import claim_customer
from tests.factories import make_customer

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def standing(time_machine, now):
    time_machine.move_to(now, tick=False)


def claim(client, customer, data=None, **extra):
    return client.post(f"/pool/{customer.pk}/claim/", {"query": ""} | (data or {}), **extra)


def owner_of(customer) -> str:
    return str(Customer.objects.get(pk=customer.pk).owner)


def test_one_click_and_the_row_answers(alice, signed_in, pooled, pool):
    Pool.objects.filter(pk=pool.pk).update(a_day=5)
    customer = pooled("Hafen Metall GmbH")
    text = claim(signed_in(alice), customer, **HTMX).content.decode()
    assert text.lstrip().startswith("<tr")
    assert "Yours now" in text
    assert customer.get_absolute_url() in text
    assert "claimed, 4 left" in text  # the quota beside it
    assert owner_of(customer) == "Alice"


def test_the_same_click_twice_is_one_claim(alice, signed_in, pooled):
    client, customer = signed_in(alice), pooled()
    assert claim(client, customer, **HTMX).status_code == claim(client, customer, **HTMX).status_code == 200
    assert Claim.objects.filter(user=alice).count() == 1


def test_without_a_script_the_list_comes_back_where_it_was(alice, signed_in, pooled):
    answer = claim(signed_in(alice), pooled("Hafen Metall GmbH"), {"query": "sort=name&grade=A"}, follow=True)
    assert answer.redirect_chain == [("/pool/?sort=name&grade=A", 302)]
    assert "Hafen Metall GmbH is yours now." in answer.content.decode()


def test_from_its_own_page_one_comes_to_the_customer(alice, signed_in, pooled):
    customer = pooled()
    answer = claim(signed_in(alice), customer, {"at": "record"})
    assert answer.headers["Location"] == customer.get_absolute_url()


def test_the_second_sees_who_was_quicker(alice, bob, signed_in, pooled, now):
    customer = pooled("Hafen Metall GmbH", by=alice)
    claim_customer(customer=customer, by=bob, now=now)
    client = signed_in(alice)
    text = claim(client, customer, **HTMX).content.decode()
    assert "Bob has taken this customer meanwhile." in text
    assert "Not claimed" in text
    assert "row-bad" in text
    page = claim(client, customer, {"at": "record"})
    assert page.status_code == 409
    assert "Bob has taken this customer meanwhile." in page.content.decode()
    assert "Bob has this customer now." in client.get(f"/pool/{customer.pk}/").content.decode()
    assert owner_of(customer) == "Bob"


def test_who_took_it_is_told_for_some_hours_only(alice, charlie, signed_in, pooled, now, time_machine):
    customer = pooled(by=alice)
    claim_customer(customer=customer, by=charlie, now=now)
    time_machine.move_to(now + timedelta(hours=13))
    client = signed_in(alice)
    assert client.get(f"/pool/{customer.pk}/").status_code == 404
    assert claim(client, customer, **HTMX).status_code == 404


def test_a_used_up_day_is_refused_with_its_numbers_and_its_end(alice, signed_in, pooled, pool, now):
    Pool.objects.filter(pk=pool.pk).update(a_day=1)
    claim_customer(customer=pooled(), by=alice, now=now)
    customer = pooled("Hafen Metall GmbH")
    client = signed_in(alice)
    text = claim(client, customer, **HTMX).content.decode()
    assert "1 of 1 claimed today. Again from Tomorrow 00:00, Shanghai time." in text
    assert f"{customer.pk}/claim/" in text  # it lies there still
    plain = claim(client, customer, follow=True).content.decode()
    assert "1 of 1 claimed today." in plain
    page = claim(client, customer, {"at": "record"})
    assert page.status_code == 429
    assert "1 of 1 claimed today." in page.content.decode()
    assert owner_of(customer) == "None"


def test_many_are_claimed_as_far_as_the_limits_go(alice, signed_in, pooled, pool):
    Pool.objects.filter(pk=pool.pk).update(a_day=2)
    customers = [pooled(f"Kunde {place} AG") for place in range(3)]
    ids = [customer.pk for customer in customers]
    text = signed_in(alice).post("/pool/claim/", {"pk": ids, "query": ""}, **HTMX).content.decode()
    assert "2 claimed" in text
    assert "1 not" in text
    assert "2 of 2 claimed today." in text
    assert text.count("hx-swap-oob") == 4  # three rows and the quota
    assert [owner_of(customer) for customer in customers] == ["Alice", "Alice", "None"]


def test_all_of_a_filter_are_claimed_in_the_order_of_the_list(alice, signed_in, pooled, pool):
    Pool.objects.filter(pk=pool.pk).update(a_day=1)
    last, first = pooled("Zett AG"), pooled("Abc AG")
    signed_in(alice).post("/pool/claim/", {"all": "1", "query": "sort=name"})
    assert (owner_of(first), owner_of(last)) == ("Alice", "None")


def test_a_page_tells_of_many_without_a_script(alice, signed_in, pooled):
    answer = signed_in(alice).post("/pool/claim/", {"pk": [pooled("Hafen Metall GmbH").pk], "query": "sort=name"})
    text = answer.content.decode()
    assert "Hafen Metall GmbH" in text
    assert 'href="/pool/?sort=name"' in text


def test_a_stranger_claims_nothing_and_learns_nothing(charlie, alice, signed_in, pooled, pool):
    Pool.objects.filter(pk=pool.pk).update(is_for_all=False)
    PoolMember.objects.create(pool=pool, user=alice)
    customer, held = pooled("Hafen Metall GmbH"), make_customer(alice, "Gehalten AG")
    client = signed_in(charlie)
    for one in (customer, held):
        assert claim(client, one, **HTMX).status_code == 404
        assert client.get(f"/pool/{one.pk}/").status_code == 404
    text = client.post("/pool/claim/", {"pk": [customer.pk, held.pk], "query": ""}, **HTMX).content.decode()
    assert "Hafen" not in text
    assert "Gehalten" not in text
    assert owner_of(customer) == "None"
    assert "You are not a member of any pool" in client.get("/pool/").content.decode()
    assert client.get(f"/pool/?pool={pool.pk}").status_code == 404


def test_an_admin_assigns_instead(root, signed_in, pooled):
    customer = pooled()
    client = signed_in(root)
    assert "/claim/>" not in client.get("/pool/").content.decode()
    page = claim(client, customer, {"at": "record"})
    assert page.status_code == 403
    assert "Admins do not claim" in page.content.decode()
    assert owner_of(customer) == "None"


def test_whoever_holds_it_is_led_to_the_whole_page(alice, signed_in, pooled, now):
    customer = pooled()
    claim_customer(customer=customer, by=alice, now=now)
    assert signed_in(alice).get(f"/pool/{customer.pk}/").headers["Location"] == customer.get_absolute_url()


def test_only_a_post_claims(alice, signed_in, pooled):
    client, customer = signed_in(alice), pooled()
    assert client.get(f"/pool/{customer.pk}/claim/").status_code == 405
    assert client.get("/pool/claim/").status_code == 405
    assert owner_of(customer) == "None"
