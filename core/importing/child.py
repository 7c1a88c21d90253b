"""Which rows does a workbook hold? Runs as a process of its own, because a hostile workbook may eat memory and time.

Called as `python -m core.importing.child FILE [SHEET [ROWS]]`; answers on standard output with lines of JSON: first
{"sheets": [names, hidden ones last], "sheet": name, "columns": n}, then [row number, [texts]] for each row that is
not blank (only the first ROWS if given), then {"end": true}; or {"error": code, …} with a code of errors.MESSAGES.
"""

import datetime as dt
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import python_calamine as calamine

from core.importing import limits


class _Refusal(Exception):
    def __init__(self, code: str, **words: Any) -> None:
        self.answer = {"error": code, **words}


def main(path: str, sheet: str = "", count: str = "") -> None:
    for kind, limit in ((resource.RLIMIT_AS, limits.CHILD_MEMORY_BYTES), (resource.RLIMIT_CPU, limits.CHILD_CPU_S)):
        resource.setrlimit(kind, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for answer in _answers(path, sheet, int(count) if count else limits.MAX_ROWS):
            _say(answer)
    except _Refusal as refusal:
        _say(refusal.answer)
    except calamine.PasswordError:
        _say({"error": "encrypted"})
    except MemoryError:
        _say({"error": "too_big"})
    except (calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError, EOFError) as error:
        _say({"error": "encrypted" if "assword" in str(error) else "damaged"})


def _say(answer: Any) -> None:
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


def _answers(path: str, wanted: str, count: int) -> Iterator[Any]:
    _check_archive(path)
    with open(path, "rb") as file:
        book = calamine.CalamineWorkbook.from_filelike(file)
        shown = [m for m in book.sheets_metadata if m.typ == calamine.SheetTypeEnum.WorkSheet]
        # A stable sort: the visible ones in their order, then the hidden ones.
        names = [m.name for m in sorted(shown, key=lambda m: m.visible != calamine.SheetVisibleEnum.Visible)]
        if wanted and wanted not in names:
            raise _Refusal("no_sheet", sheet=wanted)
        sheet = next(
            (s for name in ([wanted] if wanted else names) if (s := book.get_sheet_by_name(name)).height), None
        )
        if sheet is None:
            raise _Refusal("sheet")
        columns, rows = sheet.total_width + 1, sheet.total_height + 1
        if columns > limits.MAX_COLUMNS:
            raise _Refusal("columns", found=columns, limit=limits.MAX_COLUMNS)
        if rows > limits.MAX_ROWS:
            raise _Refusal("rows", limit=limits.MAX_ROWS)
        yield {"sheets": names, "sheet": sheet.name, "columns": columns}
        yield from _rows(sheet, columns, count)
    yield {"end": True}


def _check_archive(path: str) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    size = sum(member.file_size for member in members)
    if size > limits.MAX_UNPACKED_BYTES or len(members) > limits.MAX_MEMBERS:
        raise _Refusal("unpacked", size=size >> 20, limit=limits.MAX_UNPACKED_BYTES >> 20)
    if any(member.flag_bits & 1 for member in members):
        raise _Refusal("encrypted")


def _rows(sheet: Any, columns: int, count: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, merged cells filled: the value holds for all of them."""
    merged: dict[int, list[tuple[int, int, int]]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in range(top, min(bottom, top + limits.MAX_ROWS) + 1):
            merged.setdefault(row, []).append((top, left, min(right, columns - 1)))
    kept: dict[tuple[int, int], str] = {}
    blank = [""] * sheet.start[1]
    for number, values in enumerate(sheet.iter_rows()):  # begins at row 1, but at the first column that is not blank
        cells = blank + [_text(value) for value in values]
        for top, left, right in merged.get(number, ()):
            if number == top:
                kept[top, left] = cells[left]
            cells[left : right + 1] = [kept.get((top, left), "")] * (right + 1 - left)
        if longest := next((cell for cell in cells if len(cell) > limits.MAX_CELL), None):
            raise _Refusal("cell", line=number + 1, limit=limits.MAX_CELL, found=len(longest))
        if any(cells):
            yield number + 1, cells
            count -= 1
            if count <= 0:
                return


def _text(value: Any) -> str:
    """Return a cell as a person reads it: 1.0 as 1, dates as ISO text; a cell with an error is empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # Fifteen digits are what spreadsheets calculate with and show; the rest is noise of binary fractions.
        return f"{Decimal(f'{value:.15g}'):f}" if value == value and abs(value) != float("inf") else ""
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date().isoformat()
        return value.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


if __name__ == "__main__":
    main(*sys.argv[1:])
