"""What do the values of a column look like: e-mails, websites, phones, countries?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.countries import country_of
from core.importing.mapping import share

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_WEBSITE = re.compile(r"(https?://|www\.)\S+|[\w-]+(\.[\w-]+)*\.[a-z]{2,}(/\S*)?", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d\s()./-]{7,25}")


def looks_like_emails(values: Sequence[str]) -> bool:
    return share(values, _EMAIL.fullmatch)


def looks_like_websites(values: Sequence[str]) -> bool:
    return share(values, _WEBSITE.fullmatch)


def looks_like_phones(values: Sequence[str]) -> bool:
    return share(values, lambda value: _PHONE.fullmatch(value) and sum(map(str.isdigit, value)) >= 7)


def looks_like_countries(values: Sequence[str]) -> bool:
    return share(values, country_of)
