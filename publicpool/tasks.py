"""Which sweeps does the pool run?"""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.jobs import wake

from .services.heads import write_heads
from .services.passing_on import pass_on_due
from .services.reclaiming import reclaim_due
from .services.rotating import rotate_due
from .services.warning import warn_due


@shared_task(name="publicpool.sweep")
def sweep() -> None:
    """Warn, then reclaim: who is told today loses nothing today."""
    warn_due(timezone.now())
    if reclaim_due(timezone.now()):
        wake("publicpool.rotate")


@shared_task(name="publicpool.rotate")
def rotate() -> None:
    """Pass on what was let lie, give out what waits, and once a day tell where the ledgers end."""
    pass_on_due(timezone.now())
    rotate_due(timezone.now())
    write_heads(timezone.now())
