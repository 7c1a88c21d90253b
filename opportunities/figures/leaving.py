"""How does a table of figures leave the house? As it stands, with its units in the header."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from core.exporting.at_once import table_response

from .cells import Sheet, heading

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import User


def sheet_response(
    page: str, name: str, kind: str, sheet: Sheet, *, query: str, by: User, now: datetime
) -> HttpResponse:
    """The file of one sheet, logged as every export is. The caller asked whether ``by`` may."""
    header = [heading(label, of) for label, of in sheet.headers]
    lines = ([cell.plain for cell in row.cells] for row in sheet.rows)
    return table_response(page, name, kind, header, lines, query=query, by=by, now=now)
