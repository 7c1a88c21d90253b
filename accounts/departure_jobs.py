"""How is a departure of very much tried and carried out in the background? In one transaction, as in the foreground."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.jobs import enqueue
from core.registries import JOBS, JobKind

from .models import Departure
from .services.departures import carry_out, try_departure

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from core.jobs import Progress
    from core.models import Job

    from .models import User

TRY, DO = "accounts.departure_trial", "accounts.departure"


def register() -> None:
    JOBS[TRY] = JobKind(_("Preview of a departure"), partial(run, try_departure), url=_url)
    JOBS[DO] = JobKind(_("Departure"), partial(run, carry_out), url=_url)


def ask(kind: str, departure: Departure, *, by: User, now: datetime) -> Job:
    """Queue it. What is carried out must be the preview that was seen: until it runs another one may be made."""
    seen = {"seen": departure.seen} if kind == DO else {}
    return enqueue(kind, by=by, now=now, params={"departure": departure.pk} | seen)


def _url(job: Job) -> str:
    return Departure(pk=job.params["departure"]).get_absolute_url()


def _seen(job: Job) -> dict[str, str]:
    return {name: word for name, word in job.params.items() if name == "seen"}


def run(act: Callable[..., Departure], job: Job, progress: Progress) -> None:
    """Try it, or carry it out; a killed run has done nothing and begins anew."""
    departure = Departure.objects.get(pk=job.params["departure"])
    with transaction.atomic():
        progress.step(0)  # locks the job's row: no other worker takes it up however long this lasts
        departure = act(departure=departure, by=job.created_by, now=progress.clock(), **_seen(job))
        progress.step(departure.total, total=departure.total)
