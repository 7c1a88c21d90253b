"""How does a small table leave the house, such as one of figures? In the answer itself, logged as every export is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from ..models import ExportLog
from .files import write

if TYPE_CHECKING:
    from accounts.models import User

# As people read them.
FORMATS = (("csv", "CSV"), ("xlsx", "Excel"))
MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def table_response(
    page: str,
    name: str,
    kind: str,
    header: Sequence[str],
    lines: Iterable[Sequence[Any]],
    *,
    query: str,
    by: User,
    now: datetime,
) -> HttpResponse:
    """The file ``name``, without its ending, of format ``kind``, a key of MIME. The caller asked whether ``by`` may."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table")
        rows = write(kind, path, header, lines)
        content = path.read_bytes()
    ExportLog.objects.create(page=page, by=by, at=now, kind=kind, query=query, columns=[*header], rows=rows)
    disposition = content_disposition_header(True, f"{name}.{kind}") or ""
    return HttpResponse(content, content_type=MIME[kind], headers={"Content-Disposition": disposition})
