"""How is a preview of very many customers made in the background, and read again by its page?

The file that the job leaves can be downloaded as it is; its first columns are what the page reads.
"""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from core.exceptions import NotAllowed
from core.exporting.files import write
from core.models import ExportLog
from core.registries import JOBS, JobKind
from customers.models import Customer

from .countdown import BATCH
from .models import ReclaimRule
from .permissions import can_edit_rules
from .previewing import Going, Preview, look_ahead
from .rule_forms import RuleForm, tried

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.jobs import Progress
    from core.models import Job

KIND = "publicpool.preview"
FOLDER = "exports"
HEADER = ("customer_id", "holder_id", "goes_on", "rule_id", "before", "customer")


def register() -> None:
    JOBS[KIND] = JobKind(_("Preview of the reclaim rules"), run, url=_url)


def _url(job: Job) -> str:
    return f"{reverse('publicpool:preview')}?{job.params.get('query', '')}&job={job.pk}"


def run(job: Job, progress: Progress) -> None:
    """Make the preview; a killed run begins anew. Raises NotAllowed."""
    if not can_edit_rules(job.created_by):
        raise NotAllowed
    query = QueryDict(job.params.get("query", ""))
    rule = ReclaimRule.objects.filter(pk=query.get("rule") or 0).first()
    form = RuleForm(query) if "kind" in query else None
    if form is not None:
        form.full_clean()
    specs = tried(form, rule)
    held = Customer.objects.filter(owner__isnull=False)
    total = held.count()

    def told(part: int, pk: int) -> None:
        parts = 1 if specs is None else 2
        progress.step(part * total + held.filter(pk__lte=pk).count(), total=parts * total)

    now = progress.clock()
    preview = look_ahead(now, specs, told=told)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "preview")
        written = write("csv", path, HEADER, _lines(preview))
        with path.open("rb") as file:
            name = default_storage.save(f"{FOLDER}/{get_random_string(32)}.csv", File(file))
    ExportLog.objects.create(
        page="pool.preview",
        by=job.created_by,
        at=now,
        kind="csv",
        query=job.params.get("query", ""),
        columns=[*HEADER],
        rows=written,
        job=job,
    )
    job.result = {
        "file": name,
        "filename": f"preview {preview.today.isoformat()}.csv",
        "today": preview.today.isoformat(),
        "first_warning": preview.first_warning,
    }


def _lines(preview: Preview) -> Iterator[list[Any]]:
    for start in range(0, len(preview.rows), BATCH):
        batch = preview.rows[start : start + BATCH]
        names = dict(
            Customer.objects.filter(pk__in=[row.customer_id for row in batch]).order_by().values_list("pk", "name")
        )
        for row in batch:
            yield [row.customer_id, row.owner_id, row.on, row.rule_id, row.before, names.get(row.customer_id, "")]


def read_rows(job: Job) -> Preview | None:
    """The preview that a job left; None where it is not done or its file has gone."""
    name = job.result.get("file")
    if not name or not default_storage.exists(name):
        return None
    with default_storage.open(name, "rb") as file:
        lines = csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline=""))
    next(lines)
    rows = [
        Going(int(customer), int(owner), _day(on), int(rule) if rule else None, _day(before))
        for customer, owner, on, rule, before, *_name in lines
    ]
    return Preview(date.fromisoformat(job.result["today"]), job.result["first_warning"], rows)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
