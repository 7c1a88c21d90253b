"""Do our rules fall when RFC 5545 says: as dateutil counts them, and right where the clocks change?"""

# ruff: noqa: DTZ001  wall times have no zone

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from followups.recurrence import WEEKDAYS, WrongRule, moment_of, next_occurrence, occurrences, parse

CALENDARS = Path(__file__).resolve().parents[3] / "shared" / "data" / "G_rules" / "ics_calendars"
START = datetime(2026, 1, 31, 9, 30)


def shown(text: str, start: datetime, zone: str, since: str, number: int = 5) -> list[str]:
    """Wall times there of the next occurrences."""
    there = ZoneInfo(zone)
    at = datetime.fromisoformat(since).replace(tzinfo=there)
    return [
        f"{one.astimezone(there):%Y-%m-%d %H:%M%z}" for one in islice(occurrences(parse(text), start, zone, at), number)
    ]


def test_the_thirty_first_is_passed_over_where_there_is_none_and_the_last_day_is_every_months():
    days = shown("FREQ=MONTHLY", START, "UTC", "2026-01-01")
    assert [day[:10] for day in days] == ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31", "2026-08-31"]
    days = shown("FREQ=MONTHLY;BYMONTHDAY=-1", START, "UTC", "2026-02-01")
    assert [day[:10] for day in days] == ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]
    days = shown("FREQ=YEARLY", datetime(2024, 2, 29, 9), "UTC", "2024-03-01", 2)
    assert [day[:10] for day in days] == ["2028-02-29", "2032-02-29"]


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        # Gaps: the clocks jump from 02:00 to 03:00 (Berlin, New York), from 00:00 to 01:00 (São Paulo).
        ("Europe/Berlin", "2026-03-28 02:30", ["03-28 02:30+0100", "03-29 03:30+0200", "03-30 02:30+0200"]),
        ("America/New_York", "2026-03-07 02:30", ["03-07 02:30-0500", "03-08 03:30-0400", "03-09 02:30-0400"]),
        ("America/Sao_Paulo", "2018-11-03 00:00", ["11-03 00:00-0300", "11-04 01:00-0200", "11-05 00:00-0200"]),
        # Folds: the hour comes twice; the first one counts, and only once.
        ("Europe/Berlin", "2026-10-24 02:30", ["10-24 02:30+0200", "10-25 02:30+0200", "10-26 02:30+0100"]),
        ("America/New_York", "2026-10-31 01:30", ["10-31 01:30-0400", "11-01 01:30-0400", "11-02 01:30-0500"]),
        ("America/Sao_Paulo", "2018-02-17 23:30", ["02-17 23:30-0200", "02-18 23:30-0300", "02-19 23:30-0300"]),
        # 09:00 stays 09:00.
        ("Europe/Berlin", "2026-10-24 09:00", ["10-24 09:00+0200", "10-25 09:00+0100", "10-26 09:00+0100"]),
        # Samoa left out 30 December 2011: its occurrence is that of the day after, which is not told twice.
        ("Pacific/Apia", "2011-12-29 09:00", ["12-29 09:00-1000", "12-31 09:00+1400", "01-01 09:00+1400"]),
    ],
)
def test_nights_on_which_the_clocks_change(zone, start, expected):
    assert [day[5:] for day in shown("FREQ=DAILY", datetime.fromisoformat(start), zone, start, 3)] == expected


def test_what_was_missed_is_passed_over_and_the_moment_itself_counts():
    rule, start = parse("FREQ=DAILY"), datetime(2026, 1, 1, 9)
    now = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
    assert next_occurrence(rule, start, "Europe/Berlin", now) == now
    later = next_occurrence(rule, start, "Europe/Berlin", now + timedelta(microseconds=1))
    assert later == now + timedelta(days=1)


def test_a_series_ends_after_its_number_and_with_its_last_day():
    assert len(shown("FREQ=WEEKLY;COUNT=3", START, "UTC", "2020-01-01", 9)) == 3
    assert shown("FREQ=WEEKLY;COUNT=3", START, "UTC", "2026-02-15", 9) == []
    assert shown("FREQ=DAILY;UNTIL=20260202", START, "Asia/Shanghai", "2026-02-02", 9) == ["2026-02-02 09:30+0800"]
    # An end in UTC is a moment: 01:30 UTC is 09:30 in Shanghai.
    assert len(shown("FREQ=DAILY;UNTIL=20260202T013000Z", START, "Asia/Shanghai", "2026-02-01", 9)) == 2
    assert len(shown("FREQ=DAILY;UNTIL=20260202T012959Z", START, "Asia/Shanghai", "2026-02-01", 9)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RRULE",
        "FREQ=HOURLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=SECONDLY",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=YEARLY;INTERVAL=11",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;COUNT=1001",
        "FREQ=DAILY;COUNT=２",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20260231",
        "FREQ=DAILY;UNTIL=99991231",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;BYEASTER=1",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=WEEKLY;UNTL=20191023;BYDAY=TH",
        "FREQ=DAILY\nDTSTART:20200101T000000",
        "FREQ=DAILY;BYMONTH=" + "1," * 400 + "1",
        "FREQ=DAILY;\x00=1",
    ],
)
def test_what_is_no_rule_of_ours_is_refused_with_words(text):
    with pytest.raises(WrongRule) as refusal:
        parse(text)
    assert str(refusal.value.message)


def test_a_rule_that_never_falls_is_found_out_in_no_time():
    rule = parse("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30")
    assert next_occurrence(rule, START, "UTC", datetime(2026, 1, 1, tzinfo=UTC)) is None


# --- agreement with dateutil ---------------------------------------------------------------------------

numbers = st.integers
week = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True).map(",".join)
nth = st.builds("{}{}".format, st.sampled_from([1, 2, 3, 4, 5, -1, -2]), st.sampled_from(WEEKDAYS))
month_days = st.lists(numbers(-31, 31).filter(bool), min_size=1, max_size=4).map(lambda days: ",".join(map(str, days)))
months = st.lists(numbers(1, 12), min_size=1, max_size=4).map(lambda found: ",".join(map(str, found)))


@st.composite
def rules(draw) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": frequency, "INTERVAL": draw(numbers(1, 6))}
    if draw(st.booleans()) and (frequency != "DAILY" or parts["INTERVAL"] == 1):
        parts["BYDAY"] = draw(week if frequency in ("DAILY", "WEEKLY") else st.one_of(week, nth))
    if frequency in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        parts["BYMONTHDAY"] = draw(month_days)
    if draw(st.booleans()):
        parts["BYMONTH"] = draw(months)
    if frequency in ("MONTHLY", "YEARLY") and len(parts) > 2 and draw(st.booleans()):
        parts["BYSETPOS"] = draw(st.sampled_from([1, 2, -1]))
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(WEEKDAYS))
    end = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if end:
        parts[end] = (
            draw(numbers(1, 60))
            if end == "COUNT"
            else f"{draw(st.dates(date(2026, 1, 1), date(2032, 1, 1))):%Y%m%d}T235959"
        )
    return ";".join(f"{name}={value}" for name, value in parts.items())


@settings(max_examples=80, deadline=None)
@given(
    rules(),
    st.datetimes(datetime(2019, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(microsecond=0)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Shanghai", "Australia/Lord_Howe"]),
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)),
)
def test_every_rule_falls_as_dateutil_counts_it(text, start, zone, since):
    rule = parse(text)
    assert parse(str(rule)) == rule
    until = since + timedelta(days=800)
    walls = takewhile(lambda wall: wall < datetime(2032, 1, 1), rrulestr(text, dtstart=start))
    expected = [at for at in (moment_of(wall, zone) for wall in walls) if since <= at < until]
    assert list(takewhile(lambda at: at < until, occurrences(rule, start, zone, since))) == expected
    assert next_occurrence(rule, start, zone, since) == (
        expected[0] if expected else next_occurrence(rule, start, zone, until)
    )


def real_rules() -> list[tuple[str, str, str]]:
    """(file, start, rule) of the calendars kept beside the checkout; none where they are not."""
    found = []
    for path in sorted(CALENDARS.glob("*.ics")):
        text = re.sub(r"\r?\n[ \t]", "", path.read_text(encoding="utf-8", errors="replace"))
        for event in re.findall(r"BEGIN:(VEVENT|STANDARD|DAYLIGHT)\s(.*?)END:\1", text, re.DOTALL):
            start = re.search(r"^DTSTART(?:;[^:\n]*)?:(\d{8}(?:T\d{6})?)", event[1], re.MULTILINE)
            rules = re.findall(r"^RRULE[^:\n]*:(.*?)\s*$", event[1], re.MULTILINE) if start else []
            found += [(path.name, start[1], rule) for rule in rules]
    return found


@pytest.mark.skipif(not CALENDARS.is_dir(), reason=f"no calendars at {CALENDARS}")
def test_rules_of_real_calendars_fall_as_dateutil_counts_them():
    compared, refused = 0, []
    for name, begins, text in real_rules():
        start = datetime.fromisoformat(begins)
        try:
            rule = parse(text)
        except WrongRule:
            refused.append((name, text))
            continue
        # dateutil wants a local end for a local start; a date as the end is its whole day with us.
        end = re.search(r"UNTIL=(\d{8})(T\d{6})?(Z?)", text)
        plain = re.sub(r"UNTIL=[^;]*", f"UNTIL={end[1]}{end[2] or 'T235959'}", text) if end else text
        expected = list(islice(rrulestr(plain, dtstart=start), 30))
        found = islice(occurrences(rule, start, "UTC", start.replace(tzinfo=UTC)), 30)
        assert [one.replace(tzinfo=None) for one in found] == expected, (name, text)
        compared += 1
    assert compared > 100
    # One has a misspelt part, one a negative number beside its end.
    assert len(refused) == 2, refused
