"""People at a customer and their numbers: kept, archived, brought back; one of them is asked first."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from core.exceptions import NotAllowed
from customers.inputs import ContactData, PointData
from customers.models import Contact, ContactPoint
from customers.services import (
    add_collaborator,
    archive_contact,
    archive_customer,
    restore_contact,
    save_contact,
)
from customers.services.errors import CustomerIsArchived
from tests.factories import make_contact, make_customer
from tests.refusals import refused, untouched
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(alice):
    return make_customer(alice, "Acme GmbH")


def primary(customer) -> list[str]:
    return list(customer.contacts.filter(is_primary=True, archived_at=None).values_list("name", flat=True))


def test_added(customer, alice, now):
    data = ContactData(
        "Eva Groß",
        title="Buyer",
        is_decision_maker=True,
        preferred_channel="whatsapp",
        birthday=date(1980, 5, 1),
        custom={"floor": 3},
        points=[PointData("mobile", "0171 2345678"), PointData("email", "Eva@Acme.example", "work")],
    )
    contact = save_contact(customer=customer, data=data, by=alice, now=now)

    contact.refresh_from_db()
    assert (contact.name, contact.title, contact.is_decision_maker, contact.birthday) == (
        "Eva Groß",
        "Buyer",
        True,
        date(1980, 5, 1),
    )
    assert (contact.custom, contact.created_at, contact.is_primary) == ({"floor": 3}, now, True)
    assert [(point.value, point.normal, point.label) for point in contact.points.all()] == [
        ("0171 2345678", "+491712345678", ""),
        ("Eva@Acme.example", "eva@acme.example", "work"),
    ]
    event = customer.events.first()
    assert (event.kind, event.by, event.target_label, event.target_id) == (
        "contact.added",
        alice,
        "customers.contact",
        contact.pk,
    )
    before = customer.completeness
    customer.refresh_from_db()
    for word in ("evagross", "1712345678", "eva"):
        assert word in customer.search_text
        assert word not in customer.search_public
    assert (before, customer.completeness) == (100 // 13, 300 // 13)  # the country; a contact and a number too


def test_changed(customer, alice, now):
    contact = make_contact(customer, "Eva", email="eva@acme.example")
    point = contact.points.get()
    data = ContactData("Eva Groß", title="CEO", points=[PointData("email", "e.gross@acme.example")])
    save_contact(customer=customer, contact=contact, data=data, by=alice, now=now)

    contact.refresh_from_db()
    assert (contact.name, contact.title) == ("Eva Groß", "CEO")
    assert (contact.points.get().pk, contact.points.get().normal) == (point.pk, "e.gross@acme.example")
    event = customer.events.first()
    assert (event.kind, event.payload) == ("contact.changed", {"fields": ["name", "title", "points"]})
    customer.refresh_from_db()
    assert "egross" in customer.search_text.replace(".", "")
    assert "evaacme" not in customer.search_text.replace(".", "").replace("@", "")


def test_saving_what_stands_already_changes_nothing(customer, alice, now):
    contact = make_contact(customer, "Eva", email="eva@acme.example")
    data = ContactData("Eva", is_primary=True, points=[PointData("email", "eva@acme.example")])
    with untouched():
        save_contact(customer=customer, contact=contact, data=data, by=alice, now=now)


def test_who_may(customer, alice, bob, charlie, dana, root, now):
    contact = make_contact(customer, "Eva")
    verbs = (
        lambda by: save_contact(customer=customer, data=ContactData("New"), by=by, now=now),
        lambda by: save_contact(customer=customer, contact=contact, data=ContactData(by.name), by=by, now=now),
        lambda by: archive_contact(contact=contact, by=by, now=now),
        lambda by: restore_contact(contact=contact, by=by, now=now),
    )
    for verb in verbs:
        for person in (charlie, bob):
            with refused(NotAllowed):
                verb(person)
    add_collaborator(customer=customer, user=bob, role="assistant", by=alice, now=now)
    for verb in verbs:
        for person in (bob, dana, root):
            verb(person)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    for verb in verbs:
        with refused(CustomerIsArchived):
            verb(root)


def test_a_contact_of_another_customer_is_not_reached_through_ones_own(customer, alice, charlie, now):
    foreign = make_contact(make_customer(charlie), "Foreign")
    with refused(NotAllowed):
        save_contact(customer=customer, contact=foreign, data=ContactData("Mine"), by=alice, now=now)


def test_the_first_is_the_primary_one_until_another_is_made_it(customer, alice, now):
    eva, max_ = make_contact(customer, "Eva"), make_contact(customer, "Max")
    assert primary(customer) == ["Eva"]
    save_contact(customer=customer, contact=max_, data=ContactData("Max", is_primary=True), by=alice, now=now)
    assert primary(customer) == ["Max"]
    make_contact(customer, "Ina", is_primary=True)
    assert primary(customer) == ["Ina"]
    save_contact(customer=customer, contact=eva, data=ContactData("Eva"), by=alice, now=now)
    assert primary(customer) == ["Ina"]


def test_nobody_is_left_without_a_primary_one(customer, alice, now):
    eva, _max, ina = (make_contact(customer, name, is_decision_maker=name == "Ina") for name in ("Eva", "Max", "Ina"))
    save_contact(customer=customer, contact=eva, data=ContactData("Eva"), by=alice, now=now)  # unticked
    assert primary(customer) == ["Eva"]
    archive_contact(contact=eva, by=alice, now=now)
    assert primary(customer) == ["Ina"]  # who decides is asked before others
    archive_contact(contact=ina, by=alice, now=now)
    assert primary(customer) == ["Max"]
    restore_contact(contact=ina, by=alice, now=now)
    assert primary(customer) == ["Max"]
    archive_contact(contact=_max, by=alice, now=now)
    archive_contact(contact=ina, by=alice, now=now)
    restore_contact(contact=eva, by=alice, now=now)
    assert primary(customer) == ["Eva"]


def test_correcting_an_archived_one_takes_the_first_place_from_nobody(customer, alice, now):
    eva, _max = make_contact(customer, "Eva"), make_contact(customer, "Max")
    archive_contact(contact=eva, by=alice, now=now)
    saved = save_contact(customer=customer, contact=eva, data=ContactData("Eva G.", is_primary=True), by=alice, now=now)
    assert saved.archived_at == now  # an old page in the browser brings nobody back
    assert primary(customer) == ["Max"]


def test_archived_and_back(customer, alice, now):
    contact = make_contact(customer, "Eva", email="eva@acme.example")
    customer.refresh_from_db()
    full = customer.completeness
    archive_contact(contact=contact, by=alice, now=now)
    contact.refresh_from_db()
    customer.refresh_from_db()
    assert (contact.archived_at, contact.is_primary) == (now, False)
    assert "eva" not in customer.search_text
    assert customer.completeness < full
    assert customer.events.first().kind == "contact.archived"
    with untouched():
        archive_contact(contact=contact, by=alice, now=now)

    restore_contact(contact=contact, by=alice, now=now)
    customer.refresh_from_db()
    assert "eva" in customer.search_text
    assert customer.completeness == full
    assert customer.events.first().kind == "contact.restored"
    with untouched():
        restore_contact(contact=contact, by=alice, now=now)


def test_points_keep_their_ids_and_blank_ones_are_left_out(customer, alice, now):
    phone, mail = PointData("mobile", "+49 171 2345678"), PointData("email", "a@x.example")
    contact = make_contact(customer, "Eva", points=[phone, PointData("email", "  "), mail])
    ids = {point.kind: point.pk for point in contact.points.all()}
    assert set(ids) == {"mobile", "email"}

    def save(*points):
        save_contact(customer=customer, contact=contact, data=ContactData("Eva", points=points), by=alice, now=now)
        return {point.kind: point.pk for point in contact.points.all()}

    assert save(mail, phone) == ids
    assert save(PointData("email", "b@x.example"), phone) == ids
    twin = save(phone, PointData("email", "b@x.example"), PointData("wechat", "eva-g"))
    assert {kind: twin[kind] for kind in ids} == ids
    assert save() == {}


def test_two_equal_numbers_stay_two(customer):
    twice = [PointData("mobile", "+49 171 2345678", "day"), PointData("mobile", "+49 171 2345678", "night")]
    assert make_contact(customer, "Eva", points=twice).points.count() == 2


@pytest.mark.parametrize(
    ("kind", "value", "country", "normal"),
    [
        ("phone", "0221 1234567", "DE", "+492211234567"),
        ("whatsapp", "+86 139 1234 5678", "DE", "+8613912345678"),
        ("phone", "1234", "", ""),
        ("email", " Eva@ACME.example ", "", "eva@acme.example"),
        ("wechat", "Eva_G", "", "eva_g"),
    ],
)
def test_what_compares_and_dials(alice, now, kind, value, country, normal):
    customer = make_customer(alice, country=country, points=[PointData(kind, value)])
    assert customer.contact_points.get().normal == normal


def test_one_living_contact_is_primary_and_has_a_name_whatever_writes(customer, alice, now):
    make_contact(customer, "Eva")
    other = make_contact(customer, "Max")
    for change in ("is_primary = true", "name = ''"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE customers_contact SET {change} WHERE id = %s", [other.pk])


@pytest.mark.django_db(transaction=True)
def test_two_first_ones_at_once(alice, dana, now):
    customer = make_customer(alice)

    def add(name, by):
        data = ContactData(name, is_primary=True, points=[PointData("email", f"{name}@x.example")])
        return lambda: save_contact(customer=customer, data=data, by=by, now=now)

    assert errors(at_once([add("Eva", alice), add("Max", dana), add("Ina", alice)])) == []
    assert len(primary(customer)) == 1
    assert Contact.objects.count() == ContactPoint.objects.count() == 3
    customer.refresh_from_db()
    assert all(name in customer.search_text for name in ("eva", "max", "ina"))
