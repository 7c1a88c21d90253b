"""Does a cell become the value that its writer meant, or a question?"""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.importing.values import (
    Money,
    date_of,
    date_order,
    decimal_mark,
    is_blank,
    money_of,
    number_of,
    split_choices,
    yes_no_of,
)


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1234", "", "1234"),
        ("1,234.56", "", "1234.56"),
        ("1.234,56", "", "1234.56"),
        ("1 234,56", "", "1234.56"),
        ("1\u202f234\u00a0567", "", "1234567"),
        ("12'345.6", "", "12345.6"),
        ("1,234,567", "", "1234567"),
        ("1.234.567", "", "1234567"),
        ("12,34,567.89", "", "1234567.89"),
        ("1,5", "", "1.5"),
        ("0,125", "", "0.125"),
        ("1234,567", "", "1234.567"),
        ("1,234", "", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", "", "1.234"),
        ("1.234", ",", "1234"),
        (".5", "", "0.5"),
        ("-5", "", "-5"),
        ("− 5", "", "-5"),
        ("(5.00)", "", "-5"),
        ("5-", "", "-5"),
        ("+86", "", "86"),
        ("12.5 %", "", "12.5"),
        ("1.5万", "", "15000"),
        ("2亿", "", "200000000"),
        ("１２３", "", "123"),
        ("١٢٣٫٥", "", "123.5"),
        ("1.5E+3", "", "1500"),
    ],
)
def test_numbers(text, decimal, number):
    assert number_of(text, decimal) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1 2",
        "12 34",
        "1,23,4",
        "1.2.3",
        "1,234,56",
        "1.234,56.7",
        "--5",
        "1e999999",
        "NaN",
        "Infinity",
        "#N/A",
        "1/2",
        "0x10",
    ],
)
def test_no_numbers(text):
    assert number_of(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_numbers_as_any_country_prints_them(number):
    english = f"{number:,.2f}"
    assert number_of(english) == number
    assert number_of(english.translate(str.maketrans(",.", ".,"))) == number
    assert number_of(english.replace(",", "\u00a0").replace(".", ",")) == number
    assert number_of(english.replace(",", "'")) == number


@given(st.text(max_size=20))
def test_any_text_gets_an_answer(text):
    assert number_of(text) is None or number_of(text).is_finite()
    assert yes_no_of(text) in {True, False, None}
    for order in ("", "dmy", "mdy", "ymd"):
        assert date_of(text, order) is None or date_of(text, order).year < 2200
    assert money_of(text).amount is None or money_of(text).amount.is_finite()
    assert decimal_mark([text]) in {"", ".", ","}
    assert isinstance(split_choices(text), list)


@pytest.mark.parametrize(
    ("column", "mark"),
    [
        (["1.234", "5,5"], ","),
        (["1,234", "12.50"], "."),
        (["1.234.567"], ","),
        (["1.234"], ""),
        (["1,5", "1.5"], ""),
        (["12", "abc"], ""),
    ],
)
def test_a_column_tells_its_decimal_mark(column, mark):
    assert decimal_mark(column) == mark


@pytest.mark.parametrize(
    ("text", "default", "amount", "currency"),
    [
        ("USD 1,234.50", "", "1234.50", "USD"),
        ("1.234,50 EUR", "", "1234.50", "EUR"),
        ("€ 1.234,50", "", "1234.50", "EUR"),
        ("-€5", "", "-5", "EUR"),
        ("US$1,000", "", "1000", "USD"),
        ("$1,000", "CAD", "1000", "CAD"),
        ("￥500", "CNY", "500", "CNY"),
        ("12万元", "", "120000", "CNY"),
        ("人民币500", "", "500", "CNY"),
        ("500", "GBP", "500", "GBP"),
        ("(500) USD", "", "-500", "USD"),
        ("USD $500", "", "500", "USD"),
        ("¥500 JPY", "", "500", "JPY"),
    ],
)
def test_money(text, default, amount, currency):
    assert money_of(text, default) == Money(Decimal(amount), currency)


@pytest.mark.parametrize("text", ["$1,000", "abc", "", "5 bananas", "USD", "EUR 5 USD"])
def test_money_that_cannot_be_taken_says_why(text):
    found = money_of(text)
    assert found.amount is None
    assert found.reason


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2024-05-01", "", date(2024, 5, 1)),
        ("2024/5/1", "", date(2024, 5, 1)),
        ("2024年5月1日", "", date(2024, 5, 1)),
        ("20240501", "", date(2024, 5, 1)),
        ("2024-05-01T13:30:00Z", "", date(2024, 5, 1)),
        ("2024-05-01 13:30", "dmy", date(2024, 5, 1)),
        ("1 May 2024", "", date(2024, 5, 1)),
        ("01-May-24", "", date(2024, 5, 1)),
        ("May 1st, 2024", "", date(2024, 5, 1)),
        ("1. Mai 2024", "", date(2024, 5, 1)),
        ("1 de mayo de 2024", "", date(2024, 5, 1)),
        ("05/06/2024", "dmy", date(2024, 6, 5)),
        ("05/06/2024", "mdy", date(2024, 5, 6)),
        ("5.6.24", "dmy", date(2024, 6, 5)),
        ("5/6/24 1:30 PM", "mdy", date(2024, 5, 6)),
        ("24-05-01", "ymd", date(2024, 5, 1)),
        ("05/06/2024", "", None),
        ("13/06/2024", "mdy", None),
        ("2024-02-30", "", None),
        ("0001-01-01", "", None),
        ("9999-12-31", "", None),
        ("31.12", "dmy", None),
        ("tomorrow", "", None),
        ("", "", None),
    ],
)
def test_dates(text, order, expected):
    assert date_of(text, order) == expected


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (["05/06/2024", "13/06/2024"], "dmy"),
        (["05/06/2024", "06/13/2024"], "mdy"),
        (["05.06.2024"], "dmy"),
        (["2024-05-06", "", "x"], "ymd"),
        (["2024-05-06", "05/13/2024"], "mdy"),
        (["1 May 2024"], "ymd"),
        (["05/06/2024", "07/08/2024"], ""),
        (["13/06/2024", "06/13/2024"], ""),
        (["70-05-06"], "ymd"),
        (["", "n/a"], "ymd"),
    ],
)
def test_a_column_tells_its_order(column, order):
    assert date_order(column) == order


@given(
    st.lists(st.dates(date(1900, 1, 1), date(2100, 1, 1)), min_size=1),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y-%m-%d"]),
)
def test_a_column_is_read_right_or_asked(days, form):
    column = [f"{day:{form}}" for day in days]
    if order := date_order(column):
        assert [date_of(text, order) for text in column] == days


@pytest.mark.parametrize(
    ("words", "expected"),
    [("yes Y TRUE 1 x ✓ 是 Ja Oui Sí да", True), ("no N false 0 否 Nein нет 没有", False), ("maybe 2 - ? 是否", None)],
)
def test_yes_and_no(words, expected):
    assert [yes_no_of(word) for word in words.split()] == [expected] * len(words.split())


@pytest.mark.parametrize(
    ("text", "known", "parts"),
    [
        ("Pumps; Valves;Pumps", (), ["Pumps", "Valves"]),
        ("Pumps, Valves", (), ["Pumps", "Valves"]),
        ("泵、阀门", (), ["泵", "阀门"]),
        ("Pumps, valves; Tools", (), ["Pumps, valves", "Tools"]),
        ("Pumps, valves", ["Pumps, Valves"], ["Pumps, valves"]),
        ("A/C units", (), ["A/C units"]),
        ("Red/Blue", ["Red", "Blue"], ["Red", "Blue"]),
        ("a\nb", (), ["a", "b"]),
        (" ", (), []),
    ],
)
def test_several_choices(text, known, parts):
    assert split_choices(text, known) == parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        (" ", True),
        ("#N/A", True),
        ("NULL", True),
        ("-", True),
        ("无", True),
        ("0", False),
        ("None GmbH", False),
    ],
)
def test_blank(text, expected):
    assert is_blank(text) is expected
