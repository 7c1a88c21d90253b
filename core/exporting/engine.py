"""How does a list leave the house? Exactly the rows that one may see, in the background, for one person, logged."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from .. import jobs
from ..exceptions import NotAllowed
from ..ids import id_of
from ..jobs import Progress
from ..models import ExportLog, Job
from ..pages.listing import ListPage
from ..registries import EXPORTS, JOBS, JobKind, Label
from .contents import Content, Shown
from .files import MOST_LINES, TooManyRows, write

if TYPE_CHECKING:
    from accounts.models import User

KIND = "core.export"
FOLDER = "exports"
BATCH = 500
LONGEST_QUERY = 8000


@dataclass(frozen=True)
class ListExport:
    """A list that may be taken out: the page, who may, and which of the visible rows may be in the file."""

    page: type[ListPage]
    may: Callable[[User], bool]
    rows: Callable[[QuerySet[Any], User], QuerySet[Any]]
    # What the page says about rows that the list shows and the file leaves out.
    note: Label = ""
    # What else than the list as shown may be in the file.
    more: tuple[type[Content], ...] = ()

    @property
    def contents(self) -> dict[str, type[Content]]:
        every: tuple[type[Content], ...] = (Shown, *self.more)
        return {content.key: content for content in every}


class Chosen:
    """The rows of a list that an export is asked for: those its query shows, or of them only the ids in ``pk``."""

    def __init__(self, export: ListExport, user: User, query: str) -> None:
        request = HttpRequest()
        request.method, request.user = "GET", user
        self.export, self.user = export, user
        self.page = export.page.of(request, query)
        asked = self.page.params.getlist("pk")
        # An id that none can be chooses nothing, not everything.
        self.ids = [id_of(word) or 0 for word in asked]

    def rows(self) -> QuerySet[Any]:
        """Visible to the person, and fit to be taken out by them."""
        rows = self.export.rows(self.page.filtered(), self.user)
        return rows.filter(pk__in=self.ids) if self.ids else rows

    def ordered_ids(self, most: int) -> list[int]:
        """The ids in the order of the list."""
        return list(self.page.in_order(self.rows()).values_list("pk", flat=True)[:most])


def register() -> None:
    """Make the job known; called when the app is ready."""
    JOBS[KIND] = JobKind(_("Export"), run)


def require(export: ListExport, user: User) -> None:
    """Raise NotAllowed for somebody who may not take this list out."""
    if not user.is_active or not export.may(user):
        raise NotAllowed(_("Exporting is off for you. An administrator can grant it."))


@transaction.atomic
def start_export(*, page: str, query: str, kind: str, by: User, now: datetime, content: str = Shown.key) -> Job:
    """Ask for a file of the list as ``query`` shows it, in the reader's language and zone. Raises NotAllowed.

    The rows are those that ``by`` may see when the file is made, not when it is asked for. ``query`` has at most
    LONGEST_QUERY characters.
    """
    export: ListExport = EXPORTS[page]
    require(export, by)
    params = {
        "page": page,
        "query": query,
        "content": content,
        "format": kind,
        "language": translation.get_language(),
        "zone": timezone.get_current_timezone_name(),
    }
    job = jobs.enqueue(KIND, by=by, now=now, params=params)
    columns = export.contents[content](Chosen(export, by, params["query"]).page).columns()
    ExportLog.objects.create(page=page, by=by, at=now, kind=kind, query=params["query"], columns=[*columns], job=job)
    return job


def run(job: Job, progress: Progress) -> None:
    """Make the file; a killed run begins anew, for a file is there as a whole or not at all."""
    user, params = job.created_by, job.params
    export: ListExport = EXPORTS[params["page"]]
    require(export, user)
    kind, zone = params["format"], ZoneInfo(params["zone"])
    with translation.override(params["language"]), timezone.override(zone), tempfile.TemporaryDirectory() as folder:
        chosen = Chosen(export, user, params["query"])
        ids = chosen.ordered_ids(MOST_LINES[kind] + 1)
        if len(ids) > MOST_LINES[kind]:
            raise TooManyRows(numbers={"limit": MOST_LINES[kind]})
        progress.step(0, total=len(ids))
        content = export.contents[params.get("content", Shown.key)](chosen.page)
        path = Path(folder, "export")
        written = write(kind, path, [*content.columns().values()], _lines(chosen, content, ids, progress))
        name = f"{FOLDER}/{get_random_string(32)}.{kind}"
        with path.open("rb") as file:
            name = default_storage.save(name, File(file))
        title = str(export.page.title)
    day = timezone.localtime(progress.clock(), zone).strftime("%Y-%m-%d")
    job.result = {"file": name, "filename": f"{title} {day}.{kind}", "rows": written}
    ExportLog.objects.filter(job=job).update(rows=written)


def _lines(chosen: Chosen, content: Content, ids: list[int], progress: Progress) -> Iterator[list[Any]]:
    """Batch by batch, each as it is and as it may be seen at that moment; what went meanwhile is left out."""
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        yield from content.lines(chosen.rows().filter(pk__in=batch), batch)
        progress.step(min(start + BATCH, len(ids)), total=len(ids))
