"""What is an amount worth in the base currency?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from core.models import ExchangeRate
from core.money import OLDEST_DAYS, BaseAmount, Conversion, Rate, Rates, rates_on, rounded

D = Decimal
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 10, day) for day in (23, 24, 25, 26))


def to_base(amount: Decimal, currency: str, on: date) -> Conversion | None:
    return Rates.load([currency], on).convert(amount, currency)


def ecb(on: date, **rates: str) -> None:
    """Rates as the European Central Bank gives them: units for one euro."""
    ExchangeRate.objects.bulk_create(
        ExchangeRate(currency="EUR", against=code, on=on, rate=D(rate), source="ecb") for code, rate in rates.items()
    )


def entered(currency: str, rate: str, against: str, on: date) -> ExchangeRate:
    return ExchangeRate.objects.create(currency=currency, against=against, on=on, rate=D(rate))


def cross(base: str, other: str) -> Decimal:
    """One unit across the euro, to 18 decimals."""
    return round(D(base) / D(other), 18)


@pytest.fixture
def week(db):
    """Two days of real rates with a weekend between them."""
    ecb(FRIDAY, USD="1.1638", CNY="8.3022", JPY="171.65", BRL="6.2538", IDR="19381.1")
    ecb(MONDAY, USD="1.1645", CNY="8.2760", JPY="170.90", BRL="6.2600")


def test_across_the_euro(week):
    got = to_base(D("84150"), "USD", FRIDAY)
    assert got == Conversion(D("600300.85"), cross("8.3022", "1.1638"), FRIDAY)
    assert got.amount == round(D("84150") * D("8.3022") / D("1.1638"), 2)


def test_the_euro_itself_and_the_base_currency(week):
    assert to_base(D("10"), "EUR", FRIDAY) == Conversion(D("83.02"), D("8.3022"), FRIDAY)
    assert to_base(D("10.5"), "CNY", date(1990, 1, 1)) == Conversion(D("10.50"), D(1), date(1990, 1, 1))


def test_a_weekend_has_the_rate_of_its_friday_and_says_so(week):
    for day in (SATURDAY, SUNDAY):
        assert to_base(D("100"), "USD", day) == Conversion(D("713.37"), cross("8.3022", "1.1638"), FRIDAY)
    assert to_base(D("100"), "USD", MONDAY).rate_on == MONDAY


def test_before_the_first_rate_there_is_none(week):
    assert to_base(D("100"), "USD", FRIDAY - timedelta(days=1)) is None
    assert to_base(D("100"), "XXX", MONDAY) is None


def test_a_currency_that_the_bank_left_out_on_a_day_has_its_last_one(week):
    # 1 IDR of Friday, crossed with Friday's CNY, not with Monday's.
    assert to_base(D("1000000"), "IDR", MONDAY) == Conversion(D("428.37"), cross("8.3022", "19381.1"), FRIDAY)


def test_a_withdrawn_currency_keeps_its_last_rate_for_a_while(db):
    last = date(2022, 3, 1)
    ecb(last, RUB="117.201", CNY="7.0441")
    ecb(date(2023, 4, 4), CNY="7.4951")
    assert to_base(D("1000"), "RUB", date(2022, 12, 31)) == Conversion(D("60.10"), cross("7.0441", "117.201"), last)
    assert to_base(D("1000"), "RUB", last + timedelta(days=OLDEST_DAYS)).rate_on == last
    assert to_base(D("1000"), "RUB", last + timedelta(days=OLDEST_DAYS + 1)) is None


@pytest.mark.parametrize(
    ("day", "rate", "source"),
    [(FRIDAY, "7.10", "entered"), (SUNDAY, "7.10", "entered"), (MONDAY, cross("8.2760", "1.1645"), "ecb")],
)
def test_what_the_firm_entered_for_the_same_day_wins_until_a_later_one(week, day, rate, source):
    entered("USD", "7.10", "CNY", FRIDAY)
    found = rates_on([("USD", day)])["USD", day]
    assert (found.rate, found.source) == (D(rate), source)


def test_entered_ones_of_a_currency_that_the_bank_does_not_know_last(week):
    entered("AED", "1.94", "CNY", FRIDAY)
    assert to_base(D("50"), "AED", MONDAY) == Conversion(D("97.00"), D("1.94"), FRIDAY)


def test_an_entered_rate_is_read_the_other_way_round_too(week):
    entered("CNY", "0.14", "USD", MONDAY)
    assert to_base(D("14"), "USD", MONDAY) == Conversion(D("100.00"), D("7.142857142857142857"), MONDAY)
    # The way it was given comes first.
    entered("USD", "7.20", "CNY", MONDAY)
    assert to_base(D("1"), "USD", MONDAY).rate == D("7.20")


@pytest.mark.parametrize(
    ("base", "amount"), [("USD", "1163.80"), ("EUR", "1000.00"), ("JPY", "171650"), ("BRL", "6253.80")]
)
def test_another_base_currency_asks_for_no_other_rows(week, settings, base, amount):
    settings.BASE_CURRENCY = base
    assert to_base(D("1000"), "EUR", FRIDAY).amount == D(amount)
    assert str(to_base(D("1000"), "EUR", FRIDAY).amount) == amount
    assert to_base(D("8302.20"), "CNY", FRIDAY).amount == D(amount)


def test_rounding_is_half_up_away_from_zero_to_the_minor_unit():
    assert [rounded(D(text), "USD") for text in ("0.125", "-0.125", "0.1249")] == [D("0.13"), D("-0.13"), D("0.12")]
    assert str(rounded(D("1234.5"), "JPY")) == "1235"
    assert str(rounded(D("1.0005"), "KWD")) == "1.001"


def test_a_batch_is_one_statement_whatever_its_size(week, django_assert_num_queries):
    pairs = [(code, FRIDAY + timedelta(days=n)) for n in range(300) for code in ("USD", "EUR", "CNY", "XXX")]
    with django_assert_num_queries(1):
        rates = Rates.for_days(pairs)
    assert rates.convert(D("100"), "USD", SUNDAY).amount == D("713.37")
    assert rates.convert(D("100"), "XXX", SUNDAY) is None
    assert rates.missing == ["XXX"]
    with django_assert_num_queries(0):
        assert Rates.load([], FRIDAY).total([]).amount == 0


def test_what_was_not_loaded_is_an_error_and_not_a_missing_rate(week):
    rates = Rates.load(["USD"], FRIDAY)
    with pytest.raises(LookupError):
        rates.convert(D("1"), "EUR")


def test_a_total_says_what_is_not_in_it(week):
    rates = Rates.load(["USD", "EUR", "AED", ""], MONDAY)
    total = rates.total([(D("100"), "USD"), (D("10"), "EUR"), (D("5"), "AED"), (D("7"), "AED")])
    assert total.amount == D("793.45")
    assert total.missing == {"AED": D("12")}
    assert rates.days == [
        Rate("EUR", D("8.2760"), MONDAY, "ecb"), Rate("USD", cross("8.2760", "1.1645"), MONDAY, "ecb")
    ]  # fmt: skip


AMOUNTS = st.lists(
    st.tuples(
        st.decimals("-999999999", "999999999", places=3, allow_nan=False, allow_infinity=False),
        st.sampled_from(["USD", "EUR", "JPY", "CNY", "IDR", "XXX"]),
    ),
    max_size=30,
)
RATES = Rates(
    "CNY",
    FRIDAY,
    {
        (code, FRIDAY): Rate(code, D(rate), FRIDAY, "ecb")
        for code, rate in {
            "USD": "7.133699948444749957", "EUR": "8.3022", "JPY": "0.048367025924847073",
            "CNY": "1", "IDR": "0.000428365778619377",
        }.items()
    },
    frozenset((code, FRIDAY) for code in ("USD", "EUR", "JPY", "CNY", "IDR", "XXX")),
)  # fmt: skip


@given(AMOUNTS, st.randoms(use_true_random=False))
def test_totals_are_the_same_in_any_order(amounts, chance):
    shuffled = amounts.copy()
    chance.shuffle(shuffled)
    assert RATES.total(amounts) == RATES.total(shuffled)


def test_the_database_and_python_give_the_same_amounts(week):
    """The rates themselves stand for rows with an amount, a currency and a day."""
    for n, code in enumerate(("USD", "AED", "KWD", "IDR", "JPY"), 1):
        entered(code, f"{n}7.123456789{n}", "CNY" if n % 2 else "EUR", SATURDAY + timedelta(days=n % 3))
    for base in ("CNY", "USD", "JPY", "KWD", "EUR"):
        rows = ExchangeRate.objects.annotate(worth=BaseAmount("rate", "against", "on", base))
        rates = Rates.for_days(((row.against, row.on) for row in rows), base)
        for row in rows:
            one = rates.convert(row.rate, row.against, row.on)
            assert row.worth == (one.amount if one else None), (row, base)


def test_a_hundred_thousand_rows_are_one_statement(week, django_assert_num_queries):
    with django_assert_num_queries(1), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(one.rate) FROM ("
            " SELECT (ARRAY['USD', 'EUR', 'JPY', 'CNY', 'XXX'])[1 + n %% 5] AS currency, %s::date + n %% 3 AS day"
            " FROM generate_series(1, 100000) AS n) AS amounts"
            " LEFT JOIN LATERAL gonghai_rate(currency, day, 'CNY', 400) AS one ON true",
            [FRIDAY],
        )
        assert cursor.fetchone() == (100_000, 80_000)
