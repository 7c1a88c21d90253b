"""Are the editor's choices and the rule the same, and are rules said as people say them?"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followups.recurrence import parse
from followups.repeating import Pattern, rule_words, skip_words

FIRST = date(2026, 1, 31)  # a Saturday, the fifth and last


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=1", "every 3 days, 1 time"),
        ("FREQ=WEEKLY", "every week on Sat"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,MO;UNTIL=20261231", "every 2 weeks on Mon and Thu, until 31 Dec 2026"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "every week on Mon, Wed and Fri"),
        ("FREQ=MONTHLY", "every month on day 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU", "every 3 months on the second Tuesday"),
        ("FREQ=YEARLY", "every year on 31 Jan"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "every year on 29 Feb"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=5", "every year on the fourth Thursday of November, 5 times"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "every year on the last day of February"),
        ("FREQ=YEARLY;INTERVAL=2;BYWEEKNO=20", "every 2 years (FREQ=YEARLY;BYWEEKNO=20)"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "every month (FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1)",
        ),
    ],
)
def test_a_rule_in_words(rule, words):
    assert rule_words(parse(rule), FIRST) == words


def test_short_months_and_leap_years_are_told():
    assert skip_words(parse("FREQ=MONTHLY"), FIRST).startswith("Months without a day 31 are passed over.")
    assert skip_words(parse("FREQ=YEARLY"), date(2024, 2, 29)).startswith("Only leap years")
    assert skip_words(parse("FREQ=MONTHLY;BYMONTHDAY=-1"), FIRST) == ""
    assert skip_words(parse("FREQ=MONTHLY"), date(2026, 1, 28)) == ""


patterns = st.builds(
    Pattern,
    repeats=st.sampled_from(["daily", "weekly", "monthly", "yearly"]),
    every=st.integers(1, 10),
    weekdays=st.lists(st.integers(0, 6), unique=True).map(lambda days: tuple(sorted(days))),
    on=st.sampled_from(["day", "weekday", "last_weekday", "last_day"]),
    until=st.none() | st.dates(date(2026, 1, 1), date(2040, 1, 1)),
)


@given(patterns, st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_choices_become_a_rule_and_come_back(pattern, first):
    rule = parse(str(pattern.rule(first)))
    back = Pattern.of(rule, first)
    assert back is not None
    assert back.rule(first) == rule
    assert rule_words(rule, first)


def test_a_rule_of_ones_own_is_none_of_the_choices():
    assert Pattern.of(parse("FREQ=YEARLY;BYWEEKNO=20"), FIRST) is None
    assert Pattern.of(parse("FREQ=MONTHLY;BYMONTHDAY=15"), FIRST) is None
