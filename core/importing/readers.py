"""How does a file become rows? The front door: guess its shape, show its beginning, read it through."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from io import StringIO
from itertools import islice
from pathlib import Path

from ..text import clean
from .csv_reader import parse, records
from .encodings import encoding_of
from .errors import UnreadableFile
from .limits import MAX_BLANK, MAX_ROWS
from .shape import Preview, Row, Shape
from .sniffing import delimiter_of, escape_of, is_header, kind_of, preamble_of, sample_of, width_of
from .vcard import COLUMNS, cards
from .workbook_reader import open_book

__all__ = ["Preview", "Row", "Shape", "UnreadableFile", "guess_shape", "open_rows", "preview", "reshape"]

_SAMPLE_ROWS = 200


def guess_shape(path: str | Path, filename: str = "") -> Shape:
    """Say how a file is best read, by its content; `filename` counts only where the content says nothing.

    Raises UnreadableFile.
    """
    path = Path(path)
    kind = kind_of(path)
    if kind not in ("csv", "vcard"):
        return _workbook_shape(path, Shape(kind))
    encoding, encodings = encoding_of(path)
    if kind == "vcard":
        return _cards_shape(path, Shape(kind, encoding, encodings))
    shape = _text_shape(path, Shape(kind, encoding, encodings))
    if not shape.delimiter and filename.lower().endswith((".tsv", ".tab")):
        return shape.with_(delimiter="\t")
    return shape


def reshape(path: str | Path, shape: Shape) -> Shape:
    """Guess the rest anew after a person chose another encoding, separator or sheet. Raises UnreadableFile."""
    path = Path(path)
    if shape.is_workbook:
        return _workbook_shape(path, Shape(shape.kind, sheet=shape.sheet))
    if shape.has_cards:
        return _cards_shape(path, shape)
    sample = sample_of(path, shape.encoding)
    return _table(shape, _beginning(sample, shape))


def _cards_shape(path: Path, shape: Shape) -> Shape:
    with closing(cards(path, shape.encoding)) as found:
        next(found, None)  # a file without one whole card is refused at once
    return shape.with_(skip=0, header_rows=0, columns=len(COLUMNS))


def _text_shape(path: Path, shape: Shape) -> Shape:
    sample = sample_of(path, shape.encoding)
    delimiter = delimiter_of(sample)
    shape = shape.with_(delimiter=delimiter, escape=escape_of(sample, delimiter))
    return _table(shape, _beginning(sample, shape))


def _beginning(sample: str, shape: Shape) -> list[tuple[int, list[str]]]:
    """The records of a sample; one that was cut in the middle is no fault of the file."""
    found: list[tuple[int, list[str]]] = []
    try:
        found.extend(islice(parse(StringIO(sample, newline=""), shape.with_(skip=0)), _SAMPLE_ROWS))
    except UnreadableFile:
        if not found:
            raise
    return found


def _workbook_shape(path: Path, shape: Shape) -> Shape:
    with open_book(path, shape.sheet, _SAMPLE_ROWS) as book:
        shape = shape.with_(sheet=book.sheet, sheets=book.sheets)
        return _table(shape, list(book.rows))


def _table(shape: Shape, rows: list[tuple[int, list[str]]]) -> Shape:
    """Fill in where the table begins, whether its columns are named and how many there are."""
    cells = [row for _line, row in rows]
    if cells and "".join(cells[0]).lower().startswith("sep=") and len(cells[0]) <= 2 and rows[0][0] == 1:
        rows, cells = rows[1:], cells[1:]  # "sep=;" is a word to Excel
    if not any(cell.strip(",;|\t ") for row in cells for cell in row):
        raise UnreadableFile("empty")
    width = width_of(cells)
    first = preamble_of(cells, width)
    has_header = is_header(cells[first][:width], [row[:width] for row in cells[first + 1 :]])
    # A name may stand over a column that is empty further down.
    if has_header:
        width = max(width, max((i + 1 for i, cell in enumerate(cells[first]) if cell.strip()), default=0))
    return shape.with_(skip=rows[first][0] - 1, header_rows=int(has_header), columns=width)


def open_rows(path: str | Path, shape: Shape, after: int = 0) -> Generator[Row]:
    """Yield the rows of the table that are not blank, without column names; only those behind line `after`.

    Rows that do not fit are yielded too, marked by `Row.problem`. Close the iterator if you leave it early: behind a
    workbook stands a process. Raises UnreadableFile while reading, also beyond MAX_ROWS rows.
    """
    with closing(_records(Path(path), shape, MAX_ROWS)) as source:
        _headers(source, shape)
        for number, (line, cells) in enumerate(_filled(source)):
            if number >= MAX_ROWS:
                raise UnreadableFile("rows", limit=MAX_ROWS)
            if line > after:
                yield _row(line, cells, shape)


def preview(path: str | Path, shape: Shape, n: int = 20) -> Preview:
    """Return the column names and the first `n` rows. Raises UnreadableFile."""
    count = shape.skip + shape.header_rows + n
    with closing(_records(Path(path), shape, count)) as source:
        names = _headers(source, shape)
        return Preview(names, [_row(line, cells, shape) for line, cells in islice(_filled(source), n)])


def _records(path: Path, shape: Shape, count: int) -> Generator[tuple[int, list[str]]]:
    """Yield the records from the table's first line on."""
    if shape.has_cards:
        yield from cards(path, shape.encoding)
        return
    if not shape.is_workbook:
        yield from records(path, shape)
        return
    with open_book(path, shape.sheet, count) as book:
        yield from ((line, cells) for line, cells in book.rows if line > shape.skip)


def _filled(source: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The records that are not blank; a file of nothing else is not read to its end."""
    blank = 0
    for line, cells in source:
        if any(cell.strip() for cell in cells):
            yield line, cells
        elif (blank := blank + 1) > MAX_BLANK:
            raise UnreadableFile("blank", limit=MAX_BLANK)


def _headers(source: Iterator[tuple[int, list[str]]], shape: Shape) -> list[str]:
    """Take the column names off the source; several lines of them are joined, a name over several columns goes on."""
    if shape.has_cards:
        return list(map(str, COLUMNS.values()))
    lines = [cells[: shape.columns] for _line, cells in islice(_filled(source), shape.header_rows)]
    lines = [list(map(clean, cells)) + [""] * (shape.columns - len(cells)) for cells in lines]
    for cells in lines[:-1]:
        for column in range(1, shape.columns):
            cells[column] = cells[column] or cells[column - 1]
    names = [" / ".join(dict.fromkeys(filter(None, column))) for column in zip(*lines, strict=True)]
    return names or [""] * shape.columns


def _row(line: int, cells: list[str], shape: Shape) -> Row:
    if any(cell.strip() for cell in cells[shape.columns :]):
        return Row(line, cells, "long")
    missing = shape.columns - len(cells)
    return Row(line, cells[: shape.columns] + [""] * missing, "short" if missing > 0 else "")
