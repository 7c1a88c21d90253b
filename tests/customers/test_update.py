"""A customer is changed: only what people edit, told once, found anew."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.exceptions import NotAllowed
from customers.inputs import PointData
from customers.models import Category, Contact, ContactPoint, Customer, CustomerGroup, Source
from customers.services import add_collaborator, add_header, archive_customer, update_customer
from customers.services.errors import CustomerIsArchived, ExternalIdTaken, SameCompany, WrongCode
from tests.factories import make_contact, make_customer
from tests.refusals import refused, untouched
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db


def test_what_is_written(alice, now):
    customer = make_customer(alice, "Acme GmbH")
    source = Source.objects.get(key="referral")
    lighting = Category.objects.get(dimension__key="industry", key="lighting")

    updated = update_customer(
        customer=customer,
        changes={"city": "Köln", "source": source, "annual_purchase": Decimal("1000000.50"), "website": "acme.example"},
        tags=["VIP"],
        categories=[lighting],
        points=[PointData("email", "Info@acme.example")],
        by=alice,
        now=now,
    )

    assert (updated.city, updated.source, updated.annual_purchase) == ("Köln", source, Decimal("1000000.50"))
    assert updated.updated_at == now
    assert [tag.name for tag in updated.tags.all()] == ["VIP"]
    assert updated.categories.get() == lighting
    assert updated.contact_points.get().normal == "info@acme.example"
    event = updated.events.first()
    assert (event.kind, event.by, event.at) == ("customer.updated", alice, now)
    assert event.payload == {
        "fields": ["annual_purchase", "city", "source", "website", "tags", "categories", "contact_points"]
    }
    assert "acmeexample" in updated.search_text.replace(".", "")
    assert updated.completeness > customer.completeness
    # nobody keeps a customer by touching a field
    assert (updated.idle_since, updated.last_followed_at) == (customer.idle_since, None)


def test_each_change_of_a_field_stands_in_the_history(alice, now):
    customer = make_customer(alice, city="Bonn")
    update_customer(customer=customer, changes={"city": "Köln"}, by=alice, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT city FROM customers_customerhistory WHERE pgh_obj_id = %s", [customer.pk])
        assert cursor.fetchall() == [("Bonn",)]


def test_relations_are_given_as_rows_or_ids(alice, now):
    customer = make_customer(alice)
    source = Source.objects.get(key="referral")
    assert update_customer(customer=customer, changes={"source": source.pk}, by=alice, now=now).source == source
    assert update_customer(customer=customer, changes={"source": None}, by=alice, now=now).source is None


def test_what_is_left_out_stays(alice, now):
    customer = make_customer(alice, city="Bonn", tags=["VIP"], points=[PointData("email", "a@x.example")])
    update_customer(customer=customer, changes={"region": "NRW"}, by=alice, now=now)
    customer.refresh_from_db()
    assert (customer.city, customer.region) == ("Bonn", "NRW")
    assert customer.tags.count() == customer.contact_points.count() == 1


def test_saving_what_stands_already_changes_nothing(alice, now):
    customer = make_customer(
        alice, city="Bonn", tags=["VIP"], annual_purchase=Decimal(5), points=[PointData("email", "a@x.example")]
    )
    with untouched():
        update_customer(
            customer=customer,
            changes={"city": "Bonn", "country": customer.country, "source": None, "annual_purchase": Decimal("5.00")},
            tags=["vip"],
            categories=[],
            points=[PointData("email", "a@x.example ")],
            by=alice,
            now=now,
        )


def test_twice_in_a_row_is_told_once(alice, now):
    customer = make_customer(alice)
    for _time in range(2):
        update_customer(customer=customer, changes={"city": "Bonn"}, by=alice, now=now)
    assert customer.events.filter(kind="customer.updated").count() == 1


@pytest.mark.parametrize(
    "field", ["owner", "pool", "created_by", "status", "name", "idle_since", "owner__team", "grade"]
)
def test_what_people_do_not_edit_is_refused_as_a_mistake_of_ours(alice, now, field):
    customer = make_customer(alice)
    with untouched(), pytest.raises(ValueError, match=field):
        update_customer(customer=customer, changes={field: 1}, by=alice, now=now)


def test_who_may(alice, bob, charlie, dana, root, now):
    customer = make_customer(alice)
    with refused(NotAllowed):
        update_customer(customer=customer, changes={"city": "Bonn"}, by=charlie, now=now)
    with refused(NotAllowed):  # of the same team, but not his
        update_customer(customer=customer, changes={"city": "Bonn"}, by=bob, now=now)
    add_collaborator(customer=customer, user=bob, role="assistant", by=alice, now=now)
    for number, person in enumerate((alice, bob, dana, root)):
        update_customer(customer=customer, changes={"city": f"Bonn {number}"}, by=person, now=now)
    alice.is_active = False
    with refused(NotAllowed):
        update_customer(customer=customer, changes={"city": "Rom"}, by=alice, now=now)


def test_an_archived_one_is_not_changed(alice, dana, now):
    customer = make_customer(alice)
    archive_customer(customer=customer, reason="closed down", by=dana, now=now)
    with refused(CustomerIsArchived):
        update_customer(customer=customer, changes={"city": "Bonn"}, by=dana, now=now)


def test_the_country_carries_the_main_header_its_keys_and_the_phones_along(alice, now):
    customer = make_customer(alice, "Acme GmbH", points=[PointData("phone", "044 668 18 00")])
    contact = make_contact(customer, "Urs", points=[PointData("mobile", "079 123 45 67")])
    add_header(customer=customer, name="Acme BV", kind="trading", country="NL", code="", by=alice, now=now)

    customer = update_customer(customer=customer, changes={"country": "CH"}, by=alice, now=now)

    assert {header.name: str(header.country) for header in customer.headers.all()} == {
        "Acme GmbH": "CH",
        "Acme BV": "NL",
    }
    keys = customer.identity_keys.filter(is_blocking=True)
    assert sorted(keys.values_list("country", flat=True)) == ["CH", "NL"]
    assert customer.contact_points.get(contact=None).normal == "+41446681800"
    assert contact.points.get().normal == "+41791234567"
    assert "41446681800" in customer.search_text


def test_another_country_can_make_two_companies_one(alice, charlie, now):
    make_customer(charlie, "Acme GmbH", country="CH")
    customer = make_customer(alice, "Acme GmbH", country="DE")
    with refused(SameCompany, field="name"):
        update_customer(customer=customer, changes={"country": "CH"}, by=alice, now=now)


def test_another_country_can_make_a_code_wrong(alice, now):
    customer = make_customer(alice, country="AT", code="DE 136695978")
    with refused(WrongCode, field="code"):
        update_customer(customer=customer, changes={"country": "DE"}, by=alice, now=now)


def test_a_person_who_becomes_a_company_is_checked_with_every_header(alice, charlie, now):
    person = make_customer(alice, "Ola Nordmann", kind="person")
    add_header(customer=person, name="Nordmann AS", kind="trading", country="NO", code="", by=alice, now=now)
    rival = make_customer(charlie, "Nordmann AS", country="NO")
    with refused(SameCompany, field="name"):
        update_customer(customer=person, changes={"kind": "company"}, by=alice, now=now)
    Customer.objects.filter(pk=rival.pk).update(kind="person")
    rival.identity_keys.all().delete()
    for kind, blocking in (("company", 2), ("person", 0)):
        customer = update_customer(customer=person, changes={"kind": kind}, by=alice, now=now)
        assert customer.identity_keys.filter(is_blocking=True).count() == blocking


def test_an_external_id_stands_once(alice, charlie, now):
    make_customer(charlie, external_id="ERP-7")
    customer = make_customer(alice, external_id="ERP-8")
    with refused(ExternalIdTaken, field="external_id"):
        update_customer(customer=customer, changes={"external_id": "ERP-7"}, by=alice, now=now)
    update_customer(customer=customer, changes={"external_id": "ERP-8", "city": "Bonn"}, by=alice, now=now)
    update_customer(customer=customer, changes={"external_id": ""}, by=alice, now=now)


def test_a_foreign_group_is_refused_and_an_emptied_one_goes(alice, charlie, now):
    mine, other = (
        CustomerGroup.objects.create(name=person.name, created_by=person, created_at=now) for person in (alice, charlie)
    )
    customer = make_customer(alice)
    Customer.objects.filter(pk=customer.pk).update(group=mine)
    Customer.objects.filter(pk=make_customer(charlie).pk).update(group=other)
    with refused(NotAllowed):
        update_customer(customer=customer, changes={"group": other}, by=alice, now=now)
    update_customer(customer=customer, changes={"group": None}, by=alice, now=now)
    assert not CustomerGroup.objects.filter(pk=mine.pk).exists()


def test_points_keep_their_ids(alice, now):
    phone, mail = PointData("phone", "+49 221 1234567"), PointData("email", "a@x.example")
    customer = make_customer(alice, points=[phone, mail])
    ids = {point.kind: point.pk for point in customer.contact_points.all()}

    def save(*points):
        update_customer(customer=customer, changes={}, points=points, by=alice, now=now)
        return {point.kind: point.pk for point in customer.contact_points.all()}

    assert save(mail, phone) == ids  # moved
    assert [point.kind for point in customer.contact_points.all()] == ["email", "phone"]
    assert save(PointData("email", "b@x.example", "work"), phone) == ids  # replaced by one of its kind
    assert save(phone) == {"phone": ids["phone"]}  # the other one taken away
    assert save(PointData("fax", "+49 221 99"), phone)["phone"] == ids["phone"]


@pytest.mark.parametrize("people", [1, 40])
def test_the_number_of_statements_does_not_grow_with_contacts(alice, now, people):
    customer = make_customer(alice)
    Contact.objects.bulk_create(Contact(customer=customer, name=f"P {n}", created_at=now) for n in range(people))
    ContactPoint.objects.bulk_create(
        ContactPoint(customer=customer, contact=contact, kind="phone", value="0221 1234567")
        for contact in customer.contacts.all()
    )
    points = [PointData("email", f"{n}@x.example") for n in range(people)]
    with CaptureQueriesContext(connection) as queries:
        update_customer(
            customer=customer, changes={"city": "Bonn", "country": "AT"}, points=points, tags=["a"], by=alice, now=now
        )
    assert len(queries) == 39


@pytest.mark.django_db(transaction=True)
def test_two_at_once_lose_nothing(alice, dana, now):
    customer = make_customer(alice)
    results = at_once(
        [
            lambda: update_customer(customer=customer, changes={"city": "Bonn"}, by=alice, now=now),
            lambda: update_customer(customer=customer, changes={"region": "NRW"}, by=dana, now=now),
        ]
    )
    assert errors(results) == []
    customer.refresh_from_db()
    assert (customer.city, customer.region) == ("Bonn", "NRW")
    assert customer.events.filter(kind="customer.updated").count() == 2
