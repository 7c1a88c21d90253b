"""Which number does somebody mean, and how does one dial it?"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from .text import clean


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as typed, dialled (`e164`, None where it is not certain) and shown, and the country it belongs to."""

    raw: str
    e164: str | None
    display: str
    country: str = ""
    extension: str = ""


_LONGEST = 60
_PREFIX = re.compile(r"^\s*(?:tel:|phone:|whatsapp:)\s*", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def parse(raw: str, country: str = "") -> Phone:
    """Read a number written in any way; `country` (ISO alpha-2) helps where it has no country code. Never raises.

    Without either, and where the digits are no number of that country, `e164` is None and `display` is what was
    typed: a wrong key would join strangers. "0086…" is read as international, and without a country so are twelve
    digits and more ("86139…"): eleven could be a Chinese mobile or a call to Chicago.
    """
    number = _number(raw, country)
    if number is None:
        return Phone(raw, None, _bare(raw))
    return Phone(
        raw,
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        _country(number),
        number.extension or "",
    )


@lru_cache(maxsize=10_000)
def e164_of(raw: str, country: str = "") -> str:
    """Return what `parse` says of how to dial, "" where it is not certain; files have thousands that nobody looks at.

    How a number is shown, and where, takes twice as long to find out.
    """
    number = _number(raw, country)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else ""


def _bare(raw: str) -> str:
    return _PREFIX.sub("", clean(raw))


def _number(raw: str, country: str) -> PhoneNumber | None:
    text = _bare(raw)
    return _read(text, country.upper()) if len(text) <= _LONGEST else None


def _read(text: str, country: str) -> PhoneNumber | None:
    number = _parsed(text, country)
    has_code = "+" in text or "＋" in text
    # New ranges come faster than tables of them; an explicit country code is trusted if the length is possible.
    if number and ((has_code and phonenumbers.is_possible_number(number)) or phonenumbers.is_valid_number(number)):
        return number
    digits = "".join(char for char in phonenumbers.normalize_digits_only(text) if char.isdecimal())
    if has_code:  # "+0086…" carries the prefix twice
        digits = digits.removeprefix("00") if digits.startswith("00") else ""
    elif digits.startswith("00"):
        digits = digits[2:]
    elif country or len(digits) < 12:
        return None
    international = _parsed(f"+{digits}", "") if digits else None
    return international if international and phonenumbers.is_valid_number(international) else None


def _parsed(text: str, country: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country or None)
    except NumberParseException:
        return None


def _country(number: PhoneNumber) -> str:
    region = phonenumbers.region_code_for_number(number)
    return region if region and region.isalpha() else ""  # "001" stands for satellites and freephone


def whatsapp_link(e164: str | None, text: str = "") -> str:
    """Return the address that opens a WhatsApp chat, with `text` ready to send; "" without a certain number."""
    if not e164:
        return ""
    return f"https://wa.me/{e164.lstrip('+')}" + (f"?text={quote(text, safe='')}" if text else "")
