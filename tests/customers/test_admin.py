"""Do staff keep the firm's words and repair customers without going round the services?"""

from __future__ import annotations

import pghistory
import pytest
from django.utils import timezone

from core.models import CustomField
from customers import ledger
from customers.models import (
    Category,
    CategoryDimension,
    Customer,
    Event,
    EventDelivery,
    OwnershipPeriod,
    Pool,
    Source,
    Status,
    Tag,
)
from customers.services import add_tags, update_customer
from customers.services.ownership import open_period
from tests.factories import make_contact, make_customer

LIST = "/admin/customers/customer/"


@pytest.fixture
def staff(root, signed_in):
    return signed_in(root)


def in_pool(owner, name: str, **data) -> Customer:
    customer = make_customer(owner, name, **data)
    pool = Pool.objects.get(is_default=True)
    open_period(customer, pool=pool, reason="released", by=owner, now=timezone.now())
    return customer


# --- words of the firm ---------------------------------------------------------------------------------


def test_what_rules_know_and_what_is_used_stays(staff, alice):
    make_customer(alice, source=Source.objects.get(key="visit").pk)
    for row, answer in (
        (Status.objects.get(key="lost"), 403),
        (Status.objects.get(key="potential"), 403),
        (Status.objects.get(key="proposal"), 302),
        (Source.objects.get(key="visit"), 403),
        (Source.objects.get(key="agent"), 302),
        (Pool.objects.get(is_default=True), 403),
    ):
        url = f"/admin/customers/{row._meta.model_name}/{row.pk}/delete/"
        assert staff.post(url, {"post": "yes"}).status_code == answer, row


def test_a_known_key_is_not_changed(staff):
    lost = Status.objects.get(key="lost")
    form = {"name_en": "Gone", "name_zh": "流失", "key": "gone", "shape": "lost", "is_active": "on", "position": "6"}
    assert staff.post(f"/admin/customers/status/{lost.pk}/change/", form).status_code == 302
    lost.refresh_from_db()
    assert (lost.key, lost.name_en) == ("lost", "Gone")


def test_a_category_on_customers_is_not_removed(staff, alice):
    dimension = CategoryDimension.objects.get(key="industry")
    used, free = dimension.categories.all()[:2]
    make_customer(alice, categories=[used.pk])
    rows = list(dimension.categories.all())

    def form(gone: Category) -> dict:
        data = {"name_en": "Industry", "name_zh": "行业", "key": "industry", "is_active": "on", "position": "0"}
        data |= {"categories-TOTAL_FORMS": len(rows), "categories-INITIAL_FORMS": len(rows)}
        for number, row in enumerate(rows):
            base = f"categories-{number}-"
            data |= {f"{base}{name}": getattr(row, name) for name in ("id", "name_en", "name_zh", "key", "position")}
            data |= {f"{base}dimension": dimension.pk, f"{base}is_active": "on"}
            if row == gone:
                data[f"{base}DELETE"] = "on"
        return data

    url = f"/admin/customers/categorydimension/{dimension.pk}/change/"
    refused = staff.post(url, form(used))
    assert refused.status_code == 200
    assert "take it out of use instead" in refused.content.decode()
    assert staff.post(url, form(free)).status_code == 302
    assert set(dimension.categories.all()) == set(rows) - {free}


def test_two_tags_become_one(staff, root, alice, now):
    first, second = make_customer(alice), make_customer(alice)
    add_tags(customer=first, names=["LED", "led lights"], by=alice, now=now)
    add_tags(customer=second, names=["led lights"], by=alice, now=now)
    keep, gone = Tag.objects.get(name="LED"), Tag.objects.get(name="led lights")
    chosen = {"action": "merge", "_selected_action": [keep.pk, gone.pk]}
    asked = staff.post("/admin/customers/tag/", chosen)
    assert asked.status_code == 200
    assert Tag.objects.count() == 2
    staff.post("/admin/customers/tag/", chosen | {"act": "1", "keep": keep.pk})
    assert list(Tag.objects.all()) == [keep]
    assert list(first.tags.all()) == list(second.tags.all()) == [keep]
    payloads = dict(Event.objects.filter(kind="tags.changed", by=root).values_list("customer", "payload"))
    assert payloads == {
        first.pk: {"added": [], "removed": [gone.pk]},
        second.pk: {"added": [keep.pk], "removed": [gone.pk]},
    }


# --- customers -----------------------------------------------------------------------------------------


def test_a_list_of_any_size_costs_the_same(staff, alice, statements):
    def added(number: int) -> int:
        for _time in range(number):
            make_customer(alice)
        return statements(lambda: staff.get(LIST))

    added(1)
    assert added(1) == added(20)


@pytest.mark.parametrize(
    ("text", "found"), [("前海", True), ("qhlt", True), ("katrin", True), ("联拓2", False), ("vogel@", True)]
)
def test_search_finds_any_part(staff, alice, text, found):
    customer = make_customer(alice, "深圳市前海联拓供应链有限公司", country="CN")
    make_contact(customer, "Katrin Vogel", email="vogel@lt.example")
    make_customer(alice, "Other GmbH")
    shown = staff.get(LIST, {"q": text}).content.decode()
    assert ("前海联拓" in shown) == found
    assert "Other GmbH" not in shown


def test_in_a_pool_contact_data_is_masked_for_staff_too(staff, alice):
    customer = in_pool(alice, "Pooled GmbH", website="www.secret.example", address="Geheimweg 7")
    person = customer.contacts.create(name="Secret Person", created_at=timezone.now())
    page = staff.get(f"{LIST}{customer.pk}/change/").content.decode()
    assert "Pooled GmbH" in page
    for secret in ("secret.example", "Geheimweg", person.name):
        assert secret not in page
    assert "Pooled GmbH" in staff.get(LIST, {"q": "pooled"}).content.decode()
    assert "Pooled GmbH" not in staff.get(LIST, {"q": "secret.example"}).content.decode()
    assert "Geheimweg" not in staff.get(f"{LIST}{customer.pk}/history/").content.decode()


def test_transfer_and_archive_go_through_the_services(staff, root, alice, charlie):
    customer, other = make_customer(alice), make_customer(charlie)
    chosen = {"_selected_action": [customer.pk, other.pk], "action": "transfer"}
    assert staff.post(LIST, chosen).status_code == 200
    said = staff.post(LIST, chosen | {"act": "1", "to": charlie.pk, "reason": "Territory"}, follow=True)
    assert "Done with 1 row." in said.content.decode()
    assert "This person holds the customer already." in said.content.decode()
    customer.refresh_from_db()
    assert customer.owner == charlie
    assert OwnershipPeriod.objects.get(customer=customer, ended_at=None).by == root
    chosen |= {"action": "archive"}
    assert "This field is required" in staff.post(LIST, chosen | {"act": "1", "reason": ""}).content.decode()
    staff.post(LIST, chosen | {"act": "1", "reason": "Closed down"})
    assert set(Customer.objects.values_list("archive_reason", flat=True)) == {"Closed down"}


def test_nothing_of_a_customer_is_written_by_forms(staff, alice):
    customer = make_customer(alice, "Stays GmbH")
    url = f"{LIST}{customer.pk}/"
    assert staff.post(f"{url}change/", {"name": "Changed"}).status_code == 403
    assert staff.post(f"{url}delete/", {"post": "yes"}).status_code == 403
    assert staff.get(f"{LIST}add/").status_code == 403
    event = Event.objects.filter(customer=customer).first()
    assert staff.post(f"/admin/customers/event/{event.pk}/change/", {"kind": "x"}).status_code == 403
    customer.refresh_from_db()
    assert customer.name == "Stays GmbH"


def test_history_says_who_changed_what(staff, alice, now):
    customer = make_customer(alice, city="Köln")
    with pghistory.context(user=alice.pk):
        update_customer(customer=customer, changes={"city": "Bonn"}, by=alice, now=now)
    page = staff.get(f"{LIST}{customer.pk}/history/").content.decode()
    for word in ("Alice", "Köln", "Bonn"):
        assert word in page


def test_facts_are_made_anew(staff, alice):
    customer = make_customer(alice, "Werkzeug GmbH")
    Customer.objects.filter(pk=customer.pk).update(search_text="", completeness=99)
    staff.post(LIST, {"action": "recompute", "_selected_action": [customer.pk]})
    fresh = Customer.objects.get(pk=customer.pk)
    assert (fresh.search_text, fresh.completeness) == (customer.search_text, customer.completeness)


def test_own_fields_are_shown_in_words(staff, alice):
    CustomField.objects.create(target="customers.customer", key="stores", kind="number", name_en="Stores")
    customer = make_customer(alice, custom={"stores": 1200})
    assert "Stores: 1,200" in staff.get(f"{LIST}{customer.pk}/change/").content.decode()


# --- the spine -----------------------------------------------------------------------------------------


def test_parked_deliveries_are_tried_again(staff, alice, now):
    customer = make_customer(alice)
    event = ledger.append(kind="note.added", customer=customer, by=alice, at=now)
    parked = EventDelivery.objects.create(event=event, consumer="gone", attempts=5, error="x", parked_at=now)
    said = staff.post(
        "/admin/customers/eventdelivery/", {"action": "deliver_again", "_selected_action": [parked.pk]}, follow=True
    )
    assert "1 delivery is tried again." in said.content.decode()
    parked.refresh_from_db()
    assert (parked.parked_at, parked.attempts, parked.error) == (None, 0, "")


def test_the_ledger_of_one_customer(staff, alice):
    customer, other = make_customer(alice, "One GmbH"), make_customer(alice, "Two GmbH")
    page = staff.get("/admin/customers/event/", {"customer__id__exact": customer.pk}).content.decode()
    assert "One GmbH" in page
    assert other.name not in page
