"""Can an admin walk a departure from the person's page to its end and back, losing nothing that was typed?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Departure, User
from core.jobs import run_due
from customers.models import Customer
from followups.inputs import TaskData
from followups.services import create_task
from tests.factories import make_customer, make_lead, make_user
from tests.publicpool.rotations import colleagues, make_firm
from tests.weighing import weight

PLAN = {"customers-TOTAL_FORMS": "2", "customers-INITIAL_FORMS": "0"}


@pytest.fixture
def walk(alice, root, signed_in):
    """Posts a plan for Alice's departure; the page that comes after."""
    client = signed_in(root)

    def post(**lines: object):
        data = PLAN | {f"customers-{name.replace('_', '-', 1)}": value for name, value in lines.items()}
        return client.post(f"/people/{alice.pk}/departure/", data)

    post.client = client  # type: ignore[attr-defined]
    return post


def test_from_the_persons_page_to_the_end_and_back(alice, bob, charlie, walk):
    french, german = make_customer(alice, country="FR"), make_customer(alice)
    client = walk.client
    assert f"/people/{alice.pk}/departure/" in client.get(f"/people/{alice.pk}/").content.decode()
    page = client.get(f"/people/{alice.pk}/departure/").content.decode()
    assert "France · 1" in page
    answer = walk(**{"0_to": f"person:{bob.pk}", "0_countries": "FR", "1_to": f"person:{charlie.pk}"})
    departure = Departure.objects.get()
    assert answer.url == f"/people/departures/{departure.pk}/"
    preview = client.get(answer.url)
    assert [(share.to, share.number) for share in preview.context["shares"][0][3]] == [(bob, 1), (charlie, 1)]
    assert Customer.objects.filter(owner=alice).count() == 2
    client.post(f"/people/departures/{departure.pk}/carry-out/")
    assert (Customer.objects.get(pk=french.pk).owner, Customer.objects.get(pk=german.pk).owner) == (bob, charlie)
    done = client.get(answer.url).content.decode()
    assert "Take everything back" in done
    assert "1 page" not in done
    sheets = client.get(f"/people/departures/{departure.pk}/sheets/").content.decode()
    assert sheets.count('class="story sheet') == 2
    client.post(f"/people/departures/{departure.pk}/undo/", {"unit": f"customers.customer:{french.pk}"})
    assert Customer.objects.filter(owner=alice).count() == 1
    client.post(f"/people/departures/{departure.pk}/undo/", {"all": "1", "reactivate": "1"})
    alice.refresh_from_db()
    assert (Customer.objects.filter(owner=alice).count(), alice.is_active) == (2, True)


def test_a_plan_that_leaves_something_over_is_shown_as_typed(alice, bob, walk):
    create_task(data=TaskData(title="t", assignee=alice), by=alice, now=make_customer(alice).created_at)
    tasks = {"tasks-TOTAL_FORMS": "1", "tasks-INITIAL_FORMS": "0", "tasks-0-to": "party"}
    url = f"/people/{alice.pk}/departure/"
    answer = walk.client.post(url, PLAN | tasks | {"customers-0-to": f"person:{bob.pk}"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "is not planned yet" in page
    assert f'value="person:{bob.pk}" selected' in page
    assert not Departure.objects.exists()


def test_conditions_without_a_goal_are_told(alice, walk):
    make_customer(alice)
    answer = walk(**{"0_countries": "DE"})
    assert answer.status_code == 422
    assert "Say where these go." in answer.content.decode()


def test_what_changed_since_the_preview_is_shown_anew(alice, bob, walk):
    make_customer(alice)
    url = walk(**{"0_to": f"person:{bob.pk}"}).url
    make_customer(alice)
    answer = walk.client.post(f"{url}carry-out/")
    assert answer.status_code == 409
    assert answer.context["departure"].total == 2
    assert Customer.objects.filter(owner=alice).count() == 2
    assert walk.client.post(f"{url}carry-out/").status_code == 302
    assert not Customer.objects.filter(owner=alice).exists()


def test_it_needs_a_fresh_sign_in(alice, bob, root, signed_in, walk):
    make_customer(alice)
    url = walk(**{"0_to": f"person:{bob.pk}"}).url
    stale = signed_in(root, fresh=False)
    for address in (f"/people/{alice.pk}/departure/", f"{url}carry-out/", f"{url}undo/", f"{url}drop/"):
        assert stale.post(address).url.startswith("/accounts/reauthenticate/")
    assert Departure.objects.get().state == "planned"


def test_not_oneself(root, walk):
    assert walk.client.get(f"/people/{root.pk}/departure/").status_code == 403


def test_a_plan_can_be_dropped(alice, bob, walk):
    make_customer(alice)
    url = walk(**{"0_to": f"person:{bob.pk}"}).url
    assert walk.client.post(f"{url}drop/").url == f"/people/{alice.pk}/"
    assert not Departure.objects.exists()


def test_pages_ask_a_fixed_number_of_statements(alice, bob, walk, statements):
    for _n in range(3):
        make_customer(alice)
    url = walk(**{"0_to": f"person:{bob.pk}"}).url
    walk.client.get(url)
    few = statements(lambda: walk.client.get(url))
    for _n in range(40):
        make_customer(alice)
    walk.client.post(f"{url}try/")
    assert walk.client.get(url).context["departure"].total == 43
    assert statements(lambda: walk.client.get(url)) == few
    assert statements(lambda: walk.client.get("/people/departures/")) <= 12


def test_very_much_is_background_work(alice, bob, walk, monkeypatch, now):
    monkeypatch.setattr("accounts.services.departures.MANY", 1)
    for _n in range(3):
        make_customer(alice)
    job = walk(**{"0_to": f"person:{bob.pk}"}).url
    assert job.startswith("/jobs/")
    departure = Departure.objects.get()
    assert departure.tried_at is None
    run_due(lambda: now)
    departure.refresh_from_db()
    assert departure.total == 3
    assert walk.client.post(f"/people/departures/{departure.pk}/carry-out/").url.startswith("/jobs/")
    run_due(lambda: now + timedelta(minutes=1))
    assert Customer.objects.filter(owner=bob).count() == 3
    departure.refresh_from_db()
    assert departure.is_done


def test_another_admin_goes_on_where_who_planned_it_has_left(alice, bob, root, walk):
    make_customer(alice)
    url = walk(**{"0_to": f"person:{bob.pk}"}).url
    ada = make_user("ada", role=User.Role.ADMIN)
    Departure.objects.update(planned_by=ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert walk.client.post(f"{url}try/").url == url
    make_customer(alice)
    assert walk.client.post(f"{url}carry-out/").status_code == 409
    assert walk.client.post(f"{url}carry-out/").status_code == 302
    assert Customer.objects.filter(owner=bob).count() == 2


def test_units_that_are_none_take_nothing_back(alice, bob, walk):
    make_customer(alice)
    url = walk(**{"0_to": f"person:{bob.pk}"}).url
    walk.client.post(f"{url}carry-out/")
    walk.client.post(f"{url}undo/", {"unit": ["a\0b", "x" * 5000]})
    assert Customer.objects.get().owner == bob


def test_what_another_tab_planned_is_looked_at_first(alice, bob, charlie, walk):
    make_customer(alice)
    url = walk(**{"0_to": f"person:{bob.pk}"}).url
    seen = walk.client.get(url).context["departure"].seen
    walk(**{"0_to": f"person:{charlie.pk}"})
    answer = walk.client.post(f"{url}carry-out/", {"seen": seen})
    assert answer.status_code == 409
    assert Customer.objects.get().owner == alice
    walk.client.post(f"{url}carry-out/", {"seen": answer.context["departure"].seen})
    assert Customer.objects.get().owner == charlie


def test_taking_back_says_how_much(alice, bob, walk):
    """With nothing ticked it said "Taken back."."""
    one, _other = make_customer(alice), make_customer(alice)
    url = walk(**{"0_to": f"person:{bob.pk}"}).url
    assert "Went to" not in walk.client.get(url).content.decode()
    walk.client.post(f"{url}carry-out/")
    page = walk.client.get(url).content.decode()
    assert 'href="#undo"' in page
    assert "Went to" in page
    answer = walk.client.post(f"{url}undo/", {}, follow=True)
    assert "Nothing is selected." in answer.content.decode()
    answer = walk.client.post(f"{url}undo/", {"unit": f"customers.customer:{one.pk}"}, follow=True)
    assert "1 thing taken back." in answer.content.decode()
    answer = walk.client.post(f"{url}undo/", {"all": "1"}, follow=True)
    assert "1 thing taken back." in answer.content.decode()
    assert 'href="#undo"' in answer.content.decode()


def test_very_many_things_are_named_before_they_go(alice, bob, walk, monkeypatch):
    monkeypatch.setattr("accounts.views.departures.ASKED_FROM", 2)
    make_customer(alice)
    url = walk(**{"0_to": f"person:{bob.pk}"}).url
    assert "?sure=1" not in walk.client.get(url).content.decode()
    make_customer(alice)
    walk.client.post(f"{url}try/")
    assert "?sure=1" in walk.client.get(url).content.decode()
    page = walk.client.get(f"{url}?sure=1").content.decode()
    assert "<b>2</b> things go on" in page
    assert f"{url}carry-out/" in page
    walk.client.post(f"{url}carry-out/", {"seen": Departure.objects.get().seen})
    assert "<b>2</b> things go on" not in walk.client.get(f"{url}?sure=1").content.decode()


def test_what_goes_apart_from_its_customer_is_told(alice, bob, charlie, now, walk):
    mine, other = make_customer(alice), make_customer(alice)
    for customer in (mine, other):
        create_task(data=TaskData(title="t", customer=customer, assignee=alice), by=alice, now=now)
    create_task(data=TaskData(title="of nobody", assignee=alice), by=alice, now=now)
    tasks = {"tasks-TOTAL_FORMS": "1", "tasks-INITIAL_FORMS": "0", "tasks-0-to": f"person:{charlie.pk}"}
    answer = walk.client.post(f"/people/{alice.pk}/departure/", PLAN | tasks | {"customers-0-to": f"person:{bob.pk}"})
    page = walk.client.get(answer.url)
    assert page.context["apart"] == {"tasks": 2}
    listed = walk.client.get(f"{answer.url}?kind=tasks&only=apart").context["rows"]
    assert {one.line.unit for one in listed} == {f"customers.customer:{one.pk}" for one in (mine, other)}
    tasks["tasks-0-to"] = f"person:{bob.pk}"
    walk.client.post(f"/people/{alice.pk}/departure/", PLAN | tasks | {"customers-0-to": f"person:{bob.pk}"})
    assert walk.client.get(answer.url).context["apart"] == {}


def test_a_refused_plan_names_the_part_that_is_missing(alice, bob, walk):
    create_task(data=TaskData(title="t", assignee=alice), by=alice, now=make_customer(alice).created_at)
    tasks = {"tasks-TOTAL_FORMS": "1", "tasks-INITIAL_FORMS": "0", "tasks-0-to": "party"}
    url = f"/people/{alice.pk}/departure/"
    page = walk.client.post(url, PLAN | tasks | {"customers-0-to": f"person:{bob.pk}"}).content.decode()
    assert '<a href="#kind-tasks">' in page
    assert '<a href="#kind-customers">' not in page


def test_who_is_suggested_stands_with_their_role(alice, dana, now, walk):
    create_task(data=TaskData(title="t", assignee=alice), by=alice, now=now)
    page = walk.client.get(f"/people/{alice.pk}/departure/").content.decode()
    assert "selected>Dana · Team manager" in page


# --- a firm of two hundred ----------------------------------------------------------------------------------


@pytest.fixture
def firm(team) -> list[User]:
    return colleagues(200, team)


def fill(alice: User, now) -> None:
    """One of each kind that has a holder and conditions of its own."""
    customer = make_customer(alice, country="FR")
    create_task(data=TaskData(title="t", assignee=alice), by=alice, now=now)
    create_task(data=TaskData(title="u", assignee=alice, customer=customer), by=alice, now=now)
    make_lead(owner=alice)


def test_the_plan_lists_two_hundred_people_once(alice, firm, walk, now, statements):
    fill(alice, now)
    client, url = walk.client, f"/people/{alice.pk}/departure/"
    shown = client.get(url)
    words = shown.content.decode()
    assert len(shown.context["lines"]) == 3
    assert weight(shown) < 46_000
    assert words.count(">Person number 150") == 1
    assert statements(lambda: client.get(url)) == 14
    # Who is chosen stays chosen, in its line.
    typed = PLAN | {"customers-0-to": "", "customers-0-countries": "FR", "customers-1-to": f"person:{firm[150].pk}"}
    answer = client.post(url, typed)
    assert answer.status_code == 422
    assert f'value="person:{firm[150].pk}" selected>Person number 150' in answer.content.decode()
    # Without a script each line lists everybody once that is asked for; nothing is planned by that.
    answer = client.post(url, typed | {"everybody": "1"})
    assert answer.status_code == 200
    assert answer.content.decode().count(">Person number 149") == 5
    assert f'value="person:{firm[150].pk}" selected>Person number 150' in answer.content.decode()
    assert 'name="listed"' in answer.content.decode()
    assert not Departure.objects.exists()


def test_a_preview_of_very_many_heirs_shows_the_first_of_them(alice, root, firm, walk, now, statements):
    fill(alice, now)
    rotation = make_firm(root, firm, now)
    for _number in range(200):
        make_customer(alice)
    kinds = {
        f"{kind}-{word}": n for kind in ("leads", "tasks") for word, n in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))
    }
    manager = f"person:{root.pk}"
    plan = kinds | {
        "leads-0-to": manager,
        "tasks-0-to": manager,
        "customers-0-to": f"rotation:{rotation.pk}",
        "customers-1-to": manager,
    }
    url = walk.client.post(f"/people/{alice.pk}/departure/", PLAN | plan).url
    preview = walk.client.get(url)
    assert weight(preview) < 60_000
    _label, kind, number, shown, more = preview.context["shares"][0]
    assert (kind, number, len(shown), more) == ("customers", 201, 15, 185)
    assert len(preview.context["people"]) == 201
    whole = walk.client.get(f"{url}?all=1")
    assert len(whole.context["shares"][0][3]) == 200
    assert statements(lambda: walk.client.get(url)) == 11  # one more for each other kind on the page
    assert statements(lambda: walk.client.get(f"{url}?last=1")) == 13
    walk.client.post(f"{url}carry-out/")
    assert weight(walk.client.get(url)) < 60_000
