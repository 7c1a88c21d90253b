"""Do forms keep what was typed, say what is wrong in place, and make nothing twice?"""

from __future__ import annotations

import re
from datetime import date

import pytest

from core.models import CustomField
from customers.models import Category, Contact, Customer, CustomerName
from customers.services import add_collaborator
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db

NO_POINTS = {"points-TOTAL_FORMS": "0", "points-INITIAL_FORMS": "0"}
TOKEN = "4f3c2c53-5c3e-4c2b-9a9d-2f4f4a3f0002"


def new(**fields) -> dict:
    return {"name": "Hafenlicht GmbH", "kind": "company", "status": "potential", "country": "DE", **NO_POINTS, **fields}


def test_a_customer_is_entered_once_with_contact_numbers_categories_and_own_fields(alice, signed_in):
    CustomField.objects.create(target="customers.customer", key="moq", kind="number", name_en="MOQ")
    industry = Category.objects.filter(dimension__key="industry").first()
    client = signed_in(alice)
    sent = new(
        submission=TOKEN,
        city="Hamburg",
        tags="VIP，欧标",
        custom_moq="300",
        category_industry=[industry.pk],
        **{
            "points-TOTAL_FORMS": "1",
            "points-0-kind": "phone",
            "points-0-value": "040 123456",
            "contact-name": "Katrin Vogel",
            "contact-email": "katrin@hafenlicht.example",
            "contact-mobile": "0151 23456789",
        },
    )
    answers = [client.post("/customers/new/", sent) for _twice in range(2)]
    customer = Customer.objects.get()
    assert [answer["Location"] for answer in answers] == [f"/customers/{customer.pk}/"] * 2
    assert (customer.owner, customer.city, customer.custom) == (alice, "Hamburg", {"moq": 300})
    assert {tag.name for tag in customer.tags.all()} == {"VIP", "欧标"}
    assert list(customer.categories.all()) == [industry]
    contact = customer.contacts.get()
    assert contact.is_primary
    assert {point.normal for point in customer.contact_points.all()} == {
        "+4940123456",
        "katrin@hafenlicht.example",
        "+4915123456789",
    }


@pytest.mark.parametrize(("answer", "option"), [(True, "true"), (False, "false"), (None, "unknown")])
def test_an_own_yes_or_no_stands_in_the_form_and_stays_when_something_else_is_edited(alice, signed_in, answer, option):
    CustomField.objects.create(target="customers.customer", key="oem", kind="yes_no", name_en="OEM")
    customer = make_customer(alice, custom={} if answer is None else {"oem": answer})
    path, client = f"/customers/{customer.pk}/edit/", signed_in(alice)
    shown = client.get(path).context["form"]["custom_oem"]
    assert f'<option value="{option}" selected>' in str(shown)
    hidden = shown.as_hidden(only_initial=True)
    said = {"initial-custom_oem": re.search(r'value="([^"]*)"', hidden)[1]} if "value=" in hidden else {}
    answered = client.post(path, {**new(), "custom_oem": option, "city": "Bremen", **said})
    customer.refresh_from_db()
    assert (answered.status_code, customer.city) == (302, "Bremen")
    assert customer.custom.get("oem") is answer


def test_the_same_company_is_refused_in_place_with_its_holder(alice, bob, signed_in):
    make_customer(bob, "Hafenlicht GmbH")
    answer = signed_in(alice).post("/customers/new/", new(city="Hamburg"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Bob" in page
    assert 'value="Hamburg"' in page
    assert Customer.objects.count() == 1


def test_errors_stand_at_their_field_and_nothing_typed_is_lost(alice, signed_in):
    sent = new(
        name="",
        city="Hamburg",
        our_share="120",
        **{"contact-email": "katrin@hafenlicht.example"},
        **{"points-TOTAL_FORMS": "1", "points-0-kind": "email", "points-0-value": "no address"},
    )
    answer = signed_in(alice).post("/customers/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("is-invalid") >= 4
    for typed in ("Hamburg", "katrin@hafenlicht.example", "no address", "120"):
        assert f'value="{typed}"' in page


def test_a_wrong_code_is_said_at_once_and_refused_on_saving(alice, signed_in):
    client = signed_in(alice)
    said = client.get("/customers/check-code/", {"country": "DE", "code": "DE136695977"}).content.decode()
    assert "wrong" in said
    answer = client.post("/customers/new/", new(code="DE136695977"))
    assert answer.status_code == 409
    assert not Customer.objects.exists()
    assert client.post("/customers/new/", new(code="DE136695976")).status_code == 302


def test_only_edited_fields_change_and_a_colleagues_change_stays(alice, signed_in):
    customer = make_customer(alice, city="Bremen", tags=["VIP"], custom={"moq": 5})
    client = signed_in(alice)
    page = client.get(f"/customers/{customer.pk}/edit/").content.decode()
    before = dict(re.findall(r'<input type="hidden" name="(initial-[^"]+)" value="([^"]*)"', page))
    Customer.objects.filter(pk=customer.pk).update(region="Niedersachsen")
    sent = {"kind": "company", "country": "DE", "city": "Hamburg", "region": "", "tags": "VIP", **before, **NO_POINTS}
    assert client.post(f"/customers/{customer.pk}/edit/", sent).status_code == 302
    customer.refresh_from_db()
    assert (customer.city, customer.region, customer.custom) == ("Hamburg", "Niedersachsen", {"moq": 5})
    assert customer.events.get(kind="customer.updated").payload == {"fields": ["city"]}


def test_headers_are_added_corrected_made_main_and_removed(alice, signed_in):
    customer = make_customer(alice, "Hafenlicht GmbH")
    client = signed_in(alice)
    path = f"/customers/{customer.pk}/headers/"
    assert (
        client.post(
            f"{path}add/", {"name": "Hafenlicht Handel", "kind": "trading", "country": "DE", "code": ""}
        ).status_code
        == 302
    )
    header = CustomerName.objects.get(name="Hafenlicht Handel")
    client.post(f"{path}{header.pk}/", {"name": "Hafenlicht Handels", "kind": "trading", "country": "DE", "code": ""})
    client.post(f"{path}{header.pk}/main/")
    customer.refresh_from_db()
    assert customer.name == "Hafenlicht Handels"
    assert client.post(f"{path}{header.pk}/remove/").status_code == 409
    former = CustomerName.objects.get(name="Hafenlicht GmbH")
    assert client.post(f"{path}{former.pk}/remove/").status_code == 302
    assert customer.headers.count() == 1


def test_contacts_are_changed_archived_and_brought_back(alice, signed_in):
    customer = make_customer(alice)
    contact = make_contact(customer, "Katrin Vogel", email="katrin@example.com")
    client = signed_in(alice)
    path = f"/customers/{customer.pk}/contacts/{contact.pk}/"
    form = {
        "name": "Katrin Vogel-Brandt",
        "is_do_not_contact": "on",
        "points-TOTAL_FORMS": "1",
        "points-INITIAL_FORMS": "1",
    }
    form |= {"points-0-kind": "email", "points-0-value": "new@example.com"}
    assert client.post(path, form).status_code == 422
    assert client.post(path, form | {"do_not_contact_reason": "asked us"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.name, contact.points.get().value) == ("Katrin Vogel-Brandt", "new@example.com")
    client.post(f"{path}archive/")
    assert not Contact.objects.living().exists()
    client.post(f"{path}restore/")
    assert Contact.objects.living().exists()


def test_a_part_of_another_customer_is_not_reached_through_ones_own(alice, bob, signed_in):
    mine, theirs = make_customer(alice), make_customer(bob)
    contact, header = make_contact(theirs), theirs.headers.get()
    client = signed_in(alice)
    for path in (f"contacts/{contact.pk}/", f"headers/{header.pk}/"):
        assert client.get(f"/customers/{mine.pk}/{path}").status_code == 404
        assert client.post(f"/customers/{mine.pk}/{path}", {"name": "x"}).status_code == 404


def test_status_asks_for_what_it_needs_and_keeps_the_reason(alice, signed_in):
    customer = make_customer(alice)
    client = signed_in(alice)
    path = f"/customers/{customer.pk}/status/"
    for wrong in (
        {"status": "lost"},
        {"status": "lost", "lost_reason": "competitor"},
        {"status": "retained", "reason": "x"},
        {"status": "won"},
    ):
        assert client.post(path, wrong).status_code == 422, wrong
    assert client.post(path, {"status": "lost", "lost_reason": "competitor", "reason": "Bosch"}).status_code == 302
    assert "Bosch" in client.get(f"/customers/{customer.pk}/").content.decode()


def test_managers_protect_transfer_archive_and_bring_back(alice, bob, dana, signed_in):
    customer = make_customer(alice)
    client = signed_in(dana)
    path = f"/customers/{customer.pk}/"
    until = date(2099, 1, 1).isoformat()
    assert client.post(f"{path}protect/", {"until": until, "reason": "fair"}).status_code == 302
    assert client.post(f"{path}unprotect/").status_code == 302
    assert (
        client.post(f"{path}transfer/", {"to": bob.pk, "reason": "area", "keep_collaborators": "on"}).status_code == 302
    )
    customer.refresh_from_db()
    assert (customer.owner, customer.protected_until) == (bob, None)
    assert client.post(f"{path}archive/", {"reason": "closed"}).status_code == 302
    assert "closed" in client.get(path).content.decode()
    assert client.post(f"{path}restore/", {"to": alice.pk}).status_code == 302
    customer.refresh_from_db()
    assert customer.owner == alice


def test_nobody_is_given_a_customer_outside_the_managers_teams(alice, charlie, dana, signed_in):
    customer = make_customer(alice)
    assert signed_in(dana).post(f"/customers/{customer.pk}/transfer/", {"to": charlie.pk}).status_code == 422
    customer.refresh_from_db()
    assert customer.owner == alice


def test_grade_collaborators_and_group_by_their_forms(alice, bob, signed_in):
    customer = make_customer(alice)
    client = signed_in(alice)
    path = f"/customers/{customer.pk}/"
    assert client.post(f"{path}grade/", {"grade": "A", "reason": "orders"}).status_code == 302
    assert client.post(f"{path}collaborators/add/", {"user": bob.pk, "role": "assistant"}).status_code == 302
    assert client.post(f"{path}group/", {"name": "Hafen", "role": "head"}).status_code == 302
    page = client.get(path).content.decode()
    for words in ("orders", "Bob", "Assistant", "Hafen", "Head office"):
        assert words in page
    assert client.post(f"{path}collaborators/{bob.pk}/remove/").status_code == 302
    assert client.post(f"{path}collaborators/{bob.pk}/remove/").status_code == 404
    assert client.post(f"{path}group/leave/").status_code == 302


def test_a_collaborator_may_leave_and_then_finds_nothing(alice, bob, signed_in, now):
    customer = make_customer(alice)
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    answer = signed_in(bob).post(f"/customers/{customer.pk}/collaborators/{bob.pk}/remove/")
    assert answer["Location"] == "/customers/"
    assert signed_in(bob).get(f"/customers/{customer.pk}/").status_code == 404


VERBS_OF_MANAGERS = ("protect/", "transfer/", "archive/")
VERBS = (
    "edit/",
    "status/",
    "grade/",
    "collaborators/add/",
    "group/",
    "headers/add/",
    "contacts/add/",
    "notes/",
    *VERBS_OF_MANAGERS,
)


@pytest.mark.parametrize("verb", VERBS)
def test_strangers_find_nothing_to_change(alice, bob, charlie, signed_in, verb):
    customer = make_customer(alice)
    for user in (bob, charlie):
        for method in ("get", "post"):
            answer = getattr(signed_in(user), method)(f"/customers/{customer.pk}/{verb}")
            assert answer.status_code in ((404, 405) if method == "get" else (404,))
    assert customer.events.count() == 1


@pytest.mark.parametrize("verb", VERBS_OF_MANAGERS)
def test_an_owner_sees_but_may_not_rule(alice, signed_in, verb):
    customer = make_customer(alice)
    client = signed_in(alice)
    assert client.get(f"/customers/{customer.pk}/{verb}").status_code == 403
    assert client.post(f"/customers/{customer.pk}/{verb}", {"reason": "x"}).status_code == 403


def test_forms_carry_no_inline_script_or_style(alice, signed_in):
    customer = make_customer(alice)
    client = signed_in(alice)
    for path in (
        "/customers/new/",
        f"/customers/{customer.pk}/edit/",
        f"/customers/{customer.pk}/",
        "/customers/",
        "/customers/filter/",
    ):
        page = client.get(path).content.decode()
        assert not re.search(r"\son\w+=|\sstyle=|<script(?![^>]*\bsrc=)", page), path
