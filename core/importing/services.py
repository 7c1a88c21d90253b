"""How does a file pass from step to step: taken in, read, mapped, tried, written, put away?"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from .. import jobs
from ..exceptions import DomainError, NotAllowed
from ..models import ImportRow, ImportRun, Job
from ..registries import IMPORT_TARGETS
from .engine import CHECK, WRITE, to_write
from .own_fields import NewField, make_field
from .readers import Shape, guess_shape
from .targets import Target

if TYPE_CHECKING:
    from accounts.models import User

LARGEST_FILE = 50 * 1024 * 1024
FOLDER = "imports"


class FileTooLarge(DomainError):
    message = _("This file is too large. Split it into several ones.")


class AlreadyWritten(DomainError):
    message = _("This import has been written already, or is being written now.")


class NothingToWrite(DomainError):
    message = _("There is no row to write.")


class NotReady(DomainError):
    message = _("The step before this one is not finished.")


def can_change(user: User, run: ImportRun) -> bool:
    """Only who brought the file decides on it: it is written in that person's name and scope."""
    target = IMPORT_TARGETS.get(run.target)
    return run.created_by_id == user.pk and target is not None and target.may(user)


def start_run(*, target: Target, upload: UploadedFile, by: User, now: datetime) -> ImportRun:
    """Keep an uploaded file under a name that tells nothing, and look how it may be read.

    Raises NotAllowed, FileTooLarge, UnreadableFile.
    """
    if not target.may(by):
        raise NotAllowed
    size = upload.size or 0
    if size > LARGEST_FILE:
        megabytes = LARGEST_FILE // 1024 // 1024
        raise FileTooLarge(field="file", numbers={"limit": f"{megabytes} MB"})
    name = default_storage.save(f"{FOLDER}/{secrets.token_urlsafe(24)}", upload)
    try:
        shape = guess_shape(default_storage.path(name))
        return ImportRun.objects.create(
            target=target.key,
            created_by=by,
            created_at=now,
            file=name,
            filename=(upload.name or "")[-200:],
            size=size,
            shape=shape.to_json(),
        )
    except Exception:
        default_storage.delete(name)
        raise


@transaction.atomic
def confirm_shape(
    *,
    run: ImportRun,
    shape: Shape,
    headers: Sequence[str],
    mapping: Sequence[Mapping[str, Any]],
    by: User,
    plan: Mapping[str, Any] | None = None,
) -> None:
    """Fix how the file is read; a mapping made for another reading goes. Raises NotAllowed, AlreadyWritten."""
    run = _open(run, by)
    _forget_check(run)
    run.shape, run.headers, run.is_shaped = shape.to_json(), list(headers), True
    run.mapping, run.plan = [dict(entry) for entry in mapping], dict(plan or {})
    run.save()


@transaction.atomic
def confirm_mapping(
    *,
    run: ImportRun,
    mapping: Sequence[Mapping[str, Any]],
    options: Mapping[str, Any],
    by: User,
    now: datetime,
    plan: Mapping[str, Any] | None = None,
    new_fields: Sequence[NewField] = (),
) -> None:
    """Fix what the columns mean and try the file in the background; an admin's new fields are made on the way.

    Raises NotAllowed, AlreadyWritten, NotReady.
    """
    run = _open(run, by)
    if not run.is_shaped:
        raise NotReady
    _forget_check(run)
    run.mapping, run.options, run.plan = [dict(entry) for entry in mapping], dict(options), dict(plan or {})
    for new in new_fields:
        run.mapping[new.column]["field"] = make_field(new, IMPORT_TARGETS[run.target], by)
    run.check_job = jobs.enqueue(CHECK, by=by, now=now, params={"run": run.pk})
    run.save()


@transaction.atomic
def decide(*, run: ImportRun, rows: Iterable[ImportRow] | QuerySet[ImportRow], decision: str, by: User) -> int:
    """Let rows out, put them back, or create them although something warned; returns how many changed.

    “Create anyway” is for rows that only a warning holds back. Raises NotAllowed, AlreadyWritten, NotReady.
    """
    run = _open(run, by)
    if not run.is_checked:
        raise NotReady
    wanted = rows if isinstance(rows, QuerySet) else run.rows.filter(pk__in=[row.pk for row in rows])
    wanted = wanted.filter(run=run)
    if decision == ImportRow.Decision.CREATE:
        wanted = wanted.filter(is_open=True)
    elif decision == ImportRow.Decision.SKIP:
        wanted = wanted.filter(Q(verdict__in=(ImportRow.Verdict.NEW, ImportRow.Verdict.UPDATE)) | Q(is_open=True))
    return wanted.update(decision=decision)


@transaction.atomic
def start_writing(*, run: ImportRun, by: User, now: datetime) -> None:
    """Write the tried rows in the background, or go on where the writing was stopped or failed.

    Raises NotAllowed, AlreadyWritten, NotReady, NothingToWrite.
    """
    run = _locked(run, by)
    if (job := run.write_job) and may_go_on(run):
        jobs.retry(job, now=now)
        return
    _refuse_written(run)
    if not run.is_checked:
        raise NotReady
    rows = to_write(run).count()
    if not rows:
        raise NothingToWrite
    run.write_job = jobs.enqueue(WRITE, by=by, now=now, params={"run": run.pk}, total=rows)
    run.save(update_fields=["write_job"])


@transaction.atomic
def discard(*, run: ImportRun, by: User) -> None:
    """Remove a file that was not written, with all that was found in it. Raises NotAllowed, AlreadyWritten."""
    run = _open(run, by)
    _forget_check(run)
    remove_file(run)
    run.delete()


def remove_file(run: ImportRun) -> None:
    name = run.file
    transaction.on_commit(lambda: default_storage.delete(name) if name else None)


def remembered(run: ImportRun, headers: Sequence[str]) -> ImportRun | None:
    """The run whose mapping this person last used for the same column names; None for the first of its kind."""
    if not any(headers):
        return None
    same = ImportRun.objects.filter(created_by=run.created_by_id, target=run.target, headers=list(headers))
    return same.filter(check_job__isnull=False).exclude(pk=run.pk).first()


def may_go_on(run: ImportRun) -> bool:
    """Was the writing broken off, and nothing taken back since?"""
    return run.undo_job_id is None and run.write_job is not None and run.write_job.state in Job.BROKEN_OFF


def _open(run: ImportRun, by: User) -> ImportRun:
    """Lock a run that this person may still change."""
    locked = _locked(run, by)
    _refuse_written(locked)
    return locked


def _locked(run: ImportRun, by: User) -> ImportRun:
    locked = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if not can_change(by, locked):
        raise NotAllowed
    return locked


def _refuse_written(run: ImportRun) -> None:
    if run.write_job_id is not None:
        raise AlreadyWritten


def _forget_check(run: ImportRun) -> None:
    """Take back a dry run: a running one finds its lease gone and stops."""
    if run.check_job_id is not None:
        open_states = (Job.State.QUEUED, Job.State.RUNNING)
        Job.objects.filter(pk=run.check_job_id, state__in=open_states).update(state=Job.State.CANCELLED)
        run.check_job = None
    run.rows.all().delete()
    run.counts = {}
