"""Which currency is meant, how is it called, and how many decimals has it?"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language

from .text import clean

_DATA = Path(__file__).parent / "data"
# What foreign trade mostly pays in stands first in a select.
COMMON = ("USD", "EUR", "CNY", "GBP", "JPY", "HKD", "AUD", "CAD")
# Signs that several currencies share; a column or a customer must say which.
SHARED_SIGNS = {
    "$": ("USD", "AUD", "CAD", "HKD", "SGD", "NZD", "TWD", "MXN", "ARS", "CLP", "COP"),
    "¥": ("CNY", "JPY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "rs": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "rs.": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "fcfa": ("XOF", "XAF"),
    "cfa": ("XOF", "XAF"),
    "peso": ("MXN", "ARS", "CLP", "COP", "PHP", "UYU", "DOP", "CUP"),
    "dinar": ("KWD", "BHD", "JOD", "IQD", "DZD", "TND", "LYD", "RSD"),
    "dollar": ("USD", "AUD", "CAD", "HKD", "SGD", "NZD"),
    "dollars": ("USD", "AUD", "CAD", "HKD", "SGD", "NZD"),
}


@dataclass(frozen=True, slots=True)
class Currency:
    """A current ISO 4217 currency; `decimals` is the number of digits of its minor unit."""

    code: str
    decimals: int
    name_en: str
    name_zh: str

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


@lru_cache(maxsize=1)
def currencies() -> dict[str, Currency]:
    """Return every current currency of ISO 4217 that is money (no metals, funds or test codes) by code."""
    return {code: Currency(code, int(decimals), en, zh) for code, decimals, en, zh, _signs in _rows()}


@lru_cache(maxsize=1)
def _codes_by_word() -> dict[str, str]:
    words: dict[str, str] = {}
    for code, _decimals, en, zh, signs in _rows():
        words |= dict.fromkeys(map(_key, [code, en, zh, *filter(None, signs.split("|"))]), code)
    return words


def _rows() -> list[list[str]]:
    with (_DATA / "currencies.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _key(word: str) -> str:
    return clean(word).replace("￥", "¥").replace("＄", "$").replace(" ", "").casefold()


def candidates(text: str) -> tuple[str, ...]:
    """Return the codes that a code, sign or name in English or Chinese can stand for; () where it is none."""
    key = _key(text)
    code = _codes_by_word().get(key)
    return (code,) if code else SHARED_SIGNS.get(key, ())


def currency_of(text: str) -> str | None:
    """Return the one ISO 4217 code that `text` stands for ("RMB", "US$", "欧元"), None for none or several ("$")."""
    codes = candidates(text)
    return codes[0] if len(codes) == 1 else None


def currency_choices() -> list[tuple[str, str]]:
    """Return (code, "USD · US dollar") for a select in the reader's language, the common ones first."""
    table = currencies()
    ordered = [*COMMON, *(code for code in table if code not in COMMON)]
    return [(code, f"{code} · {table[code].name}") for code in ordered]
