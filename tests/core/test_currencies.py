"""Is a currency recognised by code, sign and name, and never guessed?"""

import csv
from pathlib import Path

import pytest
from django.utils import translation

from core.currencies import COMMON, candidates, currencies, currency_choices, currency_of

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("USD", "USD"),
        (" usd ", "USD"),
        ("US$", "USD"),
        ("美元", "USD"),
        ("RMB", "CNY"),
        ("人民币", "CNY"),
        ("€", "EUR"),
        ("HK$", "HKD"),
        ("Hong Kong Dollar", "HKD"),
        ("円", "JPY"),
        ("R$", "BRL"),
        ("$", None),
        ("¥", None),
        ("￥", None),
        ("XXX", None),
        ("", None),
        ("\x00", None),
    ],
)
def test_recognised_or_left_open(text, code):
    assert currency_of(text) == code


def test_shared_signs_say_whose_they_are():
    assert candidates("￥") == ("CNY", "JPY")
    assert set(candidates("$")) <= currencies().keys()


def test_choices_speak_the_readers_language():
    with translation.override("zh-hans"):
        assert currency_choices()[0] == ("USD", "USD · 美元")
    with translation.override("en"):
        choices = currency_choices()
    assert [code for code, _ in choices][: len(COMMON)] == list(COMMON)
    assert len(choices) == len(currencies())


def test_decimals():
    assert {code: currencies()[code].decimals for code in ("USD", "JPY", "KWD")} == {"USD": 2, "JPY": 0, "KWD": 3}


def test_the_table_is_that_of_iso_4217():
    source = DATA / "F_trade" / "currency_codes_all.csv"
    if not source.exists():
        pytest.skip(f"needs {source}")
    with source.open(encoding="utf-8-sig", newline="") as file:
        current = {row["AlphabeticCode"]: row["MinorUnit"] for row in csv.DictReader(file) if not row["WithdrawalDate"]}
    assert {code: str(currency.decimals) for code, currency in currencies().items()}.items() <= current.items()
