"""What does a person take away from an import? The rows to mend, and all verdicts, as CSV or XLSX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from ..exporting.cells import safe_cell
from ..exporting.csv_lines import csv_lines
from ..exporting.workbooks import new_book
from ..models import ImportRow, ImportRun
from .limits import MAX_CELL
from .targets import Target
from .words import column_name

if TYPE_CHECKING:
    from accounts.models import User

BATCH = 1000
NOT_IN = (ImportRow.Verdict.ERROR, ImportRow.Verdict.CONFLICT)


def error_lines(run: ImportRun, target: Target, user: User) -> Iterator[str]:
    """Lines that did not or will not come in: the file's own columns first, so that it can come in again, then why."""
    rows = run.rows.filter(verdict__in=NOT_IN).exclude(outcome__in=("made", "updated")).exclude(decision="create")
    return csv_lines(_rows(run, target, user, rows, [_("Line"), _("Reason")], after=True))


def verdict_lines(run: ImportRun, target: Target, user: User) -> Iterator[str]:
    """Every line with what was found."""
    return csv_lines(verdict_rows(run, target, user))


def verdict_book(run: ImportRun, target: Target, user: User, file: IO[bytes]) -> None:
    """Write every line with what was found into an .xlsx; row by row, so that memory stays flat."""
    with new_book(file) as book:
        sheet = book.add_worksheet()
        text = book.add_format({"num_format": "@"})
        for number, cells in enumerate(verdict_rows(run, target, user)):
            for place, cell in enumerate(cells):
                if cell != "":
                    sheet.write_string(number, place, str(safe_cell(str(cell)))[:MAX_CELL], text)


def verdict_rows(run: ImportRun, target: Target, user: User) -> Iterator[list[Any]]:
    """The cells of every line with what was found, the names of the columns first."""
    return _rows(run, target, user, run.rows.all(), [_("Line"), _("Verdict"), _("Result"), _("Reason")], after=False)


def _rows(
    run: ImportRun, target: Target, user: User, rows: Any, words: Sequence[str], *, after: bool
) -> Iterator[list[Any]]:
    width = len(run.mapping)
    own = [column_name(run, place) for place in range(width)]
    yield [*own, *words] if after else [*words, *own]
    last = 0
    while batch := list(rows.filter(line__gt=last).order_by("line")[:BATCH]):
        last = batch[-1].line
        said = target.say(batch, run, user)
        for row in batch:
            reason = " ".join(strip_tags(str(line)) for line in said[row.pk])
            cells = [*row.cells[:width], *[""] * (width - len(row.cells)), *row.cells[width:]]
            if after:
                yield [*cells[:width], row.line, reason]
            else:
                verdict, outcome = row.get_verdict_display(), row.get_outcome_display()
                yield [row.line, verdict, outcome, reason, *cells]
