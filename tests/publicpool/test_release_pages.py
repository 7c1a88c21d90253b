"""Can a customer be given back in two steps, is everything told before, and can it be taken back?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Collaborator, Customer, Pool
from publicpool.models import Release, ReleaseReason
from publicpool.services import claim_customer, undo_release
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


def release_url(customer: Customer) -> str:
    return reverse("publicpool:release", args=[customer.pk])


def test_the_page_offers_it_and_the_dialog_names_what_ends(alice, bob, signed_in, pool):
    customer = make_customer(alice)
    Collaborator.objects.create(
        customer=customer, user=bob, role="collaborator", added_by=alice, added_at=timezone.now()
    )
    client = signed_in(alice)
    assert release_url(customer) in client.get(customer.get_absolute_url()).content.decode()
    said = client.get(release_url(customer)).content.decode()
    assert "1 collaboration ends" in said
    assert f"<b>{pool}</b>" in said


def test_it_goes_back_to_the_list_as_it_stood_with_the_way_to_take_it_back(alice, signed_in, reason):
    customer = make_customer(alice, "Hafenlicht GmbH")
    client = signed_in(alice)
    answer = client.post(release_url(customer), {"reason": reason.pk, "in": "m=1&sort=name&page=2"})
    assert answer.url == "/customers/?m=1&sort=name&page=2"
    # The dialog fetches the next page first; what is said must not be lost on it.
    client.get(answer.url, headers={"x-in-dialog": "1"})
    said = client.get(answer.url).content.decode()
    release = Release.objects.get()
    undo = reverse("publicpool:release_undo", args=[release.pk])
    assert undo in said
    assert "Hafenlicht GmbH went to" in said
    assert undo not in client.get("/customers/").content.decode()
    assert client.post(undo).url == customer.get_absolute_url()
    assert client.get(customer.get_absolute_url()).status_code == 200
    assert client.post(undo).status_code == 302


def test_who_sends_it_twice_is_led_where_the_first_was(alice, signed_in, reason):
    customer = make_customer(alice)
    client = signed_in(alice)
    answers = [client.post(release_url(customer), {"reason": reason.pk}) for _n in range(2)]
    assert [answer.url for answer in answers] == ["/customers/", "/customers/"]
    assert Release.objects.count() == 1


def test_a_reason_that_asks_for_words_gets_them(alice, signed_in):
    customer = make_customer(alice)
    client = signed_in(alice)
    other = ReleaseReason.objects.get(key="other")
    assert client.post(release_url(customer), {}).status_code == 422
    assert client.post(release_url(customer), {"reason": other.pk}).status_code == 422
    assert client.post(release_url(customer), {"reason": other.pk, "note": "They moved"}).status_code == 302
    assert Release.objects.get().note == "They moved"


def test_another_pool_of_ones_own_can_be_chosen_and_no_other(alice, signed_in, pool, reason):
    mine = Pool.objects.create(name_en="Europe", is_for_all=True)
    strange = Pool.objects.create(name_en="Secret")
    first, second = make_customer(alice), make_customer(alice)
    client = signed_in(alice)
    assert client.post(release_url(first), {"reason": reason.pk, "pool": strange.pk}).status_code == 422
    client.post(release_url(first), {"reason": reason.pk, "pool": mine.pk})
    client.post(release_url(second), {"reason": reason.pk})
    assert {one.pk: one.pool for one in Customer.objects.filter(pool__isnull=False)} == {
        first.pk: mine,
        second.pk: pool,
    }


def test_strangers_colleagues_and_wrong_methods(alice, bob, charlie, dana, root, signed_in, reason, now):
    customer = make_customer(alice)
    Collaborator.objects.create(customer=customer, user=bob, role="collaborator", added_by=alice, added_at=now)
    data = {"reason": reason.pk}
    for person, status in ((charlie, 404), (bob, 403)):
        client = signed_in(person)
        assert client.get(release_url(customer)).status_code == status
        assert client.post(release_url(customer), data).status_code == status
        assert release_url(customer) not in client.get(customer.get_absolute_url()).content.decode()
    assert signed_in(dana).post(release_url(customer), data).status_code == 302
    release = Release.objects.get()
    undo = reverse("publicpool:release_undo", args=[release.pk])
    assert signed_in(dana).get(undo).status_code == 405
    for person in (alice, charlie, root):
        assert signed_in(person).post(undo).status_code == 404
    assert release.former == alice


def test_what_somebody_took_meanwhile_stays_theirs(alice, bob, signed_in, reason):
    customer = make_customer(alice)
    client = signed_in(alice)
    client.post(release_url(customer), {"reason": reason.pk})
    claim_customer(customer=customer, by=bob, now=timezone.now())
    undo = reverse("publicpool:release_undo", args=[Release.objects.get().pk])
    answer = client.post(undo)
    assert answer.status_code == 409
    assert "Somebody has taken the customer meanwhile." in answer.content.decode()
    customer.refresh_from_db()
    assert customer.owner == bob


def test_after_ten_minutes_it_is_too_late(alice, signed_in, reason):
    customer = make_customer(alice)
    client = signed_in(alice)
    client.post(release_url(customer), {"reason": reason.pk})
    release = Release.objects.get()
    Release.objects.update(released_at=timezone.now() - timedelta(minutes=11))
    assert client.post(reverse("publicpool:release_undo", args=[release.pk])).status_code == 409


def test_many_at_once_each_with_its_result_and_one_way_back(alice, bob, dana, signed_in, reason, now):
    mine = [make_customer(alice, f"Firma {n} GmbH") for n in range(2)]
    shared = make_customer(bob, "Geteilt GmbH")
    Collaborator.objects.create(customer=shared, user=alice, role="collaborator", added_by=bob, added_at=now)
    client = signed_in(alice)
    assert reverse("customers:bulk", args=["release"]) in client.get("/customers/?view=all").content.decode()
    chosen = {"pk": [one.pk for one in (*mine, shared)]}
    first = client.post("/customers/bulk/release/", chosen)
    assert "3 customers</b> are selected" in first.content.decode()
    assert client.post("/customers/bulk/release/", chosen | {"go": "1"}).status_code == 422
    sent = chosen | {"go": "1", "reason": reason.pk}
    said = client.post("/customers/bulk/release/", sent, headers={"x-in-dialog": "1"}).content.decode()
    assert "2 done" in said
    assert "1 refused" in said
    # Whoever gave it away sees it no more: no link leads there.
    assert mine[0].get_absolute_url() not in said
    assert Release.objects.count() == 2
    shared.refresh_from_db()
    assert shared.owner == bob
    page = client.get("/customers/").content.decode()
    assert "2 customers went to the pool." in page
    claim_customer(customer=mine[1], by=bob, now=timezone.now())
    back = client.post(reverse("publicpool:release_undo", args=[Release.objects.earliest("pk").pk]), follow=True)
    assert "Somebody has taken the customer meanwhile." in back.content.decode()
    for one, owner in ((mine[0], alice), (mine[1], bob)):
        one.refresh_from_db()
        assert one.owner == owner


def test_an_undone_release_can_be_made_again(alice, signed_in, reason):
    customer = make_customer(alice)
    client = signed_in(alice)
    client.post(release_url(customer), {"reason": reason.pk})
    undo_release(release=Release.objects.get(), by=alice, now=timezone.now())
    assert client.get(release_url(customer)).status_code == 200
    client.post(release_url(customer), {"reason": reason.pk})
    customer.refresh_from_db()
    assert customer.owner is None
