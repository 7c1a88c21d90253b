"""One company, one record: which keys a header has, and whom they block. Other verbs' refusals stand in their tests."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from core.exceptions import DomainError
from customers.identity_keys import Key, keys_of, lock_keys, refresh_keys, refresh_many, taken_by
from customers.models import Customer, CustomerName, IdentityKey
from customers.services import add_header, remove_header, update_customer, update_header
from tests.factories import make_customer
from tests.refusals import untouched
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "name", "country", "code", "kinds"),
    [
        ("company", "Acme GmbH", "DE", "HRB77", ["code", "name"]),
        ("company", "Acme GmbH", "DE", "", ["name"]),
        ("company", "Acme GmbH", "", "HRB77", ["code"]),
        ("company", "Acme GmbH", "", "", []),
        ("person", "Ola Nordmann", "NO", "", []),
        ("person", "Ola Nordmann", "NO", "123", ["code"]),
    ],
)
def test_which_keys_a_header_has(kind, name, country, code, kinds):
    assert [str(key.kind) for key in keys_of(kind=kind, name=name, country=country, code=code)] == kinds


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Müller GmbH", "MULLER G.m.b.H.", True),
        ("Müller GmbH", "Müller AG", False),
        ("深圳市华为技术有限公司", "深圳市華為技術有限公司", True),
        ("Acme Co., Ltd.", "ACME CO LTD", True),
        ("Acme Co., Ltd.", "Acme Inc.", False),
    ],
)
def test_which_names_are_one(one, other, same):
    keys = [keys_of(kind="company", name=name, country="CN", code="") for name in (one, other)]
    assert (keys[0] == keys[1]) is same


def test_a_very_long_name_is_a_key_too(alice):
    name = "Ⅷ㌔" * 150  # compatibility characters fold to several letters
    customer = make_customer(alice, name)
    assert [len(key.value) <= 300 for key in customer.identity_keys.all()] == [True, True]


def test_codes_are_asked_for_before_names(alice, charlie):
    by_name = make_customer(alice, "Acme GmbH")
    by_code = make_customer(charlie, "Beta GmbH", code="HRB 77")
    keys = keys_of(kind="company", name="Acme GmbH", country="DE", code="HRB77")
    assert taken_by(keys).customer == by_code
    assert taken_by(keys, but={by_code.pk}).customer == by_name
    assert taken_by([]) is None


def test_written_anew_they_are_the_same(alice):
    customers = [make_customer(alice, f"Acme {n} GmbH", code=f"HRB {n}") for n in range(3)]
    add_header(
        customer=customers[0],
        name="Acme KG",
        kind="legal",
        country="AT",
        code="",
        by=alice,
        now=customers[0].created_at,
    )
    columns = ("kind", "value", "country", "exception", "target_id", "customer", "owner", "name_shown", "is_blocking")
    before = set(IdentityKey.objects.values_list(*columns))
    refresh_many(customers)
    refresh_keys(customers[1])
    assert set(IdentityKey.objects.values_list(*columns)) == before
    assert sorted(kind for kind, *_rest in before) == ["code"] * 3 + ["like"] * 4 + ["name"] * 4


def test_a_blocking_key_stands_once_whatever_writes(alice):
    make_customer(alice, "Acme GmbH", code="HRB 77")
    copy = (
        "INSERT INTO customers_identitykey"
        " (kind, value, country, exception, is_blocking, target_label, target_id, name_shown)"
        " SELECT kind, value, country, {exception}, {blocking}, target_label, target_id, name_shown"
        " FROM customers_identitykey WHERE kind = 'name'"
    )
    with pytest.raises(IntegrityError, match="blocking_key_once"), transaction.atomic():
        connection.cursor().execute(copy.format(exception="exception", blocking="true"))
    for exception, blocking in (("'other'", "true"), ("exception", "false")):  # kept apart, or a lead's
        connection.cursor().execute(copy.format(exception=exception, blocking=blocking))


def test_of_an_archived_customer_none_blocks(alice, now):
    customer = make_customer(alice)
    Customer.objects.filter(pk=customer.pk).update(owner=None, archived_at=now)
    customer.refresh_from_db()
    refresh_keys(customer)
    assert set(customer.identity_keys.values_list("kind", "is_blocking")) == {("name", False), ("like", False)}


def test_a_key_that_is_free_takes_no_row(alice):
    with untouched(), transaction.atomic():
        lock_keys([Key("name", "a", "DE"), Key("name", "a", "DE", "other code"), Key("code", "b", "")])


@pytest.mark.django_db(transaction=True)
def test_locks_wait_in_one_order_however_they_are_asked_for():
    keys = [Key("name", str(number), "DE") for number in range(12)]

    def act(mine):
        def run() -> None:
            for _time in range(15):
                with transaction.atomic():
                    lock_keys(mine)

        return run

    assert errors(at_once([act(keys), act(keys[::-1]), act(keys[5:] + keys[:5])])) == []


@pytest.mark.django_db(transaction=True)
def test_the_index_never_shows_through(alice, charlie, now):
    """Whatever is done to two customers of one name at once, the refusal is one in words."""
    one, two = make_customer(alice, "Acme GmbH"), make_customer(charlie, "Ola", kind="person", country="DE")
    second = add_header(customer=two, name="Beta KG", kind="legal", country="DE", code="", by=charlie, now=now)

    def rename(header, name, by):
        return lambda: update_header(header=header, name=name, kind="legal", country="DE", code="", by=by, now=now)

    acts = [
        rename(one.headers.get(), "Beta KG", alice),
        lambda: update_customer(customer=two, changes={"kind": "company"}, by=charlie, now=now),
        rename(second, "Acme GmbH", charlie),
        lambda: remove_header(header=second, by=charlie, now=now),
        rename(one.headers.get(), "Acme GmbH", alice),
        lambda: add_header(customer=two, name="Acme GmbH", kind="legal", country="DE", code="", by=charlie, now=now),
    ]
    for _round in range(3):
        assert all(isinstance(error, DomainError) for error in errors(at_once(acts)))
    two.refresh_from_db()
    for customer in (one, two):
        wanted = {
            (key.value, key.country)
            for header in CustomerName.objects.filter(customer=customer)
            for key in keys_of(
                kind=Customer.objects.get(pk=customer.pk).kind, name=header.name, country=str(header.country), code=""
            )
        }
        keys = customer.identity_keys.filter(is_blocking=True)
        assert set(keys.values_list("value", "country")) == wanted
