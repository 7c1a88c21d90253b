"""Does the list show one's customers, narrow, sort, page and keep views as people expect?"""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import CustomField, SavedView
from customers.models import Category, Customer, Source
from customers.services import add_collaborator, archive_customer, put_in_group, set_grade
from followups.inputs import TaskData
from followups.services import create_task
from tests.customers.statements import statements
from tests.factories import THEN, make_contact, make_customer
from tests.weighing import weight

pytestmark = pytest.mark.django_db


def shown(client, query: str = "") -> str:
    answer = client.get(f"/customers/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_statements_does_not_grow_with_the_rows(alice, signed_in, rows):
    for number in range(rows):
        customer = make_customer(alice, f"Firma {number} GmbH", tags=["VIP", f"t{number}"])
        make_contact(customer, email=f"a{number}@example.com")
    assert statements(signed_in(alice), "/customers/") == 9


@pytest.mark.parametrize("rows", [1, 30])
def test_a_manager_needs_the_same_number_with_every_column(alice, dana, signed_in, rows):
    CustomField.objects.create(target="customers.customer", key="moq", kind="number", name_en="MOQ")
    for number in range(rows):
        make_contact(make_customer(alice, f"Firma {number} GmbH"))
    client = signed_in(dana)
    columns = client.get("/customers/").context["table"].all
    assert statements(client, "/customers/?" + urlencode({"m": 1, "cols": ",".join(columns)})) == 11


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("reader", ["alice", "dana"])
def test_a_page_of_fifty_rows_weighs_at_most_60_kb(cast, signed_in, root, now, reader, language):
    """Of firms such as the demo's: half are graded, a third have tags."""
    for number in range(55):
        customer = make_customer(
            cast["alice"],
            f"Quincaillerie Girard {number} EURL",
            country="FR",
            city="Saint-Étienne",
            time_zone="Europe/Paris",
            tags=["Big buyer", "验厂", f"fair {number}"] if number % 3 == 0 else [],
        )
        make_contact(customer, "Aurélie Rousseau", title="Quality Manager", email=f"a{number}@girard.example")
        if number % 2:
            set_grade(customer=customer, grade="B", reason="orders", by=root, now=now)
    client = signed_in(cast[reader])
    page = client.get("/customers/", HTTP_ACCEPT_LANGUAGE=language)
    assert len(page.context["page"].rows) == 50
    assert weight(page) <= 60_000


def test_columns_come_when_their_menu_opens_and_as_a_page_without_a_script(alice, signed_in):
    make_customer(alice, "Hafenlicht GmbH")
    client = signed_in(alice)
    page = client.get("/customers/?m=1&country=DE&cols=name,city,grade")
    assert 'value="incoterm"' not in page.content.decode()
    where = "/customers/" + page.context["columns_url"]
    menu, alone = client.get(where, headers={"HX-Request": "true"}), client.get(where)
    assert "<h1>" not in menu.content.decode()
    assert "<h1>" in alone.content.decode()
    for answer in (menu, alone):
        offered = re.findall(r'name="col" value="(\w+)"( checked)?', answer.content.decode())
        assert offered[:3] == [("city", " checked"), ("grade", " checked"), ("status", "")]
        assert '<input type="hidden" name="country" value="DE">' in answer.content.decode()
        assert '"panel"' not in answer.content.decode()


def test_cards_get_their_buttons_apart_and_only_those_of_ones_own_customers(alice, bob, signed_in):
    mine, other = make_customer(alice, "Hafenlicht GmbH"), make_customer(bob, "Bergwerk GmbH")
    make_contact(mine, email="vogel@hafenlicht.example")
    make_contact(other, email="strange@bergwerk.example")
    client = signed_in(alice)
    page = client.get("/customers/")
    assert b"mailto:" not in page.content
    assert f"<td id=r{mine.pk} " in page.content.decode()
    assert page.context["cards_url"] == f"/customers/reach/?pk={mine.pk}"
    cards = client.get(f"/customers/reach/?pk={mine.pk},{other.pk},x,,-1,{'9' * 40}").content.decode()
    assert "mailto:vogel@hafenlicht.example" in cards
    assert f"#r{mine.pk})" in cards
    assert "bergwerk" not in cards


def test_a_view_of_a_list_that_cannot_be_is_not_found(alice, signed_in):
    for verb in ("save", "default"):
        assert signed_in(alice).post(f"/views/{'x' * 300}/{verb}/", {"name": "Mine"}).status_code == 404


def test_a_page_that_is_read_tells_the_history_nothing(alice, signed_in):
    customer, client = make_customer(alice, "Hafenlicht GmbH"), signed_in(alice)
    for path in ("/customers/", customer.get_absolute_url()):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        assert not [one["sql"] for one in asked if "set_config('pghistory" in one["sql"]]


@pytest.mark.parametrize(("path", "most"), [("/customers/", 9), ("", 20)])
def test_three_thousand_rows_need_no_more_statements(alice, signed_in, path, most):
    customer = make_customer(alice, "Hafenlicht GmbH")
    client = signed_in(alice)
    before = statements(client, path or customer.get_absolute_url())
    alike = {
        "owner": alice,
        "created_by": alice,
        "status": customer.status,
        "status_at": THEN,
        "owned_since": THEN,
        "created_at": THEN,
        "updated_at": THEN,
    }
    Customer.objects.bulk_create([Customer(name=f"Firma {number} GmbH", **alike) for number in range(3000)])
    assert statements(client, path or customer.get_absolute_url()) == before <= most


def test_everybody_sees_only_what_is_theirs(cast, signed_in):
    make_customer(cast["alice"], "Hafenlicht GmbH")
    assert "Hafenlicht" in shown(signed_in(cast["alice"]))
    assert "Hafenlicht" not in shown(signed_in(cast["bob"]))
    assert "Hafenlicht" not in shown(signed_in(cast["charlie"]))
    assert "Hafenlicht" in shown(signed_in(cast["dana"]))
    assert "Hafenlicht" in shown(signed_in(cast["root"]))


def test_a_collaborator_finds_it_under_shared_with_me(alice, bob, signed_in, now):
    customer = make_customer(alice, "Hafenlicht GmbH")
    make_customer(bob, "Bergwerk GmbH")
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    page = shown(signed_in(bob), "?view=shared")
    assert "Hafenlicht" in page
    assert "Bergwerk" not in page


def test_search_finds_any_part_contacts_and_digits_of_a_phone(alice, signed_in):
    customer = make_customer(alice, "深圳市前海联拓供应链有限公司", country="CN")
    make_contact(customer, "Katrin Vogel", email="katrin@lantuo.example")
    make_customer(alice, "Bergwerk GmbH")
    for text in ("联拓", "lantuo", "atrin vog", "qhlt"):
        page = shown(signed_in(alice), "?" + urlencode({"m": 1, "q": text}))
        assert "联拓" in page.partition("<tbody>")[2], text
        assert "Bergwerk" not in page.partition("<tbody>")[2], text


def test_filters_of_every_kind_narrow_and_show_as_chips(alice, root, signed_in, now):
    industry = Category.objects.filter(dimension__key="industry").first()
    source = Source.objects.first()
    CustomField.objects.create(
        target="customers.customer",
        key="channel",
        kind="choice",
        name_en="Channel",
        options=[{"key": "b2b", "en": "Business", "zh": "企业"}, {"key": "shop", "en": "Shop", "zh": "零售"}],
    )
    wanted = make_customer(
        alice,
        "Hafenlicht GmbH",
        city="Hamburg",
        tags=["VIP"],
        categories=[industry.pk],
        source=source.pk,
        size="11-50",
        currency="EUR",
        incoterm="FOB",
        external_id="K-77",
        annual_purchase=5000,
        custom={"channel": "b2b"},
    )
    make_contact(wanted)
    set_grade(customer=wanted, grade="A", reason="orders", by=root, now=now)
    group = put_in_group(customer=wanted, name="Hafen", role="head", by=alice, now=now)
    make_customer(alice, "Bergwerk SARL", country="FR", custom={"channel": "shop"})
    tag = wanted.tags.get()
    client = signed_in(alice)
    for query in (
        {"country": "DE"},
        {"city": "ambu"},
        {"tags": tag.pk},
        {"category_industry": industry.key},
        {"source": source.key},
        {"size": "11-50"},
        {"currency": "eur"},
        {"incoterm": "FOB"},
        {"external_id": "k-77"},
        {"annual_purchase_min": 4000},
        {"custom_channel": "b2b"},
        {"has_contact": "true"},
        {"grade": "A"},
        {"group": group.pk},
        {"owner": alice.pk, "country": "DE"},
        {"completeness_min": 40},
        {"status": "potential", "country": "DE"},
        {"team": alice.team_id, "country": "DE"},
    ):
        page = shown(client, "?" + urlencode({"m": 1, **query}))
        body = page.partition("<tbody>")[2]
        assert "Hafenlicht" in body, query
        assert "Bergwerk" not in body, query
        assert "chip-on" in page, query


def test_values_that_make_no_sense_do_no_harm(alice, signed_in):
    make_customer(alice, "Hafenlicht GmbH")
    client = signed_in(alice)
    for query in (
        "?m=1&owner=999999&country=XX",
        "?sort=owner__password",
        "?after=!!!&page=x",
        "?size=9999",
        "?cols=nothing,name",
    ):
        assert client.get(f"/customers/{query}").status_code == 200


@pytest.mark.parametrize(
    "word", ["name", "-name", "grade", "status", "contacted", "owner", "country", "key_date", "custom_moq"]
)
def test_every_column_sorts_in_both_directions_and_its_pages_follow(alice, signed_in, word):
    CustomField.objects.create(target="customers.customer", key="moq", kind="number", name_en="MOQ")
    names = [f"Firma {number:02} GmbH" for number in range(30)]
    for number, name in enumerate(names):
        make_customer(alice, name, custom={"moq": number}, at=THEN + timedelta(minutes=number))
    client = signed_in(alice)
    first = client.get(f"/customers/?m=1&size=25&sort={word}").context["page"]
    second = client.get(f"/customers/{first.next}").context["page"]
    assert len(first.rows) == 25
    assert len(second.rows) == 5
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


def test_all_filters_stand_in_the_panel(alice, signed_in):
    page = signed_in(alice).get("/customers/filter/?city=Hamburg").content.decode()
    for name in ("country", "owner", "tags", "category_industry", "completeness_min", "created_after", "protected"):
        assert f'name="{name}"' in page, name
    assert 'value="Hamburg"' in page
    for named in ("Completeness in %: from", "Completeness in %: to", "Created: from", "Created: to"):
        assert f'aria-label="{named}"' in page


def test_a_saved_view_keeps_filters_columns_and_order_and_is_shared_without_rows(alice, charlie, signed_in):
    make_customer(alice, "Hafenlicht GmbH")
    client = signed_in(alice)
    query = "country=DE&sort=-name&cols=country,city"
    answer = client.post(
        "/views/customers/save/", {"name": "Germany", "query": query, "is_shared": "on", "back": "/customers/"}
    )
    view = SavedView.objects.get()
    assert answer["Location"] == f"/customers/?view={view.pk}"
    context = client.get(f"/customers/?view={view.pk}").context
    assert [column.key for column in context["table"].shown] == ["name", "country", "city"]
    assert context["order"].word == "-name"
    theirs = signed_in(charlie).get(f"/customers/?view={view.pk}")
    assert "Germany" in theirs.content.decode()
    assert theirs.context["page"].rows == []


def test_a_default_view_opens_the_list_and_can_be_left(alice, signed_in):
    make_customer(alice, "Hafenlicht GmbH")
    client = signed_in(alice)
    client.post("/views/customers/default/", {"view": "never", "back": "/customers/"})
    assert client.get("/customers/").context["view"].key == "never"
    assert client.get("/customers/?view=all").context["view"].key == "all"


def test_counts_exactly_on_click(alice, bob, signed_in):
    make_customer(alice)
    make_customer(alice, country="FR")
    make_customer(bob)
    assert signed_in(alice).get("/customers/count/?country=FR").content == b"1"


def test_archived_customers_stand_in_a_view_for_managers_only(alice, dana, charlie, signed_in, now):
    customer = make_customer(alice, "Hafenlicht GmbH")
    archive_customer(customer=customer, reason="closed", by=dana, now=now)
    assert "Hafenlicht" not in shown(signed_in(dana))
    assert "Hafenlicht" in shown(signed_in(dana), "?view=archived")
    assert "Hafenlicht" not in shown(signed_in(alice), "?archived=1&m=1")
    assert signed_in(dana).get(f"/customers/{customer.pk}/").status_code == 200
    assert signed_in(alice).get(f"/customers/{customer.pk}/").status_code == 404


def test_an_empty_list_says_what_to_do_first(alice, signed_in):
    assert "/customers/new/" in shown(signed_in(alice)).partition("empty-state")[2]
    assert "No match" in shown(signed_in(alice), "?m=1&country=DE")


def test_a_name_in_any_script_is_escaped_and_isolated(alice, signed_in):
    make_customer(alice, "<b>شركة</b> & Söhne")
    assert "<bdi>&lt;b&gt;شركة&lt;/b&gt; &amp; Söhne</bdi>" in shown(signed_in(alice))


def test_never_contacted_knows_who_was(alice, signed_in):
    make_customer(alice, "Hafenlicht GmbH")
    met = make_customer(alice, "Bergwerk GmbH")
    Customer.objects.filter(pk=met.pk).update(last_followed_at=timezone.now())
    page = shown(signed_in(alice), "?view=never").partition("<tbody>")[2]
    assert "Hafenlicht" in page
    assert "Bergwerk" not in page


def test_the_next_step_can_be_a_column_and_sorts_with_nothing_planned_last(alice, signed_in):
    now = timezone.now()
    for name, days in (("Later GmbH", 9), ("Soon GmbH", 1)):
        data = TaskData(f"Call {name}", customer=make_customer(alice, name), assignee=alice)
        data.due_at = now + timedelta(days=days)
        create_task(data=data, by=alice, now=now)
    make_customer(alice, "Nothing GmbH")
    page = signed_in(alice).get("/customers/?cols=next_step&sort=next_step&m=1").content.decode()
    places = [page.index(word) for word in ("Soon GmbH", "Later GmbH", "Nothing GmbH")]
    assert places == sorted(places)
    assert "Call Soon GmbH" in page
    assert "None planned" in page
