"""Does a calendar program get a person's tasks, right to the minute over the change of clocks, and nobody else any?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from icalendar import Calendar

from followups.models import Feed
from tests.factories import make_customer
from tests.followups.test_tasks import make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def berlin(alice):
    alice.time_zone, alice.language = "Europe/Berlin", "en"
    alice.save()
    return alice


@pytest.fixture
def path(berlin, signed_in, now) -> str:
    """The path of Alice's feed, as her page shows it this once."""
    with time_machine.travel(now, tick=False):
        return new_path(signed_in(berlin))


def new_path(client) -> str:
    page = client.post("/calendar/address/new/")
    return "/" + page.context["link"].partition("://")[2].partition("/")[2]


def read(path: str, now: datetime) -> Calendar:
    with time_machine.travel(now, tick=False):
        answer = Client().get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    return Calendar.from_ical(answer.content)


def test_a_program_reads_the_tasks_in_the_persons_zone(berlin, path, now):
    customer = make_customer(berlin, "Kunde GmbH; & Söhne, 上海")
    make_task(berlin, now, customer=customer, due_at=datetime(2027, 3, 27, 8, tzinfo=UTC), priority=4, kind="call")
    make_task(berlin, now, title="After the change", due_at=datetime(2027, 3, 28, 7, tzinfo=UTC))
    make_task(berlin, now, title="All day", due_on=date(2027, 3, 28))
    make_task(berlin, now, title="Too far", due_at=now + timedelta(days=400))
    make_task(berlin, now, title="Long ago", due_at=now - timedelta(days=31))
    found = read(path, now)
    assert not found.errors
    assert str(found["X-WR-TIMEZONE"]) == "Europe/Berlin"
    assert [str(zone["TZID"]) for zone in found.walk("VTIMEZONE")] == ["Europe/Berlin"]
    before, after, day = found.walk("VEVENT")
    assert str(before["SUMMARY"]) == "Send the price list · Kunde GmbH; & Söhne, 上海"
    assert before.start.isoformat() == "2027-03-27T09:00:00+01:00"
    assert after.start.isoformat() == "2027-03-28T09:00:00+02:00"
    assert (day.start, day.end) == (date(2027, 3, 28), date(2027, 3, 29))
    assert before["PRIORITY"] == 1
    assert str(before["DESCRIPTION"]) == "09:00 there · Saturday is a day of rest in Germany"
    # Ids stay, so that a program changes an entry and makes no second one.
    assert [str(one["UID"]) for one in read(path, now).walk("VEVENT")] == [
        str(one["UID"]) for one in (before, after, day)
    ]


def test_the_secret_is_kept_as_a_hash_only_and_noted_when_read(berlin, path, now):
    token = path.removeprefix("/feeds/").removesuffix(".ics")
    assert len(token) >= 40
    feed = Feed.objects.get()
    assert token not in f"{feed.token_hash} {feed}"
    read(path, now)
    feed.refresh_from_db()
    assert feed.used_at == now


def test_a_new_address_ends_the_old_and_a_stopped_one_is_gone(berlin, path, signed_in, now):
    client = signed_in(berlin)
    newer = new_path(client)
    assert Client().get(path).status_code == 404
    assert Client().get(newer).status_code == 200
    client.post("/calendar/address/stop/")
    assert Client().get(newer).status_code == 404
    assert "address/new/" in client.get("/calendar/address/").content.decode()


def test_who_left_has_no_feed(berlin, path):
    berlin.is_active = False
    berlin.save()
    assert Client().get(path).status_code == 404


def test_no_tasks_of_others(berlin, bob, path, now):
    make_task(bob, now, due_on=date(2026, 11, 30), customer=make_customer(bob, "Bobs Kunde"))
    make_task(berlin, now, title="Mine", due_on=date(2026, 11, 30))
    assert [str(one["SUMMARY"]) for one in read(path, now).walk("VEVENT")] == ["Mine"]


def test_guessing_is_slowed(path, now):
    with time_machine.travel(now, tick=False):  # a minute must not end between two guesses
        _guess(path)


def _guess(path):
    for _number in range(60):
        assert Client().get("/feeds/guessed.ics").status_code == 404
    assert Client().get(path).status_code == 429
    cache.clear()
    assert Client().post(path).status_code == 405
