"""When are 24 hours over, days off not counted?"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from publicpool.rotation.hours import hours_after

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HOLIDAY = date(2026, 11, 24)


def is_off(day: date) -> bool:
    return day.weekday() >= 5 or day == HOLIDAY


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("given", "over"),
    [
        ("2026-11-26T15:00", "2026-11-27T15:00"),  # Thursday
        ("2026-11-27T15:00", "2026-11-30T15:00"),  # Friday
        ("2026-11-28T11:00", "2026-12-01T00:00"),  # Saturday: from Monday 00:00 on
        ("2026-11-23T09:00", "2026-11-25T09:00"),  # over a holiday
        ("2026-11-27T00:00", "2026-11-28T00:00"),
    ],
)
def test_24_hours(given, over):
    assert hours_after(at(given), 24, is_off, SHANGHAI) == at(over)


def test_a_day_on_which_clocks_are_moved_has_its_own_length():
    """In Berlin Sunday 25 October 2026 has 25 hours."""
    found = hours_after(at("2026-10-24T12:00", BERLIN), 24, lambda day: False, BERLIN)
    assert found == at("2026-10-25T11:00", BERLIN)


def test_who_never_works_again_is_waited_for_in_vain_but_not_forever():
    assert hours_after(at("2026-11-26T15:00"), 24, lambda day: True, SHANGHAI) > at("2027-11-26T15:00")
