"""Do tasks stand on their day in their person's zone, and are they moved by a drop that can be taken back?"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from followups.calendar import span_of
from followups.models import Postponement, Task
from tests.factories import make_customer
from tests.followups.test_tasks import make_task

pytestmark = pytest.mark.django_db
URL = "/calendar/"


@pytest.fixture
def berlin(alice):
    alice.time_zone = "Europe/Berlin"
    alice.save()
    return alice


def days_shown(page) -> dict[str, list[str]]:
    """Day → titles of the tasks on it."""
    return {day.on.isoformat(): [task.title for task in day.tasks] for day in page.context["days"] if day.tasks}


def test_a_month_has_whole_weeks_from_monday(now):
    span = span_of("month", date(2026, 11, 26))
    assert (span.first, span.last) == (date(2026, 10, 26), date(2026, 12, 6))
    assert (span.previous, span.next) == (date(2026, 10, 1), date(2026, 12, 1))
    assert span_of("week", date(2026, 11, 26)).first == date(2026, 11, 23)
    assert span_of("month", date.min).on == date(1971, 1, 1)


def test_a_task_stands_on_its_day_where_its_person_is(berlin, signed_in, now):
    make_task(berlin, now, title="All day", due_on=date(2026, 11, 30))
    make_task(berlin, now, title="At night", due_at=datetime(2026, 11, 30, 23, 30, tzinfo=UTC))  # 00:30 in Berlin
    make_task(berlin, now, title="At midnight", due_at=datetime(2026, 11, 30, 23, 0, tzinfo=UTC))
    page = signed_in(berlin).get(URL, {"on": "2026-11-15"})
    assert days_shown(page) == {"2026-11-30": ["All day", "At midnight"], "2026-12-01": ["At night"]}
    assert "Times in Berlin (UTC+01:00)" in page.content.decode()


@pytest.mark.parametrize("query", [{"on": "2026-02-30"}, {"on": "0001-01-01"}, {"view": "year"}, {"on": "9999-12-31"}])
def test_nonsense_shows_a_calendar_all_the_same(alice, signed_in, query):
    assert signed_in(alice).get(URL, query).status_code == 200


def test_a_full_day_says_how_many_more(alice, signed_in, now, statements):
    client = signed_in(alice)
    client.get(URL)  # what a process asks once
    few = statements(lambda: client.get(URL, {"on": "2026-11-30"}))
    for number in range(16):
        make_task(alice, now, title=f"Task {number}", due_on=date(2026, 11, 30), customer=make_customer(alice))
    page = client.get(URL, {"on": "2026-11-30"})
    assert "+12 more" in page.content.decode()
    assert len(days_shown(page)["2026-11-30"]) == 4
    assert len(days_shown(client.get(URL, {"on": "2026-11-30", "view": "day"}))["2026-11-30"]) == 16
    assert statements(lambda: client.get(URL, {"on": "2026-11-30"})) == few


def test_holidays_of_the_customers_countries_and_their_nights_are_shown(alice, signed_in, now):
    customer = make_customer(alice, country="SA")
    make_task(alice, now, customer=customer, due_at=datetime(2026, 11, 26, 21, 30, tzinfo=UTC))
    make_customer(alice, country="DE")
    page = signed_in(alice).get(URL, {"on": "2026-12-25", "view": "week"}).content.decode()
    assert "Christmas Day" in page
    page = signed_in(alice).get(URL, {"on": "2026-11-27", "view": "week"}).content.decode()
    assert "00:30 there · Friday is a day of rest in Saudi Arabia" in page


def test_a_manager_looks_at_a_person_of_their_teams_nobody_else_does(berlin, bob, charlie, dana, signed_in, now):
    make_task(berlin, now, due_on=date(2026, 11, 30))
    query = {"on": "2026-11-30", "who": berlin.pk}
    page = signed_in(dana).get(URL, query)
    assert days_shown(page) == {"2026-11-30": ["Send the price list"]}
    assert "Times in Berlin" in page.content.decode()
    assert signed_in(dana).get(URL, {"who": charlie.pk}).status_code == 404
    assert days_shown(signed_in(bob).get(URL, query)) == {}  # their own


def test_a_dropped_task_keeps_its_time_of_day_and_can_be_taken_back(berlin, signed_in, now):
    task = make_task(berlin, now, due_at=datetime(2026, 11, 27, 9, 30, tzinfo=UTC), starts_at=now)
    client = signed_in(berlin)
    url = reverse("followups:task_move", args=[task.pk])
    with time_machine.travel(now, tick=False):
        answer = client.post(url, {"on": "2026-11-30"})
    assert answer.status_code == 204
    task.refresh_from_db()
    assert task.due_at == datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
    assert Postponement.objects.get().reason == "moved in the calendar"
    told = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert told["text"] == "“Send the price list” is due on 30 Nov"
    assert client.post(told["undo"]).status_code == 204
    task.refresh_from_db()
    assert (task.due_at, task.starts_at) == (datetime(2026, 11, 27, 9, 30, tzinfo=UTC), now)


def test_a_task_of_a_day_stays_one_and_the_clocks_may_change(berlin, signed_in, now):
    task = make_task(berlin, now, due_on=date(2027, 3, 26))
    timed = make_task(berlin, now, due_at=datetime(2027, 3, 26, 8, tzinfo=UTC))
    for one in (task, timed):
        signed_in(berlin).post(reverse("followups:task_move", args=[one.pk]), {"on": "2027-03-29"})
        one.refresh_from_db()
    assert task.is_all_day
    assert task.due_at.isoformat() == "2027-03-29T22:00:00+00:00"
    assert timed.due_at == datetime(2027, 3, 29, 7, tzinfo=UTC)


def test_who_may_not_move_it_does_not(alice, bob, charlie, signed_in, now):
    task = make_task(alice, now, due_on=date(2026, 11, 30))
    url = reverse("followups:task_move", args=[task.pk])
    assert signed_in(charlie).post(url, {"on": "2026-12-01"}).status_code == 404
    for wrong in ("", "tomorrow", "0001-01-01"):
        assert signed_in(alice).post(url, {"on": wrong}).status_code == 400
    Task.objects.update(state="done", ended_at=now, ended_by=alice)
    answer = signed_in(alice).post(url, {"on": "2026-12-01"})
    assert answer.status_code == 409
    assert "ended already" in answer.headers["HX-Trigger"]
    assert Task.objects.get().due_at - timedelta(hours=16) == datetime(2026, 11, 30, tzinfo=UTC)
