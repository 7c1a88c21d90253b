"""What is written down of a run, and which are worth it?"""

from __future__ import annotations

from datetime import datetime

from ..countdown import Clock
from ..models import Run


def run_of(kind: str, clock: Clock) -> Run:
    """Begin a run: rule versions and day as they are now."""
    versions = {str(spec.rule_id): spec.version for spec in clock.specs}
    return Run.objects.create(kind=kind, on=clock.today, versions=versions, started_at=clock.now)


def finished(run: Run, now: datetime) -> Run | None:
    """End a run. One that found nothing, beside the first of its day and kind, is not kept."""
    idle = not (run.done or run.failed or run.left_alone)
    if idle and Run.objects.filter(kind=run.kind, on=run.on).exclude(pk=run.pk).exists():
        run.delete()
        return None
    run.ended_at = max(now, run.started_at)
    run.save()
    return run
