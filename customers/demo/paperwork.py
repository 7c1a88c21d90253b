"""Which phone numbers, addresses and tax codes has an invented company? Right in form, nobody's in fact."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from random import Random
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from .lexicon import City, Country, words

_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHJKLMNPRSTUVWX"
_TRIES = 2000


def filled(random: Random, pattern: str) -> str:
    """The pattern with a digit for each # and %, a letter for @, one of them for ?."""
    return "".join(_letter(random, sign) for sign in pattern)


@dataclass(frozen=True, slots=True)
class PhonePlan:
    """Numbers of one country and type: the library's example, whose last ``free`` digits may be any."""

    e164: str
    display: str
    free: int

    def number(self, random: Random) -> tuple[str, str]:
        """(as people write it, E.164)"""
        tail = filled(random, "#" * self.free)
        digits = iter(reversed(tail))
        shown = list(self.display)
        places = [place for place in range(len(shown) - 1, -1, -1) if shown[place].isdigit()][: self.free]
        for place in places:
            shown[place] = next(digits)
        return "".join(shown), self.e164[: len(self.e164) - self.free] + tail


@cache
def phone_plan(country: str, mobile: bool) -> PhonePlan:
    """How numbers of a country look; as many digits are free as leave every sample valid."""
    wanted = PhoneNumberType.MOBILE if mobile else PhoneNumberType.FIXED_LINE
    example = phonenumbers.example_number_for_type(country, wanted) or phonenumbers.example_number(country)
    assert example is not None  # every country of the lexicon has phones
    e164 = phonenumbers.format_number(example, PhoneNumberFormat.E164)
    display = phonenumbers.format_number(example, PhoneNumberFormat.INTERNATIONAL)
    random = Random(country)  # noqa: S311  no secret
    for free in (6, 5, 4, 3):
        plan = PhonePlan(e164, display, free)
        samples = (plan.number(random)[1] for _sample in range(60))
        if all(phonenumbers.is_valid_number(phonenumbers.parse(sample)) for sample in samples):
            return plan
    return PhonePlan(e164, display, 2)


def street(random: Random, country: Country) -> str:
    return random.choice(words(country.said.get("streets") or country.culture.said["streets"])).local.format(
        n=random.randint(1, 188)
    )


def postal_code(random: Random, city: City) -> str:
    return filled(random, city.postal)


@cache
def _checker(module: str) -> Any:
    return import_module(f"stdnum.{module}")


def tax_code(random: Random, country: Country) -> str:
    """A code whose check digits are right, by trial; '' for a country whose codes we cannot check."""
    if "code" not in country.said:
        return ""
    module, pattern = country.said["code"].split(" ", 1)
    checker = _checker(module)
    for _try in range(_TRIES):
        code = filled(random, pattern)
        if checker.is_valid(code):
            return code
    return ""


def _letter(random: Random, sign: str) -> str:
    if sign in "#%":
        return _DIGITS[int(random.random() * 10)]
    if sign in "@?":
        return random.choice(_LETTERS if sign == "@" or random.random() < 0.6 else _DIGITS)
    return sign
