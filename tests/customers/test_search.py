"""Does the search of the top bar find what is yours in any writing, the nearest first, and nothing of strangers?"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.highlight import marked
from core.search import nearness, whole_word
from core.text import search_document, search_query
from customers.inputs import ContactData, CustomerData, PointData
from customers.models import Customer
from customers.services import add_header, add_tags, create_customer, put_in_group

pytestmark = pytest.mark.django_db
PALETTE = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def firms(alice, bob, charlie, now) -> dict[str, Customer]:
    made = {}
    for by, name, country, more in (
        (alice, "Nordlicht Werkzeuge GmbH", "DE", {"external_id": "C-100"}),
        (bob, "Werkzeuge", "DE", {}),
        (bob, "Werkzeuge Müller AG", "CH", {}),
        (alice, "Alte Werkzeuge Kontor", "AT", {}),
        (alice, "深圳市前海联拓供应链有限公司", "CN", {"website": "https://lantuo.example"}),
        (charlie, "Fremde Werkzeuge", "DE", {"external_id": "C-1001"}),
    ):
        people = [
            ContactData(
                name="Katrin Vögel" if by == alice else "Otto Other",
                title="Buyer",
                points=[
                    PointData("mobile", "0151 2345 6789" if country == "DE" else "+86 138 0013 8000"),
                    PointData("email", f"{by.username}@{name.split()[0].lower()}.example"),
                ],
            )
        ]
        made[name] = create_customer(
            data=CustomerData(name=name, country=country, contacts=people, **more), by=by, now=now
        )
    return made


def hits(client: Any, text: str) -> list[str]:
    """Titles of what is found, in order."""
    answer = client.get("/search/", {"q": text}, **PALETTE)
    assert answer.status_code == 200
    found = re.findall(r'<span class="what"><bdi>(.*?)</bdi>', answer.content.decode())
    return [unescape(re.sub("<[^>]+>", "", title)) for title in found]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("联拓", "深圳市前海联拓供应链有限公司"),
        ("聯拓", "深圳市前海联拓供应链有限公司"),
        ("qhlt", "深圳市前海联拓供应链有限公司"),
        ("ordlich", "Nordlicht Werkzeuge GmbH"),
        ("C-100", "Nordlicht Werkzeuge GmbH"),
        ("lantuo.ex", "深圳市前海联拓供应链有限公司"),
        ("0151-234", "Nordlicht Werkzeuge GmbH"),
        ("(0151) 234", "Nordlicht Werkzeuge GmbH"),
        ("(0151)", "Nordlicht Werkzeuge GmbH"),
        ("+49 151 234", "Nordlicht Werkzeuge GmbH"),
        ("0049 151 2345-6789", "Nordlicht Werkzeuge GmbH"),
        ("13800138000", "深圳市前海联拓供应链有限公司"),
        ("alice@nord", "Nordlicht Werkzeuge GmbH"),
    ],
)
def test_any_part_in_any_writing(alice, signed_in, firms, text, first):
    assert hits(signed_in(alice), text)[0] == first


def test_the_nearest_stand_first_and_ones_own_before_others(alice, dana, signed_in, firms):
    customers = [title for title in hits(signed_in(dana), "werkzeuge") if title in firms]
    assert customers == ["Werkzeuge", "Werkzeuge Müller AG", "Alte Werkzeuge Kontor", "Nordlicht Werkzeuge GmbH"]
    Customer.objects.filter(name="Nordlicht Werkzeuge GmbH").update(owner=dana)
    assert next(title for title in hits(signed_in(dana), "erkzeuge") if title in firms) == "Nordlicht Werkzeuge GmbH"


def test_people_are_found_by_name_by_number_and_with_their_company(alice, signed_in, firms):
    client = signed_in(alice)
    for text in ("vogel", "katrin nordlicht", "voegel alice@nord", "0151 2345"):
        assert "Katrin Vögel" in hits(client, text), text
    assert "Katrin Vögel" not in hits(client, "werkzeuge")


def test_groups_tags_and_headers_are_found_within_what_one_sees(alice, charlie, signed_in, firms, now):
    mine, theirs = firms["Nordlicht Werkzeuge GmbH"], firms["Fremde Werkzeuge"]
    add_header(customer=mine, name="Polarstern Handel", kind="trading", country="DE", code="", by=alice, now=now)
    put_in_group(customer=mine, name="Himmel Gruppe", role="head", by=alice, now=now)
    add_tags(customer=mine, names=["Himmelfahrt"], by=alice, now=now)
    put_in_group(customer=theirs, name="Himmel Fremd", role="head", by=charlie, now=now)
    add_tags(customer=theirs, names=["Himmelreich"], by=charlie, now=now)
    client = signed_in(alice)
    assert hits(client, "himmel") == ["Himmel Gruppe", "Himmelfahrt"]
    page = client.get("/search/", {"q": "polarstern"}).content.decode()
    assert '<small class="found"><bdi><mark>Polarstern</mark> Handel' in page


@pytest.mark.parametrize("text", ["fremde", "C-1001", "charlie@fremde"])
def test_nothing_of_strangers_is_found(alice, signed_in, firms, text):
    client = signed_in(alice)
    for extra in ({}, PALETTE):
        answer = client.get("/search/", {"q": text}, **extra).content.decode()
        assert "Fremde Werkzeuge" not in answer
        assert "Otto Other" not in answer
        assert f"/customers/lookup/?q={text.replace('@', '%40')}" in answer
        assert "/customers/new/?name=" in answer


def test_an_admin_finds_colleagues_and_nobody_else_does(root, alice, signed_in, firms):
    assert "Charlie" in hits(signed_in(root), "charli")
    assert "Charlie" not in hits(signed_in(alice), "charli")


@pytest.mark.parametrize("text", ["", " ", "\0", "%", "'", "<b>x</b>", "\\", "ü" * 500])
def test_nothing_that_can_be_typed_is_an_error(alice, signed_in, firms, text):
    for extra in ({}, PALETTE):
        answer = signed_in(alice).get("/search/", {"q": text}, **extra)
        assert answer.status_code == 200
        assert b"<b>x</b>" not in answer.content


def test_the_options_of_the_palette_say_what_they_are(alice, signed_in, firms):
    part = signed_in(alice).get("/search/", {"q": "werkzeuge"}, **PALETTE).content.decode()
    assert "<html" not in part
    options = re.findall(r"<a [^>]*>", part)
    assert options
    assert all('role="option"' in one and 'aria-selected="false"' in one and " id=" in one for one in options)
    assert (
        'role="option"'
        not in signed_in(alice)
        .get("/search/", {"q": "werkzeuge"})
        .content.decode()
        .split("<main")[1]
        .split("</main")[0]
    )


def test_more_rows_need_no_more_statements(alice, signed_in, firms, now):
    def statements() -> int:
        client = signed_in(alice)
        client.get("/search/", {"q": "werkzeuge"}, **PALETTE)
        with CaptureQueriesContext(connection) as seen:
            client.get("/search/", {"q": "werkzeuge"}, **PALETTE)
        return len(seen)

    few = statements()
    for number in range(20):
        people = [ContactData(name=f"Werkzeuge {number}", points=[PointData("skype", f"s{number}")])]
        data = CustomerData(name=f"Werkzeuge {number} KG", country="DE", contacts=people)
        create_customer(data=data, by=alice, now=now)
    assert statements() == few
    assert few <= 20


# --- weighing and marking -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "other", "text", "near"),
    [
        ("Acme", "", "acme", 0),
        ("Other", "Acme", "ACME", 1),
        ("Acme Tools", "", "acme to", 2),
        ("Other", "Acme Tools", "acme", 3),
        ("Pacme", "", "acme", 4),
    ],
)
def test_how_near_a_document_is(name, other, text, near):
    assert nearness(search_document([name, other]), whole_word(text)) == near


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("Müller & Söhne", "mull", "<mark>Müll</mark>er &amp; Söhne"),
        ("Müller & Söhne", "soehne", "Müller &amp; <mark>Söhne</mark>"),
        ("深圳華為", "华为", "深圳<mark>華為</mark>"),
        ("深圳华为", "szh", "<mark>深圳华</mark>为"),
        ("+49 (711) 901-23", "71190", "+49 (<mark>711) 90</mark>1-23"),
        ("<b>Bold</b>", "bold", "&lt;b&gt;<mark>Bold</mark>&lt;/b&gt;"),
        ("a.b@c.de", "b@c", "a.<mark>b@c</mark>.de"),
        ("Groß", "gross", "<mark>Groß</mark>"),
        ("nothing", "x", "nothing"),
        ("", "x", ""),
    ],
)
def test_what_was_typed_is_marked_and_all_is_escaped(text, typed, shown):
    assert marked(text, search_query(typed)) == shown
