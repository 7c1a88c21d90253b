"""Does everybody get the day's digest once, on working days, at their hour, in their words?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from accounts.models import User
from core.models import OutgoingMail
from core.registries import TODAY, TodayLine, TodaySection
from followups.digest import send_digests
from tests.factories import make_user
from tests.together import at_once

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
# 08:30 of Thursday 26 November 2026 in Shanghai.
MORNING = datetime(2026, 11, 26, 0, 30, tzinfo=UTC)


def lines(day):
    user = day.user
    if user.username == "silent":
        return []
    due = day.now - HOUR
    return [TodayLine("Kunde GmbH", "/customers/1/", text=f"Call {user.name}", due_at=due)]


@pytest.fixture(autouse=True)
def _today(monkeypatch, alice):
    """One section, and one that stands aside."""
    for key in list(TODAY):
        monkeypatch.delitem(TODAY, key)
    monkeypatch.setitem(TODAY, "one", TodaySection("Overdue", 1, lines))
    monkeypatch.setitem(TODAY, "aside", TodaySection("Aside", 2, lines, in_aside=True))
    User.objects.update(date_joined=MORNING - timedelta(days=30))


def test_at_their_hour_once(alice):
    assert send_digests(now=MORNING - timedelta(seconds=1)) == 0
    assert [send_digests(now=MORNING + number * HOUR) for number in range(3)] == [1, 0, 0]
    (mail,) = OutgoingMail.objects.all()
    assert mail.to == alice.email
    assert mail.subject == "Your day, 26 Nov: 1 thing"
    assert "Overdue (1)\n- Kunde GmbH · Call Alice" in mail.text
    assert "/customers/1/" in mail.text
    assert "Aside" not in mail.text
    assert send_digests(now=MORNING + 24 * HOUR) == 1


def test_a_day_that_ended_at_midnight_goes_by_its_name(alice, monkeypatch):
    def ended(day):
        return [TodayLine("Kunde GmbH", "/customers/1/", due_at=datetime(2026, 11, 25, 16, tzinfo=UTC))]

    monkeypatch.setitem(TODAY, "one", TodaySection("Overdue", 1, ended))
    send_digests(now=MORNING)
    assert "Kunde GmbH · 25 Nov\n" in OutgoingMail.objects.get().text


def test_in_their_zone_and_language(alice):
    alice.time_zone, alice.digest_at, alice.language = "Europe/Berlin", time(7), "zh-hans"
    alice.save()
    seven = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
    assert send_digests(now=seven - timedelta(seconds=1)) == 0
    assert send_digests(now=seven) == 1
    assert "06:00" in OutgoingMail.objects.get().text


@pytest.mark.parametrize(
    ("zone", "day", "comes"),
    [
        ("Asia/Shanghai", date(2026, 11, 28), False),  # Saturday
        ("Asia/Shanghai", date(2026, 10, 1), False),  # National Day
        ("Europe/Berlin", date(2026, 10, 1), True),
        ("Europe/Berlin", date(2026, 12, 25), False),
        ("Asia/Riyadh", date(2026, 11, 27), False),  # Friday
        ("Asia/Riyadh", date(2026, 11, 29), True),  # Sunday
    ],
)
def test_on_the_working_days_of_where_they_are(alice, zone, day, comes):
    alice.time_zone = zone
    alice.date_joined = MORNING - timedelta(days=100)
    alice.save()
    assert send_digests(now=datetime.combine(day, time(9), UTC)) == comes


def test_not_while_away_nor_where_nobody_wants_it(alice, bob):
    alice.away_from = alice.away_to = date(2026, 11, 26)
    alice.save()
    bob.digest_at = None
    bob.save()
    assert send_digests(now=MORNING) == 0


def test_nothing_to_say_is_no_mail(alice):
    make_user("silent", date_joined=MORNING - HOUR)
    assert send_digests(now=MORNING) == 1
    assert OutgoingMail.objects.get().to == alice.email


def test_who_joined_today_after_the_hour_waits_for_tomorrow(alice):
    make_user("new", date_joined=MORNING + HOUR)
    assert send_digests(now=MORNING + 2 * HOUR) == 1
    assert send_digests(now=MORNING + 24 * HOUR) == 2


def test_an_outage_is_made_up_for_on_the_same_day_only(alice):
    assert send_digests(now=MORNING + 4 * HOUR) == 1
    assert send_digests(now=MORNING + timedelta(days=5)) == 1  # the days between are over
    assert OutgoingMail.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_write_one_each(alice):
    people = [make_user(date_joined=MORNING - HOUR) for _number in range(5)]
    assert sum(at_once([lambda: send_digests(now=MORNING)] * 4)) == len(people) + 1 == OutgoingMail.objects.count()


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_the_rest_get_theirs(alice, bob, monkeypatch):
    def die(day):
        if day.user == bob:
            raise SystemExit  # not an Exception: nothing in the code may catch it, as with kill -9
        return lines(day)

    User.objects.update(date_joined=MORNING - HOUR)
    monkeypatch.setitem(TODAY, "one", TodaySection("Overdue", 1, die))
    with pytest.raises(SystemExit):
        send_digests(now=MORNING)
    monkeypatch.setitem(TODAY, "one", TodaySection("Overdue", 1, lines))
    assert send_digests(now=MORNING) == 1
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == [alice.email, bob.email]
