"""How does a run of a rotation that gives out very many show how far it is?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.registries import JOBS, JobKind

from .models import Rotation
from .services.rotating import run_rotation
from .waiting import waiting

if TYPE_CHECKING:
    from core.jobs import Progress
    from core.models import Job

KIND = "publicpool.rotation_run"
# Up to so many are given out while somebody waits for the page.
AT_ONCE = 500


def register() -> None:
    JOBS[KIND] = JobKind(_("Run of a rotation"), run, url=_url)


def run(job: Job, progress: Progress) -> None:
    """Give out what waits; one that was killed goes on behind what it gave. Raises what run_rotation does."""
    rotation = Rotation.objects.get(pk=job.params["rotation"])
    before, most = job.done, job.params.get("most")
    now = progress.clock()
    left = None if most is None else most - before
    total = before + waiting(rotation, now)[:left].count()
    progress.step(before, total=total)
    kept = run_rotation(
        rotation=rotation,
        by=job.created_by,
        now=now,
        most=left,
        told=lambda given: progress.step(before + given, total=total),
    )
    job.result = {"run": kept.pk if kept else None}


def _url(job: Job) -> str:
    if job.result.get("run"):
        return reverse("publicpool:run", args=[job.result["run"]])
    return reverse("publicpool:rotation", args=[job.params["rotation"]])
