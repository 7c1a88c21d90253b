"""What does a person take away from an import? The rows to mend, and all verdicts, as CSV for Excel in any language."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from ..exporting.cells import safe_cell
from ..models import ImportRow, ImportRun
from .targets import Target
from .words import column_name

if TYPE_CHECKING:
    from accounts.models import User

# Excel reads a CSV as UTF-8 only with this mark in front.
BOM = "\ufeff"
BATCH = 1000
NOT_IN = (ImportRow.Verdict.ERROR, ImportRow.Verdict.CONFLICT)


class _Echo:
    """A file whose writes are its answers: csv.writer writes one line at a time into the response."""

    def write(self, text: str) -> str:
        return text


def error_lines(run: ImportRun, target: Target, user: User) -> Iterator[str]:
    """Lines that did not or will not come in: the file's own columns first, so that it can come in again, then why."""
    rows = run.rows.filter(verdict__in=NOT_IN).exclude(outcome__in=("made", "updated")).exclude(decision="create")
    return _lines(run, target, user, rows, [_("Line"), _("Reason")], after=True)


def verdict_lines(run: ImportRun, target: Target, user: User) -> Iterator[str]:
    """Every line with what was found."""
    return _lines(run, target, user, run.rows.all(), [_("Line"), _("Verdict"), _("Result"), _("Reason")], after=False)


def _lines(
    run: ImportRun, target: Target, user: User, rows: Any, words: Sequence[str], *, after: bool
) -> Iterator[str]:
    writer = csv.writer(_Echo())
    width = len(run.mapping)
    own = [column_name(run, place) for place in range(width)]
    yield BOM
    yield _row(writer, [*own, *words] if after else [*words, *own])
    last = 0
    while batch := list(rows.filter(line__gt=last).order_by("line")[:BATCH]):
        last = batch[-1].line
        said = target.say(batch, run, user)
        for row in batch:
            reason = " ".join(strip_tags(str(line)) for line in said[row.pk])
            cells = [*row.cells[:width], *[""] * (width - len(row.cells)), *row.cells[width:]]
            if after:
                yield _row(writer, [*cells[:width], row.line, reason])
            else:
                verdict, outcome = row.get_verdict_display(), row.get_outcome_display()
                yield _row(writer, [row.line, verdict, outcome, reason, *cells])


def _row(writer: Any, cells: Iterable[Any]) -> str:
    text: str = writer.writerow([safe_cell(cell) for cell in cells])
    return text
