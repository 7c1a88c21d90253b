"""Names and codes of a customer: added, corrected, made the main one, removed."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from core.exceptions import NotAllowed
from customers.inputs import CustomerData, PointData
from customers.models import Customer, CustomerName, IdentityKey
from customers.services import (
    add_collaborator,
    add_header,
    archive_customer,
    create_customer,
    make_main,
    remove_header,
    update_header,
)
from customers.services.errors import CustomerIsArchived, LastHeader, SameCompany, WrongCode
from customers.services.headers import HeaderIsGone
from tests.factories import make_customer
from tests.refusals import refused, untouched
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db

GOOD, BAD = "914403001922038216", "914403001922038261"


@pytest.fixture
def customer(alice) -> Customer:
    return make_customer(alice, "Acme GmbH")


@pytest.fixture
def add(customer, alice, now):
    def add(name="Acme Export KG", *, to=None, kind="trading", country="DE", code="", by=alice) -> CustomerName:
        return add_header(customer=to or customer, name=name, kind=kind, country=country, code=code, by=by, now=now)

    return add


def change(header: CustomerName, by, now, **fields) -> CustomerName:
    values = {"name": header.name, "kind": header.kind, "country": str(header.country), "code": header.code} | fields
    return update_header(header=header, by=by, now=now, **values)


def test_added(customer, add, alice, now):
    header = add("深圳市极光科技有限公司", country="CN", code=" 9144 0300 1922 0382 16 ", kind="legal")

    assert (header.code, header.is_main, header.created_at) == (GOOD, False, now)
    event = customer.events.first()
    assert (event.kind, event.by, event.target_id) == ("header.added", alice, header.pk)
    keys = customer.identity_keys.filter(is_blocking=True)
    assert set(keys.values_list("kind", "country")) == {("name", "DE"), ("code", ""), ("name", "CN")}
    customer.refresh_from_db()
    assert customer.name == "Acme GmbH"
    assert "szsjgkj" in customer.search_text
    assert "极光" in customer.search_public
    assert GOOD.lower() in customer.search_text
    assert GOOD.lower() not in customer.search_public


def test_a_wrong_code_is_refused_and_the_right_one_taken(add):
    with refused(WrongCode, field="code"):
        add("极光科技有限公司", country="CN", code=BAD)
    assert add("极光科技有限公司", country="CN", code=GOOD).code == GOOD


def test_corrected(customer, add, alice, now):
    header = add()
    change(header, alice, now, name="Acme Handels KG", country="AT")

    header.refresh_from_db()
    assert (header.name, str(header.country)) == ("Acme Handels KG", "AT")
    assert customer.events.first().kind == "header.changed"
    customer.refresh_from_db()
    assert (customer.name, str(customer.country)) == ("Acme GmbH", "DE")
    assert "acmehandelskg" in customer.search_text
    assert "acmeexport" not in customer.search_text
    assert set(customer.identity_keys.values_list("name_shown", flat=True)) == {"Acme GmbH", "Acme Handels KG"}


def test_the_main_header_carries_name_country_and_phones_along(alice, now):
    customer = make_customer(alice, "Acme GmbH", points=[PointData("phone", "044 668 18 00")])
    change(customer.headers.get(), alice, now, name="Acme AG", country="CH")
    customer.refresh_from_db()
    assert (customer.name, str(customer.country), customer.updated_at) == ("Acme AG", "CH", now)
    assert customer.contact_points.get().normal == "+41446681800"


def test_correcting_nothing_tells_nothing(customer, add, alice, now):
    header = add(code="HRB 77")
    with untouched():
        change(header, alice, now, code=" hrb-77")


def test_made_the_main_one(customer, add, alice, now):
    header = add("Acme AG", country="CH")
    make_main(header=header, by=alice, now=now)

    customer.refresh_from_db()
    assert (customer.name, str(customer.country)) == ("Acme AG", "CH")
    assert list(customer.headers.values_list("name", "is_main")) == [("Acme AG", True), ("Acme GmbH", False)]
    event = customer.events.first()
    assert (event.kind, event.target_id) == ("header.main", header.pk)
    with untouched():
        make_main(header=header, by=alice, now=now)


def test_removed(customer, add, charlie, alice, now):
    header = add()
    remove_header(header=header, by=alice, now=now)

    assert customer.headers.get().name == "Acme GmbH"
    event = customer.events.first()
    assert (event.kind, event.payload) == ("header.removed", {"header": header.pk})
    customer.refresh_from_db()
    assert "export" not in customer.search_text
    assert make_customer(charlie, "Acme Export KG")  # its key is free


def test_the_main_header_cannot_be_removed(customer, alice, now):
    with refused(LastHeader):
        remove_header(header=customer.headers.get(), by=alice, now=now)


def test_what_was_removed_meanwhile_is_said(add, alice, now):
    header = add()
    remove_header(header=CustomerName.objects.get(pk=header.pk), by=alice, now=now)
    with refused(HeaderIsGone):
        remove_header(header=header, by=alice, now=now)
    with refused(HeaderIsGone):
        change(header, alice, now, name="X")
    with refused(HeaderIsGone):
        make_main(header=header, by=alice, now=now)


def test_who_may(customer, add, bob, charlie, dana, root, alice, now):
    header = add()
    verbs = (
        lambda by: add("Acme BV", by=by),
        lambda by: change(header, by, now, name=f"Acme {by.username}"),
        lambda by: make_main(header=header, by=by, now=now),
        lambda by: remove_header(header=header, by=by, now=now),
    )
    for verb in verbs:
        for person in (charlie, bob):
            with refused(NotAllowed):
                verb(person)
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    for person in (bob, dana, root):
        verbs[1](person)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    for verb in verbs:
        with refused(CustomerIsArchived):
            verb(root)


def test_a_company_that_stands_already_is_refused(customer, add, charlie, alice, now):
    other = make_customer(charlie, "Beta GmbH", code=GOOD, country="CN")
    with refused(SameCompany, field="name"):
        add("Beta GmbH", country="CN")
    with refused(SameCompany, field="code"):
        add("Gamma GmbH", country="CN", code=GOOD)
    header = add()
    with refused(SameCompany, field="name"):
        change(header, alice, now, name="Beta GmbH", country="CN")
    with refused(SameCompany, field="name"):
        change(other.headers.get(), charlie, now, name="ACME EXPORT KG", country="DE", code="")


def test_two_headers_of_one_customer_may_be_one_name(customer, add):
    add("Acme GmbH", kind="legal")
    add("ACME G.m.b.H.", code="HRB 77", kind="former")
    assert set(customer.identity_keys.filter(kind="name").values_list("exception", flat=True)) == {"", "HRB77"}


def test_a_code_told_later_lets_a_namesake_in(customer, alice, charlie, now):
    change(customer.headers.get(), alice, now, code="HRB 77")
    data = CustomerData("Acme GmbH", country="DE", code="HRB 78")
    namesake = create_customer(data=data, by=charlie, now=now)
    for code, field in (("", "name"), ("HRB 78", "code")):  # and now neither may lose its own
        with refused(SameCompany, field=field):
            change(customer.headers.get(), alice, now, code=code)
    assert namesake.identity_keys.filter(is_blocking=True).count() == 2


def test_a_customer_has_one_main_header_whatever_writes(customer, add):
    header = add()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customername SET is_main = true WHERE id = %s", [header.pk])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customername SET name = '' WHERE id = %s", [header.pk])


@pytest.mark.django_db(transaction=True)
def test_one_name_at_two_customers_at_once_comes_to_one(alice, charlie, now):
    customers = [make_customer(alice), make_customer(charlie)]

    def act(customer):
        return lambda: add_header(
            customer=customer, name="Acme GmbH", kind="legal", country="DE", code=GOOD, by=customer.owner, now=now
        )

    results = at_once([act(customer) for customer in customers * 4])
    assert {type(error) for error in errors(results)} == {SameCompany}
    winner = CustomerName.objects.filter(name="Acme GmbH").values_list("customer", flat=True).distinct().get()
    assert set(IdentityKey.objects.filter(name_shown="Acme GmbH").values_list("customer", flat=True)) == {winner}


@pytest.mark.django_db(transaction=True)
def test_two_headers_made_the_main_one_at_once(alice, now):
    customer = make_customer(alice)
    headers = [
        add_header(customer=customer, name=name, kind="legal", country="DE", code="", by=alice, now=now)
        for name in ("Acme KG", "Acme SE")
    ]
    acts = [lambda one=one: make_main(header=one, by=alice, now=now) for one in headers]
    acts += [lambda one=one: remove_header(header=one, by=alice, now=now) for one in headers]
    assert {type(error) for error in errors(at_once(acts))} <= {LastHeader, HeaderIsGone}
    customer.refresh_from_db()
    assert customer.headers.get(is_main=True).name == customer.name
