"""What is written down of a run, and which are worth it?"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from core.jobs import wake
from customers.services.locking import require

from .. import errors, permissions
from ..countdown import Clock
from ..models import Run, RunLine

if TYPE_CHECKING:
    from accounts.models import User


def run_of(kind: str, clock: Clock) -> Run:
    """Begin a run: rule versions and day as they are now."""
    versions = {str(spec.rule_id): spec.version for spec in clock.specs}
    run = Run.objects.create(kind=kind, on=clock.today, versions=versions, started_at=clock.now)
    run.begun = time.monotonic()
    return run


def finished(run: Run, now: datetime) -> Run | None:
    """End a run. One that found nothing, beside the first of its day and kind, is not kept."""
    idle = not (run.done or run.failed or run.left_alone)
    if idle and Run.objects.filter(kind=run.kind, on=run.on).exclude(pk=run.pk).exists():
        run.delete()
        return None
    # The moment is one for the whole run; how long it took is measured.
    run.ended_at = max(now, run.started_at) + timedelta(seconds=time.monotonic() - run.begun)
    run.save()
    return run


@transaction.atomic
def retry_line(*, line: RunLine, by: User, now: datetime) -> RunLine:
    """Let the next run try a parked customer again, from the first try on. Raises NotAllowed, NotParked."""
    require(permissions.can_edit_rules(by))
    line = RunLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if line.parked_at is None:
        raise errors.NotParked
    line.parked_at, line.attempts = None, 0
    line.save(update_fields=["parked_at", "attempts"])
    wake("publicpool.sweep")
    return line
