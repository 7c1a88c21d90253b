"""Tags come onto a customer and off it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from core.exceptions import NotAllowed
from customers.models import Tag
from customers.services import add_collaborator, add_tags, archive_customer, merge_tags, remove_tags
from customers.services.errors import CustomerIsArchived
from tests.factories import make_customer
from tests.refusals import refused, untouched
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(alice):
    return make_customer(alice, tags=["Old"])


def names(customer) -> list[str]:
    return sorted(tag.name for tag in customer.tags.all())


def test_added(customer, alice, now):
    add_tags(customer=customer, names=["VIP", " fair 2026 ", "", "old"], by=alice, now=now)
    assert names(customer) == ["Old", "VIP", "fair 2026"]
    event = customer.events.first()
    new = sorted(Tag.objects.exclude(name="Old").values_list("pk", flat=True))
    assert (event.kind, event.by, event.payload) == ("tags.changed", alice, {"added": new, "removed": []})
    with untouched():
        add_tags(customer=customer, names=["vip", "OLD"], by=alice, now=now)


def test_removed(customer, alice, now):
    old = Tag.objects.get()
    with untouched():
        remove_tags(customer=customer, names=["VIP", "ol"], by=alice, now=now)
    remove_tags(customer=customer, names=[" oLD "], by=alice, now=now)
    assert names(customer) == []
    assert customer.events.first().payload == {"added": [], "removed": [old.pk]}
    assert Tag.objects.filter(name="Old").exists()  # others may want it


def test_a_tag_of_others_is_taken_and_a_long_one_cut(customer, alice, charlie, now):
    make_customer(charlie, tags=["VIP"])
    add_tags(customer=customer, names=["vip", "x" * 60], by=alice, now=now)
    assert names(customer) == ["Old", "VIP", "x" * 40]


def test_who_may(customer, alice, bob, charlie, dana, root, now):
    for person in (charlie, bob):
        with refused(NotAllowed):
            add_tags(customer=customer, names=["x"], by=person, now=now)
        with refused(NotAllowed):
            remove_tags(customer=customer, names=["Old"], by=person, now=now)
    add_collaborator(customer=customer, user=bob, role="assistant", by=alice, now=now)
    for person in (bob, dana, root):
        add_tags(customer=customer, names=["x"], by=person, now=now)
        remove_tags(customer=customer, names=["x"], by=person, now=now)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    for verb in (add_tags, remove_tags):
        with refused(CustomerIsArchived):
            verb(customer=customer, names=["Old"], by=root, now=now)


def test_merged(alice, charlie, root, now):
    both, one = make_customer(alice, tags=["VIP", "V.I.P."]), make_customer(charlie, tags=["V.I.P."])
    keep, gone = (Tag.objects.get(name=name) for name in ("VIP", "V.I.P."))
    stale = Tag.objects.get(pk=gone.pk)

    assert merge_tags(keep=keep, gone=gone, by=root, now=now) == 2
    assert [names(customer) for customer in (both, one)] == [["VIP"], ["VIP"]]
    assert [tag.name for tag in Tag.objects.all()] == ["VIP"]
    payloads = [customer.events.get(kind="tags.changed").payload for customer in (both, one)]
    assert payloads == [{"added": [], "removed": [stale.pk]}, {"added": [keep.pk], "removed": [stale.pk]}]
    with untouched():
        assert merge_tags(keep=keep, gone=stale, by=root, now=now) == 0
        assert merge_tags(keep=stale, gone=keep, by=root, now=now) == 0


def test_only_admins_merge(customer, cast, now):
    add_tags(customer=customer, names=["VIP"], by=cast["alice"], now=now)
    keep, gone = Tag.objects.all()
    for name in ("alice", "bob", "charlie", "dana"):
        with refused(NotAllowed):
            merge_tags(keep=keep, gone=gone, by=cast[name], now=now)
    with refused(NotAllowed):
        merge_tags(keep=keep, gone=keep, by=cast["root"], now=now)


def test_one_word_is_one_tag_whatever_writes(customer):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO customers_tag (name) VALUES ('OLD')")


@pytest.mark.django_db(transaction=True)
def test_two_merged_into_each_other_at_once(alice, root, now):
    customer = make_customer(alice, tags=["one", "two"])
    one, two = Tag.objects.order_by("name")
    results = at_once(
        [
            lambda keep=keep, gone=gone: merge_tags(keep=keep, gone=gone, by=root, now=now)
            for keep, gone in ((one, two), (two, one))
        ]
    )
    assert sorted(results) == [0, 1]
    assert customer.tags.count() == Tag.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_new_tags_in_any_order_at_once(alice, now):
    customers = [make_customer(alice) for _number in range(6)]
    words = ["alpha", "Beta", "GAMMA", "delta"]

    def act(number):
        mine = [word.upper() if number % 2 else word.lower() for word in words]
        mine = mine[::-1] if number % 3 else mine
        return lambda: add_tags(customer=customers[number], names=mine, by=alice, now=now)

    assert errors(at_once([act(number) for number in range(6)])) == []
    assert Tag.objects.count() == 4
    assert all(customer.tags.count() == 4 for customer in customers)
