"""Does the page of a customer show what is known, what happened and who changed what?"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine

from core.models import CustomField
from customers.history import changes_of
from customers.models import Note, Status
from customers.services import (
    add_collaborator,
    add_header,
    add_note,
    add_tags,
    change_status,
    protect,
    put_in_group,
    set_grade,
    transfer_customer,
    update_customer,
)
from tests.customers.statements import statements
from tests.factories import make_contact, make_customer, make_user

pytestmark = pytest.mark.django_db
TABS = ("", "contacts/", "headers/", "history/")


def page_of(client, customer, tab: str = "") -> str:
    answer = client.get(f"/customers/{customer.pk}/{tab}")
    assert answer.status_code == 200
    return answer.content.decode()


def busy(customer, by, other, now, times: int) -> None:
    """Everything that makes lines on the timeline, ``times`` over."""
    group = put_in_group(customer=customer, name="Hafen", role="head", by=by, now=now)
    for number in range(times):
        make_customer(by, f"Schwester {number} GmbH", group=group.pk)
        add_header(customer=customer, name=f"Marke {number}", kind="trading", country="DE", code="", by=by, now=now)
        make_contact(customer, email=f"p{number}@example.com")
        add_note(customer=customer, body=f"note {number}", by=by, now=now)
        add_tags(customer=customer, names=[f"tag{number}"], by=by, now=now)
        set_grade(customer=customer, grade="AB"[number % 2], reason="orders", by=by, now=now)
        status = Status.objects.get(key=("contacted", "proposal")[number % 2])
        change_status(customer=customer, status=status, reason="met", by=by, now=now)
    add_collaborator(customer=customer, user=other, role="assistant", by=by, now=now)


@pytest.mark.parametrize("times", [1, 30])
def test_the_number_of_statements_does_not_grow_with_what_happened(alice, bob, signed_in, now, times):
    customer = make_customer(alice)
    busy(customer, alice, bob, now, times)
    assert statements(signed_in(alice), f"/customers/{customer.pk}/") == 16


def test_it_comes_from_a_list_and_leads_to_the_next_of_it(alice, signed_in, now):
    first, second, third = (
        make_customer(alice, f"{letter} GmbH", at=now + timedelta(hours=n)) for n, letter in enumerate("ABC")
    )
    client = signed_in(alice)
    came = {"referer": "http://testserver/customers/?m=1&sort=name"}
    context = client.get(f"/customers/{second.pk}/", headers=came).context
    assert (context["previous"], context["next"]) == (first.pk, third.pk)
    assert (context["number"], context["total"]) == (2, 3)
    onwards = client.get(f"/customers/{third.pk}/?in=m%3D1%26sort%3D-name").context
    assert (onwards["previous"], onwards["next"]) == (None, second.pk)
    assert (onwards["number"], onwards["total"]) == (1, 3)
    assert statements(client, f"/customers/{second.pk}/", headers=came) <= 20


def test_the_list_is_not_lost_by_a_look_at_the_notes_or_a_note_of_ones_own(alice, bob, signed_in, now):
    first, second = (
        make_customer(alice, f"{letter} GmbH", at=now + timedelta(hours=n)) for n, letter in enumerate("AB")
    )
    busy(first, alice, bob, now, 30)
    client = signed_in(alice)
    page = client.get(f"/customers/{first.pk}/?in=m%3D1%26sort%3Dname")
    hrefs = [*(one["href"] for one in page.context["families"]), page.context["older"]]
    for href in hrefs:
        seen = client.get(f"/customers/{first.pk}/{href}").context
        assert (seen["list_query"], seen["next"]) == ("m=1&sort=name", second.pk), href
    came = {"referer": f"http://testserver/customers/{first.pk}/?in=m%3D1%26sort%3Dname"}
    assert client.get(f"/customers/{first.pk}/", headers=came).context["next"] == second.pk, "after a form of the page"


@pytest.mark.parametrize("tab", TABS)
def test_strangers_find_nothing_and_owners_everything(cast, signed_in, tab):
    customer = make_customer(cast["alice"])
    for name in ("alice", "dana", "root"):
        assert signed_in(cast[name]).get(f"/customers/{customer.pk}/{tab}").status_code == 200
    for name in ("bob", "charlie"):
        assert signed_in(cast[name]).get(f"/customers/{customer.pk}/{tab}").status_code == 404


def test_htmx_gets_the_tab_alone(alice, signed_in):
    customer = make_customer(alice)
    part = signed_in(alice).get(f"/customers/{customer.pk}/contacts/", headers={"hx-request": "true"}).content.decode()
    assert 'id="tab-panel"' in part
    assert "<html" not in part


def test_what_happened_is_told_with_names(alice, dana, bob, signed_in, now):
    customer = make_customer(alice, tags=["VIP"])
    busy(customer, alice, bob, now, 1)
    protect(customer=customer, until=date(2027, 1, 5), reason="fair", by=dana, now=now)
    update_customer(customer=customer, changes={"city": "Hamburg"}, by=alice, now=now)
    transfer_customer(customer=customer, to=bob, by=dana, now=now, reason="area")
    page = page_of(signed_in(bob), customer)
    for words in (
        "Marke 0",
        "note 0",
        "+ tag0",
        "Joined the group",
        "Hafen",
        "Protected",
        "Details changed",
        "city",
        "Transferred",
        "Customer entered",
        "Contacted",
    ):
        assert words in page, words


def test_a_note_is_written_corrected_and_deleted_and_never_runs_html(alice, dana, signed_in):
    customer = make_customer(alice)
    client = signed_in(alice)
    sent = {"body": "Hello @dana\n<script>alert(1)</script>", "submission": "4f3c2c53-5c3e-4c2b-9a9d-2f4f4a3f0001"}
    for _twice in range(2):
        answer = client.post(f"/customers/{customer.pk}/notes/", sent)
        assert answer.status_code == 302
    note = Note.objects.get()
    page = page_of(client, customer)
    assert '<span class="mention">@dana</span>' in page
    assert "&lt;script&gt;" in page
    assert signed_in(dana).get("/people/notifications/").content.decode().count("mentioned you") == 1
    client.post(f"/customers/{customer.pk}/notes/{note.pk}/", {"body": "Corrected"})
    assert "Corrected" in page_of(client, customer)
    history = page_of(client, customer, "history/")
    assert "Hello @dana" in history
    assert signed_in(dana).post(f"/customers/{customer.pk}/notes/{note.pk}/", {"body": "mine"}).status_code == 403
    client.post(f"/customers/{customer.pk}/notes/{note.pk}/delete/")
    assert "Corrected" not in page_of(client, customer)
    assert client.post(f"/customers/{customer.pk}/notes/{note.pk}/delete/").status_code == 404


def test_an_empty_note_says_so(alice, signed_in):
    customer = make_customer(alice)
    answer = signed_in(alice).post(f"/customers/{customer.pk}/notes/", {"body": "  "})
    assert answer.status_code == 409
    assert "Write something first" in answer.content.decode()


def test_history_tells_field_by_field_who_changed_what(alice, signed_in):
    customer = make_customer(alice, city="Bremen")
    client = signed_in(alice)
    form = client.get(f"/customers/{customer.pk}/edit/").context["form"]
    data = {name: value for name in form.fields if (value := form[name].value())} | {
        "city": "Hamburg",
        "kind": "company",
    }
    data |= {"points-TOTAL_FORMS": "0", "points-INITIAL_FORMS": "0"}
    assert client.post(f"/customers/{customer.pk}/edit/", data).status_code == 302
    page = page_of(client, customer, "history/")
    assert "<del><bdi>Bremen</bdi></del>" in page
    assert "<ins><bdi>Hamburg</bdi></ins>" in page
    assert "Alice" in page.partition("Bremen")[0].rpartition("timeline")[2]


def test_timeline_narrows_to_notes_and_goes_on_to_earlier_lines(alice, signed_in, now):
    customer = make_customer(alice)
    for number in range(40):
        add_note(customer=customer, body=f"note number {number:02}.", by=alice, now=now + timedelta(minutes=number))
    client = signed_in(alice)
    first = client.get(f"/customers/{customer.pk}/?show=notes")
    assert "note number 39." in first.content.decode()
    assert "note number 05." not in first.content.decode()
    older = client.get(f"/customers/{customer.pk}/?show=notes&before={first.context['older']}").content.decode()
    assert "note number 05." in older
    assert "note number 39." not in older


def test_a_group_member_of_somebody_else_shows_without_a_link_or_contact_data(alice, charlie, root, signed_in, now):
    mine = make_customer(alice, "Hafenlicht GmbH")
    group = put_in_group(customer=mine, name="Hafen", role="head", by=alice, now=now)
    theirs = make_customer(charlie, "Hafenlicht Austria GmbH", country="AT")
    put_in_group(customer=theirs, group=group, role="branch", by=root, now=now)
    make_contact(theirs, "Secret Person", email="secret@example.com")
    for tab in ("", "headers/"):
        page = page_of(signed_in(alice), mine, tab)
        assert "Hafenlicht Austria GmbH" in page
        assert "Charlie" in page
        assert f"/customers/{theirs.pk}/" not in page
        assert "Secret" not in page


def test_who_must_not_be_contacted_has_no_links(alice, signed_in):
    customer = make_customer(alice)
    make_contact(
        customer, "Quiet Person", email="quiet@example.com", is_do_not_contact=True, do_not_contact_reason="asked us"
    )
    for path in (f"/customers/{customer.pk}/", f"/customers/{customer.pk}/contacts/", "/customers/"):
        assert "mailto:quiet@example.com" not in signed_in(alice).get(path).content.decode()


def test_a_bob_who_collaborates_works_but_does_not_rule(alice, bob, signed_in, now):
    customer = make_customer(alice)
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    context = signed_in(bob).get(f"/customers/{customer.pk}/").context
    assert context["may_edit"]
    assert context["may_write_note"]
    assert not any(context[f"may_{act}"] for act in ("transfer", "protect", "archive", "manage_collaborators", "grade"))


def test_the_clock_goes_as_it_does_there_whoever_reads(alice, signed_in):
    customer = make_customer(alice, country="BR", city="São Paulo")
    with time_machine.travel(datetime(2026, 11, 22, 1, 13, tzinfo=UTC), tick=False):
        page = page_of(signed_in(alice), customer)
    assert ">22:13</time> <small>Sat</small>" in page  # while it is Sunday 09:13 in Shanghai


def test_names_of_those_who_were_told_are_set_apart_in_chinese_too(alice, team, signed_in, now):
    dana, wang = make_user("dana", team=team, role="manager"), make_user("王小明", role="admin")
    make_user("charlie")
    customer = make_customer(alice)
    add_note(
        customer=customer, body="请@dana看，再问@王小明看一下。＠DANA <@charlie> a@dana.example", by=alice, now=now
    )
    page = page_of(signed_in(alice), customer)
    assert re.findall(r'<span class="mention">([^<]*)</span>(.)', page) == [
        ("@dana", "看"),
        ("@王小明", "看"),
        ("＠DANA", " "),
    ]
    assert {dana, wang} == set(Note.objects.get().mentions.all())


def test_own_fields_are_told_one_by_one(alice, signed_in, now):
    for key, kind, name in (("oem", "yes_no", "Buys OEM"), ("budget", "money", "Budget"), ("nick", "text", "Nickname")):
        CustomField.objects.create(
            target="customers.customer", key=key, kind=kind, name_en=name, currency="USD" * (kind == "money")
        )
    customer = make_customer(alice, custom={"oem": False, "nick": "Blue gate"})
    own = {"oem": False, "budget": 1250.5, "gone": "x"}
    update_customer(customer=customer, changes={"custom": own}, by=alice, now=now)
    found = {(one.label, one.before, one.after) for one in changes_of(customer, 10)[0].fields}
    assert found == {("Budget", "", "USD 1,250.50"), ("Nickname", "Blue gate", ""), ("gone", "", "x")}


def test_headings_go_down_step_by_step(alice, signed_in, now):
    customer = make_customer(alice)
    add_note(customer=customer, body="note", by=alice, now=now)
    make_contact(customer, email="p@example.com")
    for tab in TABS:
        levels = [int(level) for level in re.findall(r"<h([1-6])", page_of(signed_in(alice), customer, tab))]
        assert all(after <= before + 1 for before, after in pairwise(levels[levels.index(1) :])), tab
