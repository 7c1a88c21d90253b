"""How does a small table leave the house, such as one of figures? In the answer itself, logged as every export is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..models import ExportLog
from .files import write

if TYPE_CHECKING:
    from accounts.models import User

MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def table_file(
    page: str, kind: str, header: Sequence[str], lines: Iterable[Sequence[Any]], *, query: str, by: User, now: datetime
) -> bytes:
    """The bytes of a file of format ``kind``, a key of MIME. Whether ``by`` may have it the caller has asked."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table")
        rows = write(kind, path, header, lines)
        content = path.read_bytes()
    ExportLog.objects.create(page=page, by=by, at=now, kind=kind, query=query, columns=[*header], rows=rows)
    return content
