"""Does the editor say what it will do before it does it, and keep what was typed?"""

from __future__ import annotations

import pytest
import time_machine

from followups.models import Series, Task
from tests.factories import make_customer

pytestmark = pytest.mark.django_db

TYPED = {
    "title": "Ask how it runs",
    "kind": "call",
    "priority": "2",
    "starts_on": "2026-12-25",
    "starts_at": "",
    "zone": "Asia/Shanghai",
    "repeats": "monthly",
    "every": "1",
    "on": "last_day",
    "ends": "never",
    "due_after": "0",
    "remind_before": "1440",
}


@pytest.fixture(autouse=True)
def _clock(now):
    with time_machine.travel(now, tick=False):
        yield


def test_the_next_days_are_told_with_the_customers_days_off_and_moved_when_asked(alice, signed_in):
    client, customer = signed_in(alice), make_customer(alice)
    query = TYPED | {"customer": customer.pk, "repeats": "yearly", "on": "day", "ends": "after", "count": "3"}
    page = client.get("/tasks/repeating/preview/", query)
    assert [f"{one.at:%Y-%m-%d}" for one in page.context["coming"]] == ["2026-12-25", "2027-12-25", "2028-12-25"]
    text = page.content.decode()
    assert "every year on 25 Dec, 3 times" in text
    assert "Christmas Day, a holiday in Germany" in text
    assert "Move days off to the next working day there" in text
    moved = client.get("/tasks/repeating/preview/", query | {"avoids_days_off": "on"})
    assert str(moved.context["coming"][0].moved_to) == "2026-12-28"


def test_what_is_incomplete_is_told_calmly(alice, bob, signed_in):
    client = signed_in(alice)
    for query in ({}, {"starts_on": "2026-02-30"}, TYPED | {"every": "0"}, TYPED | {"repeats": "own", "rule": "FREQ="}):
        page = client.get("/tasks/repeating/preview/", query)
        assert page.status_code == 200
        assert page.context["draft"] is None
    page = client.get("/tasks/repeating/preview/", TYPED | {"customer": make_customer(bob).pk})
    assert page.context["customer"] is None


def test_a_series_is_made_changed_stopped_and_started(alice, signed_in):
    client, customer = signed_in(alice), make_customer(alice)
    made = client.post("/tasks/repeating/new/", TYPED | {"customer": customer.pk, "assignee": alice.pk})
    series = Series.objects.get()
    assert made.headers["Location"] == f"/tasks/repeating/{series.pk}/"
    assert (series.rule, series.customer, series.is_all_day) == ("FREQ=MONTHLY;BYMONTHDAY=-1", customer, True)
    assert Task.objects.get().due_at.isoformat() == "2026-12-31T16:00:00+00:00"
    form = client.get(f"/tasks/repeating/{series.pk}/edit/").context["form"]
    assert (form["repeats"].value(), form["on"].value(), form["remind_before"].value()) == ("monthly", "last_day", 1440)
    client.post(
        f"/tasks/repeating/{series.pk}/edit/", TYPED | {"assignee": alice.pk, "title": "Visit", "on": "weekday"}
    )
    series.refresh_from_db()
    assert (series.rule, series.customer) == ("FREQ=MONTHLY;BYDAY=4FR", customer)
    assert Task.objects.get().title == "Visit"
    page = client.get(series.get_absolute_url()).content.decode()
    assert "every month on the fourth Friday" in page
    client.post(f"/tasks/repeating/{series.pk}/stop/")
    assert "Start again" in client.get(series.get_absolute_url()).content.decode()
    client.post(f"/tasks/repeating/{series.pk}/start/")
    assert Task.objects.open().count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends": "on"}, "until"),
        ({"ends": "on", "until": "2026-01-01"}, "until"),
        ({"ends": "after"}, "count"),
        ({"repeats": "own", "rule": "FREQ=HOURLY"}, "rule"),
        ({"repeats": "yearly", "every": "11"}, "every"),
        ({"starts_on": "2020-01-01", "ends": "on", "until": "2020-02-01"}, "starts_on"),
        ({"segment": "whose=mine", "customer": "x"}, "customer"),
        ({"zone": "Mars/Olympus"}, "zone"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(alice, signed_in, wrong, field):
    answer = signed_in(alice).post("/tasks/repeating/new/", TYPED | {"assignee": alice.pk} | wrong)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Series.objects.exists()


def test_a_series_for_the_selection_of_the_list(alice, signed_in):
    make_customer(alice)
    client = signed_in(alice)
    page = client.get("/tasks/repeating/new/", {"segment": "country=DE"})
    assert page.context["form"]["segment"].value() == "country=DE"
    preview = client.get("/tasks/repeating/preview/", TYPED | {"segment": "country=DE"}).content.decode()
    assert "Customers at present: 1" in preview
    client.post("/tasks/repeating/new/?segment=country%3DDE", TYPED | {"assignee": alice.pk, "segment": "country=DE"})
    assert Series.objects.get().segment == "country=DE"
    assert client.get(Series.objects.get().get_absolute_url()).status_code == 200


def test_the_list_takes_the_same_statements_with_one_and_thirty(alice, signed_in, statements):
    client, customer = signed_in(alice), make_customer(alice)
    client.get("/tasks/repeating/")
    client.post("/tasks/repeating/new/", TYPED | {"customer": customer.pk, "assignee": alice.pk})
    one = statements(lambda: client.get("/tasks/repeating/"))
    for _number in range(29):
        client.post("/tasks/repeating/new/", TYPED | {"customer": customer.pk, "assignee": alice.pk})
    assert statements(lambda: client.get("/tasks/repeating/")) == one
