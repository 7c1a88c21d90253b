"""Does the list of a pool show what lies there, to its members, masked, with what is left to claim in sight?"""

from __future__ import annotations

import pytest

from customers.models import Customer, Pool, PoolMember
from publicpool.services import claim_customer
from tests.customers.statements import statements
from tests.factories import make_customer
from tests.weighing import weight

pytestmark = pytest.mark.django_db


def page(client, path="/pool/", **extra) -> str:
    answer = client.get(path, **extra)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_members_see_what_lies_there_and_what_they_may_claim(alice, signed_in, pooled, pool):
    customer = pooled("Hafen Metall GmbH")
    held = make_customer(alice, "Nicht im Pool GmbH")
    text = page(signed_in(alice))
    assert "Hafen Metall GmbH" in text
    assert held.name not in text
    assert f"{customer.pk}/claim/" in text
    assert 'id="quota"' in text


def test_the_quota_names_what_is_used_and_when_it_renews(alice, signed_in, pooled, pool, now, time_machine):
    time_machine.move_to(now)
    Pool.objects.filter(pk=pool.pk).update(a_day=5, a_week=20, capacity=200)
    claim_customer(customer=pooled(), by=alice, now=now)
    text = " ".join(page(signed_in(alice)).split())
    assert 'of 5<span class="desk-only"> claimed, 4 left' in text
    assert 'of 20<span class="desk-only"> claimed, 19 left' in text
    assert "Again: Tomorrow 00:00, Shanghai time" in text
    assert "no limit" in text  # the month has none


@pytest.mark.parametrize("rows", [2, 30])
def test_the_number_of_statements_does_not_grow_with_the_rows(alice, signed_in, pooled, rows):
    for _ in range(rows):
        pooled()
    assert statements(signed_in(alice), "/pool/") <= 12


def test_claimed_from_the_list_the_row_answers_in_place(alice, signed_in, pooled, pool):
    Pool.objects.filter(pk=pool.pk).update(a_day=5)
    customer = pooled("Hafen Metall GmbH")
    answer = signed_in(alice).post(f"/pool/{customer.pk}/claim/", {"query": ""}, HTTP_HX_REQUEST="true")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "row-ok" in text
    assert "Yours now" in text
    assert customer.get_absolute_url() in text
    assert 'hx-swap-oob="true"' in text
    assert "claimed, 4 left" in text
    customer.refresh_from_db()
    assert customer.owner == alice


def test_views_and_filters_say_what_they_hold(bob, signed_in, pooled, pool, now, time_machine):
    time_machine.move_to(now)
    old, fresh = pooled("Alt AG"), pooled("Frisch AG")
    Customer.objects.filter(pk=fresh.pk).update(owned_since=now)
    Customer.objects.filter(pk=old.pk).update(won_total=100, orders_count=1, last_followed_at=now)
    client = signed_in(bob)

    def names(query: str) -> set[str]:
        return {row.record.name for row in client.get(f"/pool/?{query}").context["rows"]}

    assert names("view=new") == {"Frisch AG"}
    assert names("view=ours") == {"Alt AG"}
    assert names("view=never") == {"Frisch AG"}
    assert names("view=mine") == {"Alt AG", "Frisch AG"}
    assert names(f"view=new&pool={pool.pk}") == {"Frisch AG"}
    assert names("reason=no_need&came=released&former=" + str(bob.pk)) == {"Alt AG", "Frisch AG"}
    assert names("reason=price") == set()


def test_one_changes_between_the_pools_one_is_a_member_of(alice, charlie, signed_in, pooled, pool):
    other = Pool.objects.create(name_en="Europe", position=1)
    PoolMember.objects.create(pool=other, user=alice)
    customer = pooled("Hafen Metall GmbH")
    Customer.objects.filter(pk=pooled("Rheinwerk AG").pk).update(pool=other)
    text = page(signed_in(alice), f"/pool/?pool={other.pk}")
    assert "Rheinwerk AG" in text
    assert customer.name not in text
    assert "Europe" in page(signed_in(alice))
    assert "Europe" not in page(signed_in(charlie))
    assert signed_in(charlie).get(f"/pool/?pool={other.pk}").status_code == 404


def test_an_empty_pool_says_so(alice, signed_in):
    assert "Nothing lies in this pool" in page(signed_in(alice))
    assert "No match" in page(signed_in(alice), "/pool/?grade=A&m=1")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_page_of_fifty_rows_weighs_at_most_60_kb(alice, signed_in, pooled, language):
    for place in range(50):
        pooled(f"Werkzeugbau Hansen Nummer {place} GmbH")
    client = signed_in(alice)
    client.post("/people/language/", {"language": language})
    answer = client.get("/pool/")
    assert len(answer.context["rows"]) == 50
    assert weight(answer) <= 60_000


@pytest.mark.parametrize("query", ["pool=%00", "pool=%00&m=1", "q=%00", "sort=%00", "view=%00"])
def test_a_zero_byte_in_the_address_leads_to_a_page(alice, signed_in, query):
    answer = signed_in(alice).get(f"/pool/?{query}", follow=True)
    assert answer.status_code in (200, 404)
