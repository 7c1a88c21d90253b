"""A customer is entered: what is written, by whom, and what is refused."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification
from core.exceptions import NotAllowed
from customers.inputs import ContactData, CustomerData, PointData
from customers.models import Category, Customer, CustomerGroup, IdentityKey, OwnershipPeriod, Source, Tag
from customers.services import add_header, create_customer
from customers.services.errors import ExternalIdTaken, PersonIsGone, SameCompany, WrongCode
from tests.factories import make_customer
from tests.refusals import refused
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db

GOOD_VAT, BAD_VAT = "DE 136 695 976", "DE136695978"


def whole() -> CustomerData:
    return CustomerData(
        name="Müller Werkzeuge GmbH",
        country="DE",
        code=GOOD_VAT,
        city="Köln",
        website="mueller.example",
        size="11-50",
        source=Source.objects.get(key="referral").pk,
        categories=[Category.objects.get(dimension__key="industry", key="lighting").pk],
        tags=["VIP", " vip ", "Canton 2026"],
        custom={"floor": 3},
        points=[
            PointData("phone", "0221 1234567"),
            PointData("email", "  Info@Mueller.Example "),
            PointData("fax", " "),
        ],
        contacts=[
            ContactData("Jürgen Klein", title="CFO"),
            ContactData("Eva Groß", is_primary=True, points=[PointData("whatsapp", "+49 171 2345678", "private")]),
        ],
    )


def test_it_is_written_with_all_that_hangs_on_it(alice, now):
    customer = create_customer(data=whole(), by=alice, now=now)

    assert (customer.name, str(customer.country), customer.city) == ("Müller Werkzeuge GmbH", "DE", "Köln")
    assert customer.status.key == "potential"
    assert customer.status_at == customer.created_at == customer.updated_at == now
    assert customer.created_by == alice
    assert customer.custom == {"floor": 3}
    assert customer.source.key == "referral"
    assert [one.key for one in customer.categories.all()] == ["lighting"]
    assert sorted(tag.name.lower() for tag in customer.tags.all()) == ["canton 2026", "vip"]

    header = customer.headers.get()
    assert (header.name, header.is_main, str(header.country)) == (customer.name, True, "DE")
    assert header.code == "DE136695976"

    change = customer.status_changes.get()
    assert (change.before, change.after.key, change.by) == (None, "potential", alice)

    own = customer.contact_points.filter(contact=None).order_by("position")
    assert [(point.kind, point.value, point.normal) for point in own] == [
        ("phone", "0221 1234567", "+492211234567"),
        ("email", "Info@Mueller.Example", "info@mueller.example"),
    ]
    assert [(contact.name, contact.is_primary) for contact in customer.contacts.all()] == [
        ("Eva Groß", True),
        ("Jürgen Klein", False),
    ]
    point = customer.contacts.get(name="Eva Groß").points.get()
    assert (point.normal, point.label, point.customer) == ("+491712345678", "private", customer)


def test_who_enters_it_holds_it_from_now_on(alice, now):
    customer = create_customer(data=whole(), by=alice, now=now)

    period = customer.periods.get()
    assert (period.owner, period.pool, period.started_at, period.ended_at) == (alice, None, now, None)
    assert (period.reason, period.by) == ("created", alice)
    assert (customer.owner, customer.pool) == (alice, None)
    assert customer.owned_since == customer.idle_since == now
    assert customer.last_followed_at is None

    event = customer.events.get()
    assert (event.kind, event.by, event.at, event.payload) == ("customer.created", alice, now, {"owner": alice.pk})
    assert (event.target_label, event.target_id) == ("customers.ownershipperiod", period.pk)
    assert not Notification.objects.exists()


def test_it_is_found_by_everything_that_was_said(alice, now):
    text = create_customer(data=whole(), by=alice, now=now).search_text

    for part in (
        "mullerwerkzeuge",
        "muellerwerkzeuge",
        "jurgenklein",
        "evagross",
        "info@mueller.example",
        "de136695976",
    ):
        assert part.replace("@", "").replace(".", "") in text.replace("@", "").replace(".", "")
    assert "2211234567" in text
    assert "491712345678" in text


def test_its_code_and_name_are_keys(alice, now):
    customer = create_customer(data=whole(), by=alice, now=now)

    keys = {key.kind: key for key in customer.identity_keys.filter(is_blocking=True)}
    assert set(keys) == {"code", "name"}
    assert all(key.is_blocking and key.owner == alice and key.name_shown == customer.name for key in keys.values())
    assert (keys["code"].value, keys["name"].country, keys["name"].exception) == ("DE136695976", "DE", "DE136695976")


def test_a_person_or_a_company_without_country_has_no_name_key(alice, now):
    for data in (CustomerData("Ola Nordmann", kind="person", country="NO"), CustomerData("Nowhere Ltd")):
        assert not create_customer(data=data, by=alice, now=now).identity_keys.filter(is_blocking=True).exists()
        create_customer(data=data, by=alice, now=now)  # so a second of the name is nobody's business here


def test_a_manager_enters_for_the_own_people_and_they_are_told(alice, bob, charlie, dana, now):
    customer = create_customer(data=CustomerData("Acme Inc.", country="US"), by=dana, owner=bob, now=now)

    assert (customer.owner, customer.created_by) == (bob, dana)
    notice = Notification.objects.get()
    assert (notice.kind, notice.recipient, notice.actor, notice.target_id) == ("customer_given", bob, dana, customer.pk)
    with refused(NotAllowed):
        create_customer(data=CustomerData("Beta Inc.", country="US"), by=dana, owner=charlie, now=now)
    with refused(NotAllowed):
        create_customer(data=CustomerData("Beta Inc.", country="US"), by=alice, owner=bob, now=now)


def test_an_admin_enters_for_anybody_who_works_here(charlie, root, now):
    assert create_customer(data=CustomerData("Acme Inc."), by=root, owner=charlie, now=now).owner == charlie
    charlie.is_active = False
    charlie.save()
    with refused(PersonIsGone, field="owner"):
        create_customer(data=CustomerData("Beta Inc."), by=root, owner=charlie, now=now)
    with refused(NotAllowed):
        create_customer(data=CustomerData("Beta Inc."), by=charlie, now=now)


def test_an_imported_one_is_told_as_imported_and_troubles_nobody(bob, dana, now):
    customer = create_customer(
        data=CustomerData("Acme Inc."), by=dana, owner=bob, now=now, reason=OwnershipPeriod.Reason.IMPORTED
    )
    assert customer.events.get().kind == "customer.imported"
    assert customer.periods.get().reason == "imported"
    assert not Notification.objects.exists()


@pytest.mark.parametrize("name", ["Müller Werkzeuge GmbH", "MÜLLER-WERKZEUGE GMBH", "Muller Werkzeuge, G.m.b.H."])
def test_the_same_company_twice_is_refused_with_owner_and_status(alice, charlie, now, name):
    make_customer(alice, "Müller Werkzeuge GmbH")
    with refused(SameCompany, field="name") as caught:
        create_customer(data=CustomerData(name, country="DE"), by=charlie, now=now)
    words = str(caught.value)
    assert "Alice" in words
    assert "Potential" in words


def test_twice_in_a_row(alice, now):
    create_customer(data=whole(), by=alice, now=now)
    with refused(SameCompany, field="code"):
        create_customer(data=whole(), by=alice, now=now)


def test_the_same_code_under_any_name_in_any_country_is_refused(alice, charlie, now):
    make_customer(alice, "Müller GmbH", code=GOOD_VAT)
    for country in ("DE", "KZ", ""):
        with refused(SameCompany, field="code") as caught:
            create_customer(data=CustomerData("Other SARL", country=country, code="DE136695976"), by=charlie, now=now)
        assert "Müller GmbH" in str(caught.value)


def test_one_name_with_two_different_codes_are_two_companies(alice, charlie, now):
    make_customer(alice, "Schmidt GmbH", code=GOOD_VAT)
    assert create_customer(data=CustomerData("Schmidt GmbH", country="DE", code="HRB 77"), by=charlie, now=now)
    with refused(SameCompany, field="name"):  # a third without code may be either
        create_customer(data=CustomerData("Schmidt GmbH", country="DE"), by=charlie, now=now)


def test_one_name_of_which_only_one_has_a_code_is_one_company(alice, charlie, now):
    make_customer(alice, "Schmidt GmbH")
    with refused(SameCompany, field="name"):
        create_customer(data=CustomerData("Schmidt GmbH", country="DE", code=GOOD_VAT), by=charlie, now=now)


def test_another_form_country_or_person_is_no_refusal(alice, charlie, now):
    make_customer(alice, "Schmidt GmbH")
    for data in (
        CustomerData("Schmidt AG", country="DE"),
        CustomerData("Schmidt GmbH", country="AT"),
        CustomerData("Schmidt GmbH", country=""),
        CustomerData("Schmidt GmbH", country="DE", kind="person"),
    ):
        create_customer(data=data, by=charlie, now=now)


def test_a_name_that_stands_as_second_header_is_taken_too(alice, charlie, now):
    customer = make_customer(alice, "Schmidt GmbH")
    add_header(customer=customer, name="Schmidt Export KG", kind="trading", country="DE", code="", by=alice, now=now)
    with refused(SameCompany, field="name") as caught:
        create_customer(data=CustomerData("Schmidt Export KG", country="DE"), by=charlie, now=now)
    assert "Schmidt Export KG" in str(caught.value)


def test_a_wrong_code_is_refused_at_its_field(alice, now):
    with refused(WrongCode, field="code"):
        create_customer(data=CustomerData("Müller GmbH", country="DE", code=BAD_VAT), by=alice, now=now)


def test_an_external_id_stands_once_also_among_the_archived(alice, charlie, now):
    make_customer(alice, external_id="ERP-7")
    with refused(ExternalIdTaken, field="external_id"):
        create_customer(data=CustomerData("New GmbH", external_id="ERP-7"), by=charlie, now=now)


def test_a_group_of_which_one_sees_no_member_is_refused(alice, charlie, now):
    group = CustomerGroup.objects.create(name="Acme", created_by=alice, created_at=now)
    Customer.objects.filter(pk=make_customer(alice).pk).update(group=group)
    with refused(NotAllowed):
        create_customer(data=CustomerData("New GmbH", group=group.pk), by=charlie, now=now)
    assert create_customer(data=CustomerData("New GmbH", group=group.pk), by=alice, now=now).group == group


def test_tags_of_one_spelling_are_one_tag_whatever_their_case(alice, now):
    make_customer(alice, tags=["Großkunde", "kırmızı"])
    make_customer(alice, tags=["GROßKUNDE", "kirmizi", "KIRMIZI"])
    assert sorted(Tag.objects.values_list("name", flat=True)) == sorted(["Großkunde", "kırmızı", "kirmizi"])


@pytest.mark.parametrize("people", [1, 40])
def test_the_number_of_statements_does_not_grow_with_contacts(alice, now, people):
    contacts = [ContactData(f"P {n}", points=[PointData("email", f"p{n}@x.example")]) for n in range(people)]
    data = CustomerData("Acme GmbH", country="DE", contacts=contacts, points=[PointData("phone", "+49 221 1")])
    with CaptureQueriesContext(connection) as queries:
        create_customer(data=data, by=alice, now=now)
    assert len(queries) == 21


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one(alice, now):
    def enter() -> Customer:
        return create_customer(data=CustomerData("Acme GmbH", country="DE", external_id="E1"), by=alice, now=now)

    results = at_once([enter] * 20)
    assert [type(error) for error in errors(results)] == [SameCompany] * 19
    keys = IdentityKey.objects.filter(is_blocking=True)
    assert Customer.objects.count() == OwnershipPeriod.objects.count() == keys.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_external_id_and_one_tag_at_once(alice, now):
    def enter(number: int):
        data = CustomerData(f"Acme {number}", external_id="E1", tags=["New one", "Another"])
        return lambda: create_customer(data=data, by=alice, now=now)

    results = at_once([enter(number) for number in range(8)])
    assert [type(error) for error in errors(results)] == [ExternalIdTaken] * 7
    assert Tag.objects.count() == 2
