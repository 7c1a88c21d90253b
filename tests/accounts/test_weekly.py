"""Does the weekly summary come due once a week, at its hour where its reader is, whatever the clocks do?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.models.people import NEVER
from accounts.weekly import is_due, last_slot, next_slot, week_of

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# A week and a day before the clocks change: on the coast of Australia by half an hour only; Brazil gave it up in 2019.
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 20)),
    ("Europe/Berlin", date(2026, 10, 16)),
    ("America/New_York", date(2026, 2, 27)),
    ("America/New_York", date(2026, 10, 23)),
    ("America/Sao_Paulo", date(2018, 10, 26)),
    ("America/Sao_Paulo", date(2019, 2, 8)),
    ("America/Sao_Paulo", date(2026, 10, 23)),
    ("Australia/Lord_Howe", date(2026, 3, 27)),
    ("Australia/Lord_Howe", date(2026, 9, 25)),
    ("Asia/Shanghai", date(2026, 10, 16)),
]
LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


def person(**fields) -> User:
    return User(**{"time_zone": "Asia/Shanghai", "role": "salesperson", "date_joined": LONG_AGO} | fields)


def midnight(zone: str, day: date) -> datetime:
    """Some moment (UTC) before the first minute of a day there, on a full hour."""
    return datetime.combine(day, time(), UTC) - timedelta(hours=16)


def wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def expected(who: User, day: date) -> datetime:
    """The first minute at which the wall clock shows the hour; one that is left out counts from the minute before."""
    wanted = datetime.combine(day, who.weekly_at)
    minutes = [midnight(who.time_zone, day) + n * MINUTE for n in range(60 * 48)]
    shown = [one for one in minutes if wall(one, who.time_zone) == wanted]
    if shown:
        return shown[0]
    last = next(one for one in minutes if wall(one + MINUTE, who.time_zone) > wanted)
    return last + (wanted - wall(last, who.time_zone))


@pytest.mark.parametrize("change", CHANGES)
@settings(max_examples=3, deadline=None)
@given(
    weekday=st.integers(0, 6),
    at=st.times().map(lambda one: one.replace(second=0, microsecond=0)) | st.sampled_from([time(2, 15), time(0)]),
)
def test_sweeps_each_minute_send_one_a_week_at_the_hour_there(change, weekday, at):
    zone, first = change
    begins = midnight(zone, first)
    who = person(time_zone=zone, weekly_on=weekday, weekly_at=at)
    who.weekly_noted_on = last_slot(who, begins - MINUTE).day  # what was due before is over
    sent = []
    for n in range(17 * 1440):
        slot = last_slot(who, begins + n * MINUTE)
        if is_due(who, slot):
            who.weekly_noted_on = slot.day
            sent.append(begins + n * MINUTE)
    days = [first + n * DAY for n in range(-1, 18) if (first + n * DAY).weekday() == weekday]
    wanted = [expected(who, day) for day in days]
    assert sent == [one for one in wanted if begins <= one < begins + 17 * 1440 * MINUTE]


@pytest.mark.parametrize(
    ("zone", "day", "at", "shown"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29T03:30+02:00"),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T02:30+02:00"),
        ("Europe/Berlin", date(2026, 10, 26), time(8), "2026-10-26T08:00+01:00"),
        ("America/New_York", date(2026, 3, 8), time(2), "2026-03-08T03:00-04:00"),
        ("America/New_York", date(2026, 11, 1), time(1), "2026-11-01T01:00-04:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), time(0), "2018-11-04T01:00-02:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-04T02:45+11:00"),
    ],
)
def test_hours_that_are_left_out_or_come_twice(zone, day, at, shown):
    who = person(time_zone=zone, weekly_on=day.weekday(), weekly_at=at)
    slot = last_slot(who, datetime.combine(day, time(23), ZoneInfo(zone)))
    assert (slot.day, slot.at) == (day, datetime.fromisoformat(shown))


def test_monday_for_who_chose_nothing_and_none_for_administrators():
    assert [person(role=role).weekly_day for role in User.Role.values] == [0, 0, None]
    assert person(role="admin", weekly_on=4).weekly_day == 4
    assert person(weekly_on=NEVER).weekly_day is None
    assert last_slot(person(weekly_on=NEVER), LONG_AGO) is None
    assert next_slot(person(weekly_on=NEVER), LONG_AGO) is None


def test_another_day_or_zone_is_still_one_a_calendar_week(now):
    who = person(weekly_noted_on=date(2026, 11, 23))
    for weekday in range(7):
        who.weekly_on = weekday
        for zone in ("Asia/Shanghai", "Pacific/Kiritimati", "America/Los_Angeles"):
            who.time_zone = zone
            for hours in range(0, 24 * 3, 5):
                slot = last_slot(who, now + timedelta(hours=hours))
                assert not is_due(who, slot) or week_of(slot.day) > date(2026, 11, 23)


def test_the_next_one_is_named(now):
    assert next_slot(person(weekly_noted_on=date(2026, 11, 23)), now).at == datetime(2026, 11, 30, 0, tzinfo=UTC)
    # Friday chosen on Thursday, after Monday's: this week has had its own.
    moved = person(weekly_noted_on=date(2026, 11, 23), weekly_on=4)
    assert next_slot(moved, now).day == date(2026, 12, 4)


def test_another_day_begins_when_it_comes(alice, signed_in, now, time_machine):
    time_machine.move_to(now, tick=False)
    client = signed_in(alice)
    data = {"name": "Alice", "time_zone": "Asia/Shanghai", "theme": "auto"}
    User.objects.update(date_joined=LONG_AGO)
    for weekday, at, next_day in [
        ("7", "08:00", None),
        ("2", "08:00", date(2026, 12, 2)),
        ("4", "", date(2026, 12, 4)),
        ("0", "09:30", date(2026, 11, 30)),
    ]:
        assert client.post("/people/me/", data | {"weekly_on": weekday, "weekly_at": at}).status_code == 302
        alice.refresh_from_db()
        slot = last_slot(alice, now)
        assert slot is None or not is_due(alice, slot), weekday
        coming = next_slot(alice, now)
        assert (coming.day if coming else None) == next_day, weekday
    assert alice.weekly_at == time(9, 30)
    page = client.get("/people/me/").content.decode()
    assert '<option value="0" selected>Monday' in page
    assert "/weekly/" in page
    assert client.post("/people/me/", data | {"weekly_on": "9"}).status_code == 422
