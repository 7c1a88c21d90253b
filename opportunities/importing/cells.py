"""What do the cells of one line say? Texts, numbers, days and known words, and what in them cannot be understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from core.importing.targets import Entry, Reason, Value
from core.importing.values import date_of, is_blank, money_of, number_of
from core.text import clean

T = TypeVar("T")
# What a column of amounts holds: 18 digits, 3 of them behind the point.
LARGEST = Decimal(10) ** 15


class Cells:
    """The filled cells of a line by field key; what is wrong goes to the entry's errors."""

    def __init__(self, line: int, values: Mapping[str, Sequence[Value]]) -> None:
        self.entry = Entry(line)
        self.values = {key: [one for one in found if not is_blank(one.text)] for key, found in values.items()}

    def one(self, key: str) -> Value | None:
        found = self.values.get(key)
        return found[0] if found else None

    def text(self, key: str, longest: int) -> str:
        """The text in one line, cut where it is longer; the person is told."""
        return clean(self.long_text(key, longest))

    def long_text(self, key: str, longest: int) -> str:
        text = "\n".join(value.text for value in self.values.get(key, ()))
        if len(text) > longest:
            about = {"field": key, "limit": longest}
            self.entry.notes.append(Reason("cut", self.values[key][0].column, text, about))
        return text[:longest]

    def known(self, key: str, find: Callable[[str], T | None], code: str) -> T | None:
        """What ``find`` makes of the text; a text it does not know keeps the line out with reason ``code``."""
        value = self.one(key)
        if value is None:
            return None
        found = find(clean(value.text))
        if found is None:
            self.wrong(code, value)
        return found

    def day(self, key: str) -> date | None:
        value = self.one(key)
        if value is None:
            return None
        found = date_of(value.text, value.dates)
        if found is None:
            self.wrong("date", value)
        return found

    def number(self, key: str, most: Decimal = LARGEST) -> Decimal | None:
        """A number from 0 to below ``most``."""
        value = self.one(key)
        if value is None:
            return None
        found = number_of(value.text, value.decimal)
        if found is None or not 0 <= found < most:
            self.wrong("number", value)
            return None
        return found

    def money(self, key: str, currency: str) -> tuple[Decimal | None, str]:
        """An amount from 0 on and its currency: that of the cell, else ``currency``."""
        value = self.one(key)
        if value is None:
            return None, currency
        found = money_of(value.text, currency, value.decimal)
        if found.amount is None or not 0 <= found.amount < LARGEST:
            self.wrong("number", value)
            return None, currency
        return found.amount, found.currency or currency

    def wrong(self, code: str, value: Value | None = None, **about: Any) -> None:
        column, text = (value.column, value.text) if value is not None else (None, "")
        self.entry.errors.append(Reason(code, column, text, about))
