"""What is written down of a run, and which are worth it?"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from core.jobs import wake
from core.zones import business_day
from customers.services.locking import require

from .. import errors, permissions
from ..countdown import Clock
from ..models import Rotation, Run, RunLine

if TYPE_CHECKING:
    from accounts.models import User


def run_of(kind: str, clock: Clock) -> Run:
    """Begin a run: rule versions and day as they are now."""
    versions = {str(spec.rule_id): spec.version for spec in clock.specs}
    run = Run.objects.create(kind=kind, on=clock.today, versions=versions, started_at=clock.now)
    run.begun = time.monotonic()
    return run


def started(kind: str, now: datetime, *, rotation: Rotation, is_automatic: bool) -> Run:
    """Begin a run of a rotation."""
    run = Run.objects.create(
        kind=kind, on=business_day(now), rotation=rotation, is_automatic=is_automatic, started_at=now
    )
    run.begun = time.monotonic()
    return run


def finished(run: Run, now: datetime, *, keeps_left: bool = True) -> Run | None:
    """End a run. One that found nothing, beside the first of its day and kind, is not kept.

    Without ``keeps_left`` nor is one that only left things alone: what comes every minute would fill pages with them.
    """
    idle = not (run.done or run.failed or (keeps_left and run.left_alone))
    same = Run.objects.filter(kind=run.kind, on=run.on, rotation=run.rotation, is_automatic=run.is_automatic)
    if idle and same.exclude(pk=run.pk).exists():
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
