"""How does a test bring a file in, from the upload to the last row? By the same services as the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from core import jobs
from core.importing import services, undo
from core.importing.column_form import samples
from core.importing.mapping import suggest
from core.importing.readers import Shape, preview
from core.importing.values import date_order
from core.models import ImportRun
from core.registries import IMPORT_TARGETS


def tried(
    key: str,
    content: str | bytes | Path,
    by: User,
    now: datetime,
    *,
    columns: Mapping[str, Mapping[str, Any]] | None = None,
    plan: Mapping[str, Any] | None = None,
    **options: Any,
) -> ImportRun:
    """A file as far as the dry run: columns as they are suggested, but ``columns`` by header as said."""
    target = IMPORT_TARGETS[key]
    name = content.name if isinstance(content, Path) else f"{key}.csv"
    data = content.read_bytes() if isinstance(content, Path) else content
    upload = SimpleUploadedFile(name, data.encode() if isinstance(data, str) else data)
    run = services.start_run(target=target, upload=upload, by=by, now=now)
    shape = Shape.from_json(run.shape)
    seen = preview(run.path, shape, n=5000)
    cells = [samples(seen, place) for place in range(shape.columns)]
    fields = {one.key: one for one in target.fields(by)}
    mapping = []
    for field, texts, header in zip(
        suggest(list(fields.values()), seen.headers, cells), cells, seen.headers, strict=True
    ):
        entry: dict[str, Any] = {"field": field} | dict((columns or {}).get(header, {}))
        if (known := fields.get(entry["field"])) and known.is_date:
            entry.setdefault("dates", date_order(texts))
        mapping.append(entry)
    services.confirm_shape(run=run, shape=shape, headers=seen.headers, mapping=mapping, by=by)
    run.refresh_from_db()
    services.confirm_mapping(run=run, mapping=mapping, options=options, plan=plan, by=by, now=now)
    jobs.run_due(lambda: now)
    run.refresh_from_db()
    assert run.check_job.state == "done", run.check_job.message
    return run


def written(run: ImportRun, by: User, now: datetime) -> ImportRun:
    """What the dry run found, written."""
    services.start_writing(run=run, by=by, now=now)
    jobs.run_due(lambda: now)
    run.refresh_from_db()
    assert run.write_job.state == "done", run.write_job.message
    return run


def brought(key: str, content: str | bytes | Path, by: User, now: datetime, **how: Any) -> ImportRun:
    """A file from the upload to the last row."""
    return written(tried(key, content, by, now, **how), by, now)


def taken_back(run: ImportRun, by: User, now: datetime) -> ImportRun:
    undo.start_undo(run=run, by=by, now=now)
    jobs.run_due(lambda: now)
    run.refresh_from_db()
    assert run.undo_job.state == "done", run.undo_job.message
    return run


def said(run: ImportRun, line: int, by: User) -> str:
    """The reasons of a line as ``by`` reads them."""
    row = run.rows.get(line=line)
    return " ".join(map(str, IMPORT_TARGETS[run.target].say([row], run, by)[row.pk]))
