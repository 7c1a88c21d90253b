"""Which long work of follow-ups runs in the background, followed by a person?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.registries import JOBS, JobKind

from .services.recurring import JOB, run_segment

if TYPE_CHECKING:
    from core.models import Job


def series_url(job: Job) -> str:
    pk = job.params.get("series")
    return reverse("followups:series", args=[pk]) if pk else ""


def register() -> None:
    """Add this floor's line to JOBS."""
    JOBS[JOB] = JobKind(_("Repeating task for many customers"), run_segment, series_url)
