"""How are lines written into a file that every program opens as it was meant, and none runs?"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..exceptions import DomainError
from .cells import safe_cell
from .workbooks import new_book

FORMATS = {"xlsx": _("Excel (XLSX)"), "csv": _("CSV (UTF-8)"), "vcf": _("Contacts (vCard)")}
# What a sheet of Excel can hold below its header.
MOST_LINES = {"xlsx": 1_048_575, "csv": 5_000_000, "vcf": 5_000_000}
LONGEST_CELL = 32_767
# Spreadsheets calculate with so many digits: a longer number would come back as another one.
SURE_DIGITS = 15


class TooManyRows(DomainError):
    message = _("This list has more rows than such a file can hold. Narrow it, or choose CSV.")


def write(kind: str, path: Path, header: Sequence[str], lines: Iterable[Sequence[Any]]) -> int:
    """Write a file of format ``kind``; returns how many lines stand below the header. Raises TooManyRows."""
    return _WRITERS[kind](path, header, lines)


def _plain(value: Any) -> Any:
    """A value that a spreadsheet knows: times in the reader's zone, text that is no formula."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, bool | date):
        return value
    if isinstance(value, int | float | Decimal):
        exact = Decimal(str(value))
        return value if Decimal(f"{exact:.{SURE_DIGITS}g}") == exact else str(value)
    return safe_cell(str(value))


def _numbered(kind: str, lines: Iterable[Sequence[Any]]) -> Iterable[tuple[int, Sequence[Any]]]:
    for number, line in enumerate(lines, start=1):
        if number > MOST_LINES[kind]:
            raise TooManyRows(numbers={"limit": MOST_LINES[kind]})
        yield number, line


def _write_csv(path: Path, header: Sequence[str], lines: Iterable[Sequence[Any]]) -> int:
    number = 0
    # Excel reads a CSV as UTF-8 only with the mark in front.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_plain(word) for word in header])
        for number, line in _numbered("csv", lines):  # noqa: B007  how many there were
            writer.writerow([_plain(value) for value in line])
    return number


def _write_xlsx(path: Path, header: Sequence[str], lines: Iterable[Sequence[Any]]) -> int:
    number = 0
    with new_book(path) as book:
        sheet = book.add_worksheet()
        head = book.add_format({"bold": True})
        day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.freeze_panes(1, 0)
        for column, word in enumerate(header):
            sheet.write_string(0, column, _plain(word), head)
        for number, line in _numbered("xlsx", lines):
            for column, value in enumerate(map(_plain, line)):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, moment)
                elif isinstance(value, date):
                    # Days before 1900 are none to Excel.
                    if value.year >= 1900:
                        sheet.write_datetime(number, column, value, day)
                    else:
                        sheet.write_string(number, column, value.isoformat())
                elif isinstance(value, str):
                    sheet.write_string(number, column, value[:LONGEST_CELL])
                else:
                    sheet.write(number, column, value)
    return number


def _write_vcf(path: Path, header: Sequence[str], lines: Iterable[Sequence[Any]]) -> int:
    """Each line is one card, folded and escaped already."""
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, (card,) in _numbered("vcf", lines):  # noqa: B007
            file.write(card)
    return number


_WRITERS: dict[str, Callable[[Path, Sequence[str], Iterable[Sequence[Any]]], int]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "vcf": _write_vcf,
}
