"""How is long work asked for, taken up by exactly one worker, and followed by a person?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .exceptions import DomainError
from .models import Job
from .registries import JOBS

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)


class JobCancelled(Exception):
    """The person who asked for the job wants it to stop; raised inside the job between batches."""


class LeaseLost(Exception):
    """This worker was too slow and the row was given to another one."""


class JobIsOver(DomainError):
    message = _("This has ended already.")


def wake(task_name: str, *, after_commit: bool = True) -> None:
    """Wake a worker by the name of a task; a dead broker never fails the request, the sweep catches up."""

    def send() -> None:
        with suppress(Exception):  # the row in Postgres is the truth, this only saves the wait for beat
            current_app.send_task(task_name, retry=False)

    if after_commit:
        transaction.on_commit(send, robust=True)
    else:
        send()


def enqueue(
    kind: str, *, by: User, now: datetime, params: dict[str, Any] | None = None, total: int | None = None
) -> Job:
    """Write a job row in the present transaction and wake a worker after commit.

    Raises KeyError for a kind that nobody registered.
    """
    JOBS[kind]
    job = Job.objects.create(kind=kind, created_by=by, params=params or {}, total=total, created_at=now)
    wake("core.run_due_jobs")
    return job


def cancel(job: Job, *, now: datetime) -> None:
    """Ask a job to stop after its present batch; a waiting one stops at once. Raises JobIsOver."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.is_over:
            raise JobIsOver
        _stop(job, now)


def stop_all(*, of: User, now: datetime) -> None:
    """Ask everything that somebody has in the background to stop. Must run in a transaction."""
    rows = Job.objects.select_for_update().filter(created_by=of, state__in=(Job.State.QUEUED, Job.State.RUNNING))
    for job in rows.order_by("pk"):
        _stop(job, now)


def _stop(job: Job, now: datetime) -> None:
    job.is_cancel_asked = True
    if job.state == Job.State.QUEUED:
        job.state, job.ended_at = Job.State.CANCELLED, now
    job.save(update_fields=["is_cancel_asked", "state", "ended_at"])


def retry(job: Job, *, now: datetime) -> None:
    """Queue a job again that failed, was parked or stopped; it goes on where it was. Raises JobIsOver for others."""
    again = {"state": Job.State.QUEUED, "is_cancel_asked": False, "message": ""}
    again |= {"attempts": 0, "stalls": 0, "ended_at": None, "leased_until": None}
    if not Job.objects.filter(pk=job.pk, state__in=Job.BROKEN_OFF).update(**again):
        raise JobIsOver(_("Only a job that failed or was stopped can be started again."))
    wake("core.run_due_jobs")


class Progress:
    """What a running job tells the person who waits, and how it keeps its lease."""

    def __init__(self, job: Job, clock: Callable[[], datetime]) -> None:
        self.job = job
        self.clock = clock

    def step(self, done: int, *, total: int | None = None, cursor: dict[str, Any] | None = None) -> None:
        """Record how far the job is; call it in the transaction of the batch, so that both or neither hold.

        Raises JobCancelled where the person asked to stop, LeaseLost where another worker has the row.
        """
        changes: dict[str, Any] = {"done": done, "leased_until": self.clock() + LEASE}
        if done > self.job.done:
            changes["stalls"] = 0
        if total is not None:
            changes["total"] = total
        if cursor is not None:
            changes["cursor"] = cursor
        mine = Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, attempts=self.job.attempts)
        if not mine.update(**changes):
            raise LeaseLost
        for name, value in changes.items():
            setattr(self.job, name, value)
        if Job.objects.filter(pk=self.job.pk, is_cancel_asked=True).exists():
            raise JobCancelled


def run_due(clock: Callable[[], datetime] = timezone.now) -> int:
    """Take up due jobs one after the other until none is left or the worker's time is over; returns how many ran."""
    ran = 0
    while (job := _claim(clock())) is not None:
        ran += 1
        if not _run(job, clock):
            wake("core.run_due_jobs", after_commit=False)
            break
    return ran


def _claim(now: datetime) -> Job | None:
    with transaction.atomic():
        due = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, leased_until__lt=now)
        job = Job.objects.select_for_update(skip_locked=True).filter(due).order_by("created_at", "pk").first()
        if job is None:
            return None
        if job.stalls >= Job.MAX_ATTEMPTS:
            job.state, job.ended_at = Job.State.PARKED, now
        else:
            job.state = Job.State.RUNNING
            job.attempts, job.stalls = F("attempts") + 1, F("stalls") + 1
            job.started_at = job.started_at or now
            job.leased_until = now + LEASE
        job.save()
        job.refresh_from_db()
    return job if job.state == Job.State.RUNNING else _claim(now)


def _run(job: Job, clock: Callable[[], datetime]) -> bool:
    """Run a claimed job; False where the worker's time is over and the job waits for the next one."""
    state, message, has_time = Job.State.DONE, "", True
    try:
        JOBS[job.kind].run(job, Progress(job, clock))
    except LeaseLost:
        log.warning("job %s was taken over by another worker", job.pk)
        return True
    except SoftTimeLimitExceeded:  # a long job goes on where it is, in a task with time of its own
        state, has_time = Job.State.QUEUED, False
    except JobCancelled:
        state = Job.State.CANCELLED
    except DomainError as error:
        state, message = Job.State.FAILED, str(error.message)
    except Exception as error:  # a poison job must not stop the others; its row says what happened
        log.exception("job %s (%s) failed", job.pk, job.kind)
        parked = job.stalls >= Job.MAX_ATTEMPTS
        # Back into the queue: a passing fault heals, a lasting one is parked after MAX_ATTEMPTS.
        state = Job.State.PARKED if parked else Job.State.QUEUED
        message = f"{type(error).__name__}: {error}"[:2000]
    over = state != Job.State.QUEUED
    Job.objects.filter(pk=job.pk, attempts=job.attempts, state=Job.State.RUNNING).update(
        state=state, message=message, result=job.result, ended_at=clock() if over else None, leased_until=None
    )
    return has_time
