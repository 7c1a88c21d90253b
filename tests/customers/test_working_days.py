"""Do suggested days fall on working days of the customer's country, and is said why one is not?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from customers.there import moment_there
from customers.working_days import add_working_days, is_working_day, next_working_day, why_off

COUNTRIES = ["", "AE", "CN", "DE", "IL", "SA", "US", "BR", "EG", "XK", "AQ"]


@pytest.mark.parametrize(
    ("country", "day", "expected"),
    [
        ("DE", date(2026, 12, 25), date(2026, 12, 28)),  # Christmas Day is a Friday
        ("SA", date(2026, 11, 27), date(2026, 11, 29)),  # Friday and Saturday
        ("AE", date(2026, 11, 27), date(2026, 11, 27)),  # since 2022 a working day
        ("", date(2026, 11, 28), date(2026, 11, 30)),
        ("CN", date(2026, 2, 14), date(2026, 2, 14)),  # a Saturday worked for the spring festival
        ("CN", date(2026, 10, 1), date(2026, 10, 8)),
    ],
)
def test_a_date_moves_to_the_next_working_day_there(country, day, expected):
    assert next_working_day(country, day) == expected


def test_working_days_are_counted_there():
    assert add_working_days("DE", date(2026, 12, 23), 2) == date(2026, 12, 28)
    assert add_working_days("SA", date(2026, 11, 26), 1) == date(2026, 11, 29)
    assert add_working_days("", date(2026, 11, 28), 0) == date(2026, 11, 30)


@given(st.sampled_from(COUNTRIES), st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 20))
def test_any_number_of_days_ends_on_a_working_day_with_that_many_between(country, day, number):
    end = add_working_days(country, day, number)
    assert is_working_day(country, end)
    assert not why_off(country, end)
    passed = sum(is_working_day(country, day + timedelta(days=n)) for n in range(1, (end - day).days + 1))
    assert passed == number or (number == 0 and passed <= 1)


def test_why_a_day_is_off_is_said():
    assert why_off("DE", date(2026, 12, 25)) == "Christmas Day, a holiday in Germany"
    assert why_off("SA", date(2026, 11, 27)) == "Friday is a day of rest in Saudi Arabia"
    assert why_off("", date(2026, 11, 28)) == "Saturday"
    assert why_off("DE", date(2026, 11, 26)) == ""


def test_a_due_time_is_told_on_the_customers_clock():
    customer = Customer(country="SA", city="Riyadh")
    late = datetime(2026, 11, 26, 21, 30, tzinfo=UTC)  # 00:30 on Friday
    found = moment_there(customer, late)
    assert found is not None
    assert found.words == "00:30 there · Friday is a day of rest in Saudi Arabia"
    assert found.is_bad
    assert found.is_night
    assert moment_there(Customer(), late) is None
    with translation.override("en"):
        page = Template("{% load there %}{% there customer day %}").render(
            Context({"customer": customer, "day": date(2026, 11, 27)})
        )
    assert page == '<span class="there text-warn">Friday is a day of rest in Saudi Arabia</span>'
