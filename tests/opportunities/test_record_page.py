"""Does the page of an opportunity tell where it stands, what it is about, and only what its reader may know?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.models import CustomField
from core.registries import SEARCHES
from opportunities.inputs import LineData
from opportunities.models import Opportunity
from opportunities.services import move_opportunity, set_collaborators
from tests.customers.statements import statements
from tests.customers.test_files import PDF
from tests.factories import make_contact, make_customer, today_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(deal, alice):
    """One with lines, people and a customer."""
    customer = make_customer(alice, "Hafenlicht GmbH")
    person = make_contact(customer, "Frau Vogel", email="vogel@hafenlicht.example")
    lines = [
        LineData("Padlock 40 mm", Decimal(2000), "pcs", Decimal("1.2")),
        LineData("Hasp", Decimal(500), "sets", Decimal("0.8")),
    ]
    return deal(customer=customer, lines=lines, people=[(person, "decides")], details="FOB Ningbo")


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_statements_does_not_grow(deal, alice, signed_in, rows, now, stages):
    customer = make_customer(alice)
    people = [(make_contact(customer), "") for _ in range(rows)]
    one = deal(customer=customer, people=people, lines=[LineData(f"L{n}") for n in range(rows)])
    for number in range(rows):
        to = stages["needs" if number % 2 == 0 else "first_contact"]
        move_opportunity(opportunity=one, to=to, by=alice, now=now + timedelta(days=number), reason="to and fro")
    assert statements(signed_in(alice), one.get_absolute_url()) == 13


def test_it_shows_lines_with_their_sum_people_and_facts(whole, alice, signed_in):
    page = signed_in(alice).get(whole.get_absolute_url()).content.decode()
    for words in ("Hafenlicht GmbH", "Frau Vogel", "Decides", "USD\N{NO-BREAK SPACE}2,800", "¥19,600", "FOB Ningbo"):
        assert words in page, words
    assert "vogel@hafenlicht.example" not in page


def test_who_is_named_on_it_alone_sees_no_more_of_the_customer(whole, bob, alice, charlie, signed_in, now):
    set_collaborators(opportunity=whole, users=[charlie], by=alice, now=now)
    client = signed_in(charlie)
    page = client.get(whole.get_absolute_url()).content.decode()
    assert "Hafenlicht GmbH" in page
    assert whole.customer.get_absolute_url() not in page
    assert client.get(whole.customer.get_absolute_url()).status_code == 404
    assert client.get(f"/opportunities/{whole.pk}/files/").status_code == 200
    for path in ("", "files/", "history/", "edit/", "move/"):
        assert signed_in(bob).get(f"/opportunities/{whole.pk}/{path}").status_code == 404


def test_files_hang_on_it_and_on_the_customer(whole, deal, alice, charlie, signed_in, tmp_path, settings):
    client = signed_in(alice)
    path = f"/opportunities/{whole.pk}/files/"
    sent = {"files": SimpleUploadedFile("drawing.pdf", PDF)}
    assert signed_in(charlie).post(path, sent).status_code == 404
    assert client.post(path, {"files": SimpleUploadedFile("drawing.pdf", PDF)}).status_code == 302
    assert "drawing.pdf" in client.get(path).content.decode()
    assert "drawing.pdf" in client.get(f"/customers/{whole.customer_id}/files/").content.decode()
    alone = deal()
    assert client.get(f"/opportunities/{alone.pk}/files/").status_code == 200
    assert client.post(f"/opportunities/{alone.pk}/files/", sent).status_code == 403


def test_its_history_tells_who_changed_what(whole, alice, signed_in):
    CustomField.objects.create(target="opportunities.opportunity", key="port", kind="text", name_en="Port")
    client = signed_in(alice)
    form = client.get(f"/opportunities/{whole.pk}/edit/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {f"initial-{name}": value for name, value in data.items()}
    data |= {"title": "Locks", "custom_port": "Ningbo"}
    data |= {"lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0, "people-TOTAL_FORMS": 0, "people-INITIAL_FORMS": 0}
    client.post(f"/opportunities/{whole.pk}/edit/", data)
    page = client.get(f"/opportunities/{whole.pk}/history/").content.decode()
    assert "<del><bdi>Padlocks</bdi></del>" in page
    assert "Ningbo" in page


def test_the_next_of_the_list_is_one_step_away(deal, alice, signed_in):
    one, two = deal(title="one"), deal(title="two")
    client = signed_in(alice)
    page = client.get(f"{two.get_absolute_url()}?in=m%3D1").content.decode()
    assert f'href="{one.get_absolute_url()}?in=m%3D1"' in page


# --- entering and changing -----------------------------------------------------------------------------------------


def entered(**more) -> dict:
    sets = {f"{name}-{word}_FORMS": 0 for name in ("lines", "people") for word in ("TOTAL", "INITIAL")}
    return sets | more


def test_entered_from_a_customer_it_is_prefilled(alice, signed_in, stages):
    customer = make_customer(alice, "Hafenlicht GmbH", currency="EUR", incoterm="FOB")
    person = make_contact(customer, "Frau Vogel")
    client = signed_in(alice)
    page = client.get(f"/opportunities/new/?customer={customer.pk}")
    assert page.context["form"]["currency"].value() == "EUR"
    data = entered(
        title="Padlocks",
        customer=customer.pk,
        stage=stages["needs"].pk,
        currency="EUR",
        expected_on="2026-12-24",
        **{
            "lines-TOTAL_FORMS": 2,
            "lines-0-product": "Padlock",
            "lines-0-quantity": "10",
            "lines-0-price": "2.5",
            "people-TOTAL_FORMS": 1,
            "people-0-contact": person.pk,
            "people-0-role": "buyer",
        },
    )
    answer = client.post("/opportunities/new/", data)
    made = Opportunity.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.customer, made.owner, made.stage, made.amount) == (customer, alice, stages["needs"], Decimal(25))
    assert [(one.contact, one.role) for one in made.people.all()] == [(person, "buyer")]
    assert made.expected_on == date(2026, 12, 24)


def test_sent_twice_it_is_entered_once(alice, signed_in, stages):
    client = signed_in(alice)
    token = client.get("/opportunities/new/").context["submission"]
    data = entered(title="Padlocks", stage=stages["first_contact"].pk, submission=token)
    assert client.post("/opportunities/new/", data).url == client.post("/opportunities/new/", data).url
    assert Opportunity.objects.count() == 1


def test_what_is_wrong_stands_at_its_field_and_all_is_kept(alice, signed_in, stages):
    lines = {"lines-TOTAL_FORMS": 1, "lines-0-quantity": "3"}
    data = entered(title="", amount="12", stage=stages["first_contact"].pk, details="long story", **lines)
    answer = signed_in(alice).post("/opportunities/new/", data)
    assert answer.status_code == 422
    assert {"title", "currency"} <= set(answer.context["form"].errors)
    page = answer.content.decode()
    assert "long story" in page
    assert "Say which product." in page
    assert Opportunity.objects.count() == 0


def test_nobody_enters_one_for_a_strangers_customer(alice, charlie, signed_in, stages):
    customer = make_customer(alice)
    client = signed_in(charlie)
    assert client.get(f"/opportunities/new/?customer={customer.pk}").status_code == 404
    data = entered(title="Padlocks", customer=customer.pk, stage=stages["first_contact"].pk)
    assert client.post("/opportunities/new/", data).status_code == 404
    assert Opportunity.objects.count() == 0


def test_a_colleagues_change_of_another_field_is_kept(whole, alice, signed_in):
    client = signed_in(alice)
    form = client.get(f"/opportunities/{whole.pk}/edit/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {f"initial-{name}": value for name, value in data.items()}
    Opportunity.objects.filter(pk=whole.pk).update(competitors="Hafele")
    sets = {f"{name}-{word}_FORMS": 0 for name in ("lines", "people") for word in ("TOTAL", "INITIAL")}
    answer = client.post(f"/opportunities/{whole.pk}/edit/", data | sets | {"title": "Locks"})
    assert answer.status_code == 302
    whole.refresh_from_db()
    assert (whole.title, whole.competitors) == ("Locks", "Hafele")
    assert whole.lines.count() == 2
    assert whole.people.count() == 1


# --- elsewhere -----------------------------------------------------------------------------------------------------


def test_the_customers_page_has_them_in_a_tab_of_its_own(whole, alice, signed_in):
    page = signed_in(alice).get(f"/customers/{whole.customer_id}/opportunities/").content.decode()
    assert whole.get_absolute_url() in page
    timeline = signed_in(alice).get(f"/customers/{whole.customer_id}/").content.decode()
    assert "Opportunity begun:" in timeline


def test_search_finds_ones_own_by_name_product_and_customer(whole, alice, charlie):
    find = SEARCHES["opportunities"].find
    for text in ("padlock", "hasp", "hafenlicht"):
        assert [hit.url for hit in find(alice, text, 5)] == [whole.get_absolute_url()], text
        assert list(find(charlie, text, 5)) == []


def test_today_names_what_is_past_its_close_and_what_stalls_each_once(deal, alice, bob):
    now = timezone.now()
    late = deal(title="late", at=now - timedelta(days=30), expected_on=now.date() - timedelta(days=2))
    stalled = deal(title="stalled", at=now - timedelta(days=30))
    deal(title="fresh", at=now)
    deal(title="bobs", by=bob, at=now - timedelta(days=30))
    assert [line.url for line in today_lines("past_close", alice, now)] == [late.get_absolute_url()]
    assert [line.url for line in today_lines("stalled", alice, now)] == [stalled.get_absolute_url()]
