"""Which sweeps does the pool run?"""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from .services.reclaiming import reclaim_due
from .services.warning import warn_due


@shared_task(name="publicpool.sweep")
def sweep() -> None:
    """Warn, then reclaim: who is told today loses nothing today."""
    warn_due(timezone.now())
    reclaim_due(timezone.now())
