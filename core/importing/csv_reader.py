"""Which records does a text file hold, and on which physical line does each begin?"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from .errors import UnreadableFile
from .limits import MAX_CELL, MAX_COLUMNS, MAX_LINE
from .shape import ENCODINGS, NO_DELIMITER, Shape

Record = tuple[int, list[str]]


def records(path: Path, shape: Shape) -> Iterator[Record]:
    """Yield (physical line, cells) of every record behind `shape.skip` lines, blank ones too.

    Raises UnreadableFile for bytes that the encoding does not know, for a quotation mark that is never closed,
    for lines, cells and column counts beyond the limits.
    """
    try:
        with path.open(encoding=shape.encoding, newline="") as file:
            yield from parse(file, shape)
    except UnicodeError as error:
        name = ENCODINGS.get(shape.encoding, shape.encoding)
        raise UnreadableFile("encoding", line=_foreign_line(path, shape.encoding), encoding=name) from error


def _foreign_line(path: Path, encoding: str) -> int:
    """Return the first line that cannot be decoded; text is read in blocks, so the error alone does not tell."""
    if encoding.startswith("utf-16"):
        return 1
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode(encoding)
            except UnicodeError:
                return number
    return 1


def parse(file: TextIO, shape: Shape) -> Iterator[Record]:
    """Yield the records of an open text file, as `records` does."""
    lines = _Lines(file)
    for _skipped in range(shape.skip):
        next(lines, None)
    reader = csv.reader(lines, delimiter=shape.delimiter or NO_DELIMITER, escapechar=shape.escape or None)
    while True:
        start = lines.number + 1
        lines.quotes = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                raise UnreadableFile("cell", line=start, limit=MAX_CELL) from error
            raise UnreadableFile("record", line=start, reason=str(error)) from error
        if lines.is_over and lines.quotes % 2 and lines.number > start and not shape.escape:
            raise UnreadableFile("quote", line=start)
        if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
            raise UnreadableFile("columns", found=len(cells), limit=MAX_COLUMNS)
        if any(len(cell) > MAX_CELL for cell in cells):
            raise UnreadableFile("cell", line=start, limit=MAX_CELL)
        yield start, cells


class _Lines:
    """The physical lines of a file, counted, of bounded length; `quotes` counts marks since it was last set to 0."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.number = self.quotes = 0
        self.is_over = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.file.readline(MAX_LINE)
        if not line:
            self.is_over = True
            raise StopIteration
        self.number += 1
        if len(line) >= MAX_LINE:
            raise UnreadableFile("line", line=self.number)
        self.quotes += line.count('"')
        return line
