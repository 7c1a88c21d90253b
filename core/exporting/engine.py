"""How does a list leave the house? Exactly the rows and columns as shown, in the background, for one person, logged."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from .. import jobs
from ..exceptions import DomainError, NotAllowed
from ..jobs import Progress
from ..models import ExportLog, Job
from ..pages.listing import ListPage
from ..registries import EXPORTS, JOBS, JobKind, Label
from ..tables import Column, Reading
from .cells import safe_cell

if TYPE_CHECKING:
    from accounts.models import User

KIND = "core.export"
FOLDER = "exports"
FORMATS = {"xlsx": _("Excel (XLSX)"), "csv": _("CSV (UTF-8)")}
BATCH = 500
# What a sheet of Excel can hold below its header.
MOST_ROWS = {"xlsx": 1_048_575, "csv": 5_000_000}


class TooManyRows(DomainError):
    message = _("This list has more rows than such a file can hold. Narrow it, or choose CSV.")


@dataclass(frozen=True)
class ListExport:
    """A list that may be taken out: the page, who may, and which of the visible rows may be in the file."""

    page: type[ListPage]
    may: Callable[[User], bool]
    rows: Callable[[QuerySet[Any], User], QuerySet[Any]]
    # What the page says about rows that the list shows and the file leaves out.
    note: Label = ""


def register() -> None:
    """Make the job known; called when the app is ready."""
    JOBS[KIND] = JobKind(_("Export"), run)


@transaction.atomic
def start_export(*, page: str, query: str, kind: str, by: User, now: datetime) -> Job:
    """Ask for a file of the list as ``query`` shows it, in the reader's language and zone. Raises NotAllowed.

    The rows are those that ``by`` may see when the file is made, not when it is asked for.
    """
    export: ListExport = EXPORTS[page]
    if not export.may(by):
        raise NotAllowed(_("Exporting is off for you. An administrator can grant it."))
    params = {
        "page": page,
        "query": query[:8000],
        "format": kind,
        "language": translation.get_language(),
        "zone": timezone.get_current_timezone_name(),
    }
    job = jobs.enqueue(KIND, by=by, now=now, params=params)
    columns = [column.key for column in shown_list(export, by, query, now)[1]]
    ExportLog.objects.create(page=page, by=by, at=now, kind=kind, query=params["query"], columns=columns, job=job)
    return job


def shown_list(export: ListExport, user: User, query: str, now: datetime) -> tuple[QuerySet[Any], list[Column], Any]:
    """The rows of the list in their order, its columns without those of buttons, and the table; scoped to ``user``."""
    request = HttpRequest()
    request.method, request.user = "GET", user
    page = export.page.of(request, query)
    table = page.make_table([key for key in page.chosen_columns() if key] or None)
    order = page.order(table)
    key: Any = F(order.expression) if isinstance(order.expression, str) else order.expression
    sign = "-" if order.is_descending else ""
    rows = export.rows(page.filtered(), user)
    rows = table.all[order.key].prepare(rows).annotate(_key=key).order_by(f"{sign}_key", f"{sign}pk")
    return rows, table.shown, table


def run(job: Job, progress: Progress) -> None:
    """Make the file; a killed run begins anew, for a file is there as a whole or not at all."""
    user, params = job.created_by, job.params
    export: ListExport = EXPORTS[params["page"]]
    if not user.is_active or not export.may(user):
        raise NotAllowed(_("Exporting is off for you. An administrator can grant it."))
    zone = ZoneInfo(params["zone"])
    with translation.override(params["language"]), timezone.override(zone), tempfile.TemporaryDirectory() as folder:
        rows, columns, table = shown_list(export, user, params["query"], progress.clock())
        ids = list(rows.values_list("pk", flat=True)[: MOST_ROWS[params["format"]] + 1])
        if len(ids) > MOST_ROWS[params["format"]]:
            raise TooManyRows(numbers={"limit": MOST_ROWS[params["format"]]})
        progress.step(0, total=len(ids))
        path = Path(folder, "export")
        lines = _lines(ids, table, columns, export.page.model._default_manager.all(), zone, progress)
        written = _WRITERS[params["format"]](path, lines)
        name = f"{FOLDER}/{get_random_string(32)}.{params['format']}"
        with path.open("rb") as file:
            name = default_storage.save(name, File(file))
        title = str(export.page.title)
    day = timezone.localtime(progress.clock(), zone).strftime("%Y-%m-%d")
    job.result = {"file": name, "filename": f"{title} {day}.{params['format']}", "rows": written}
    ExportLog.objects.filter(job=job).update(rows=written)


def _lines(
    ids: list[int], table: Any, columns: list[Column], model: QuerySet[Any], zone: ZoneInfo, progress: Progress
) -> Iterator[list[Any]]:
    """The header, then the rows batch by batch as they are at that moment; a row that went meanwhile is left out."""
    yield [str(column.header) for column in columns]
    reading: Reading = table.reading
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        found = {row.pk: row for row in table.prepare(model.filter(pk__in=batch))}
        for pk in batch:
            if row := found.get(pk):
                yield [_plain(column.export(row, reading), zone) for column in columns]
        progress.step(min(start + BATCH, len(ids)), total=len(ids))


def _plain(value: Any, zone: ZoneInfo) -> Any:
    """A value that a spreadsheet knows: times in the reader's zone, everything unknown as its words."""
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, bool | int | float | str):
        return safe_cell(value)
    return value if hasattr(value, "isoformat") or hasattr(value, "as_tuple") else safe_cell(str(value))


def _write_csv(path: Path, lines: Iterator[list[Any]]) -> int:
    written = -1  # the header is no row
    # Excel reads a CSV as UTF-8 only with the mark in front.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for line in lines:
            writer.writerow(line)
            written += 1
    return written


def _write_xlsx(path: Path, lines: Iterator[list[Any]]) -> int:
    written = -1
    # Text stays text: nothing is taken for a formula, a link or a number.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        head = book.add_format({"bold": True})
        day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.freeze_panes(1, 0)
        for written, line in enumerate(lines):
            for column, value in enumerate(line):
                if isinstance(value, datetime):
                    sheet.write_datetime(written, column, value, moment)
                elif hasattr(value, "isoformat"):
                    sheet.write_datetime(written, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(written, column, value, head if written == 0 else None)
                else:
                    sheet.write(written, column, value)
    return written


_WRITERS: dict[str, Callable[[Path, Iterator[list[Any]]], int]] = {"csv": _write_csv, "xlsx": _write_xlsx}
