"""How is an Excel file begun in which text stays text and memory stays flat?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, Any

# Written row by row; nothing is taken for a formula, a link or a number.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@contextmanager
def new_book(target: Path | IO[bytes]) -> Iterator[Any]:
    """An ``xlsxwriter.Workbook`` that is written to ``target`` in the end; rows must come in their order.

    The library is loaded with the first book: ten megabytes that a web process has no use for until then.
    """
    with import_module("xlsxwriter").Workbook(target, OPTIONS) as book:
        yield book
