"""How is a table streamed as CSV that Excel opens rightly in any language?"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from .cells import safe_cell

# Excel reads a CSV as UTF-8 only with this mark in front.
BOM = "\ufeff"


class _Echo:
    """A file whose writes are its answers: csv.writer writes one line at a time into the response."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The rows as text of a CSV file, with its mark in front and cells that no spreadsheet takes for formulas."""
    writer = csv.writer(_Echo())
    yield BOM
    for row in rows:
        yield writer.writerow([safe_cell(value) for value in row])
