"""For which month, quarter or year is a target set?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.registries import Label

MONTH, QUARTER, YEAR = 1, 3, 12
# By how many months a period has; each year's periods begin with January.
SPANS: dict[int, Label] = {
    MONTH: gettext_lazy("Month"),
    QUARTER: gettext_lazy("Quarter"),
    YEAR: gettext_lazy("Year"),
}
FIRST_YEAR, LAST_YEAR = 1990, 2100
# 2026, 2026年 · 2026Q4, 2026-Q4, Q4 2026, 2026年第4季度 · 2026-11, 2026/11, 202611, 2026年11月
_YEAR = re.compile(r"(\d{4})\s*年?")
_QUARTER = re.compile(r"(\d{4})\s*年?\s*[-/]?\s*(?:Q|第)\s*([1-4一二三四])\s*(?:季度?)?", re.IGNORECASE)
_QUARTER_FIRST = re.compile(r"Q\s*([1-4])\s*[-/ ]?\s*(\d{4})", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})(?:\s*[-/.年]\s*|\s+)?(\d{1,2})(?:\s*月|[-/.]0?1)?")
_MONTH_FIRST = re.compile(r"(\d{1,2})\s*[/.]\s*(\d{4})")
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True, order=True)
class TargetPeriod:
    """A month, quarter or year of the calendar: its first day, and how many months it has."""

    first_on: date
    span: int

    @classmethod
    def of(cls, day: date, span: int) -> Self:
        """The one that holds a day."""
        return cls(date(day.year, day.month - (day.month - 1) % span, 1), span)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What people write: 2026-11, 2026Q4, 2026, in Chinese too. None for what is none of these."""
        text = text.strip()
        if found := _YEAR.fullmatch(text):
            return cls._made(found[1], 1, YEAR)
        if found := _QUARTER.fullmatch(text):
            return cls._made(found[1], 3 * int(_DIGITS.get(found[2], found[2])) - 2, QUARTER)
        if found := _QUARTER_FIRST.fullmatch(text):
            return cls._made(found[2], 3 * int(found[1]) - 2, QUARTER)
        if found := _MONTH.fullmatch(text):
            return cls._made(found[1], int(found[2]), MONTH)
        if found := _MONTH_FIRST.fullmatch(text):
            return cls._made(found[2], int(found[1]), MONTH)
        return None

    @classmethod
    def _made(cls, year: str, month: int, span: int) -> Self | None:
        if not (FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= month <= 12):
            return None
        return cls(date(int(year), month, 1), span)

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of its months."""
        return tuple(self.first_on.replace(month=self.first_on.month + step) for step in range(self.span))

    @property
    def parts(self) -> tuple[TargetPeriod, ...]:
        """A year's quarters, a quarter's months; a month has none."""
        if self.span == MONTH:
            return ()
        span = QUARTER if self.span == YEAR else MONTH
        return tuple(TargetPeriod(one, span) for one in self.months[::span])

    @property
    def key(self) -> str:
        """As an address and a file name it: 2026-11, 2026Q4, 2026."""
        if self.span == YEAR:
            return f"{self.first_on.year}"
        if self.span == QUARTER:
            return f"{self.first_on.year}Q{(self.first_on.month + 2) // 3}"
        return f"{self.first_on:%Y-%m}"

    @property
    def label(self) -> str:
        """As its reader names it."""
        if self.span == YEAR:
            return str(self.first_on.year)
        if self.span == QUARTER:
            numbers = {"quarter": (self.first_on.month + 2) // 3, "year": self.first_on.year}
            return _("Q%(quarter)s %(year)s") % numbers
        return date_format(self.first_on, "YEAR_MONTH_FORMAT")

    def in_year(self, year: int) -> TargetPeriod:
        """The same of another year."""
        return TargetPeriod(self.first_on.replace(year=year), self.span)

    def __str__(self) -> str:
        return self.key


def periods_of(year: int) -> Iterator[TargetPeriod]:
    """The year, then each quarter followed by its months."""
    whole = TargetPeriod(date(year, 1, 1), YEAR)
    yield whole
    for quarter in whole.parts:
        yield quarter
        yield from quarter.parts
