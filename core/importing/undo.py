"""What would undoing an import take back, what must it leave, and how is it done? The third job of an import.

The preview and the job ask the same function of the target: the one as a trial, the other under locks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from .. import jobs
from ..exceptions import DomainError, NotAllowed
from ..models import ImportRow, ImportRun, Job
from ..querysets import update_rows
from ..registries import IMPORT_TARGETS, JOBS, JobKind
from .engine import LOCK_WAIT_S, page_of

if TYPE_CHECKING:
    from accounts.models import User

    from .targets import Undoing

UNDO = "core.import_undo"
WINDOW = timedelta(days=30)
BATCH = 250
# A preview only reads: larger batches take fewer statements.
PREVIEW_BATCH = 2000
# A page must not keep its reader waiting: of a bigger import the last rows are looked at, some two thousand a second.
MOST_FORESEEN = 10_000
SHOWN = 50
WRITTEN = (ImportRow.Outcome.MADE, ImportRow.Outcome.UPDATED)
Undone = ImportRow.Undone


class NotWritten(DomainError):
    message = _("This import has not been written: there is nothing to take back.")


class AlreadyUndone(DomainError):
    message = _("This import has been taken back already, or is being taken back now.")


class TooLate(DomainError):
    message = _("An import can be taken back within 30 days.")


@dataclass
class Foreseen:
    """What undoing would do: rows by ``undone``, and the first rows of which something stays.

    ``beyond`` rows were not looked at.
    """

    counts: Counter[str] = field(default_factory=Counter)
    left: list[ImportRow] = field(default_factory=list)
    beyond: int = 0


def register() -> None:
    """Make the job known; called when the app is ready."""
    JOBS[UNDO] = JobKind(_("Undoing an import"), undo, page_of)


def may_undo(user: User, run: ImportRun) -> bool:
    """Who brought the file, or an admin."""
    target = IMPORT_TARGETS.get(run.target)
    return target is not None and user.is_active and target.may(user) and (
        run.created_by_id == user.pk or user.is_admin
    )  # fmt: skip


def refusal(run: ImportRun, now: datetime) -> DomainError | None:
    """Why a run cannot be taken back now; None if it can."""
    if not run.is_written or run.write_job is None or not run.rows.filter(outcome__in=WRITTEN).exists():
        return NotWritten()
    undone = run.undo_job
    if undone is not None and (not undone.is_over or undone.state == Job.State.DONE):
        return AlreadyUndone()
    end = until(run)
    return TooLate(numbers={"limit": WINDOW.days}) if end is not None and now > end else None


def until(run: ImportRun) -> datetime | None:
    """The end of the time in which it can be taken back; None where it is not written."""
    ended = run.write_job.ended_at if run.write_job else None
    return ended + WINDOW if ended else None


@transaction.atomic
def start_undo(*, run: ImportRun, by: User, now: datetime) -> None:
    """Take a written import back in the background. Raises NotAllowed, NotWritten, AlreadyUndone, TooLate."""
    run = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if not may_undo(by, run):
        raise NotAllowed
    if reason := refusal(run, now):
        raise reason
    run.undo_job = jobs.enqueue(UNDO, by=by, now=now, params={"run": run.pk}, total=_waiting(run).count())
    run.save(update_fields=["undo_job"])


def foresee(run: ImportRun, *, by: User, now: datetime) -> Foreseen:
    """Say what undoing would do at this moment, without doing it; of a big import for its last rows."""
    found = Foreseen()
    undoing = IMPORT_TARGETS[run.target].begin_undo(run, by, now)
    for rows in _batches(run, PREVIEW_BATCH):
        undoing.undo(rows, is_trial=True)
        found.counts.update(row.undone for row in rows)
        found.left += [row for row in rows if row.left][: SHOWN - len(found.left)]
        if found.counts.total() >= MOST_FORESEEN:
            found.beyond = _waiting(run).filter(line__lt=rows[-1].line).count()
            break
    return found


def undo(job: Job, progress: jobs.Progress) -> None:
    """Take back what nobody touched since, from the last line to the first; a killed worker loses one batch."""
    run = ImportRun.objects.select_related("created_by", "write_job").get(pk=job.params["run"])
    assert job.started_at is not None  # it runs
    undoing = IMPORT_TARGETS[run.target].begin_undo(run, job.created_by, job.started_at)
    done = job.done
    for rows in _batches(run, BATCH):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT_S}s'")
            done += _undo_batch(undoing, rows)
            progress.step(done, total=max(done, job.total or 0))
    with transaction.atomic():
        written = run.rows.filter(outcome__in=WRITTEN)
        counts = dict(written.order_by().values_list("undone").annotate(Count("pk")))
        ImportRun.objects.filter(pk=run.pk).update(undone=counts)
        progress.step(done, total=done)


def _undo_batch(undoing: Undoing, rows: list[ImportRow]) -> int:
    undoing.undo(rows, is_trial=False)
    update_rows(ImportRow, ("undone", "left"), [(row.pk, row.undone, row.left) for row in rows])
    return len(rows)


def _waiting(run: ImportRun) -> Any:
    return run.rows.filter(outcome__in=WRITTEN, undone="")


def _batches(run: ImportRun, size: int) -> Iterator[list[ImportRow]]:
    """Yield the written rows from the last one, so that what was changed twice goes back step by step."""
    waiting, last = _waiting(run).order_by("-line"), None
    while rows := list((waiting if last is None else waiting.filter(line__lt=last))[:size]):
        last = rows[-1].line
        yield rows
