"""Does the application serve, and is all behind it in order? No details to strangers."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from .models import Heartbeat, Job, OutgoingMail

log = logging.getLogger(__name__)

SILENT_BEAT = timedelta(minutes=3)
WAITING_TOO_LONG = timedelta(minutes=15)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; touches nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Check database, migrations, broker, beat and the age of the oldest due work; 503 where one is amiss."""
    found = {name: _passes(name, check) for name, check in CHECKS.items()}
    return JsonResponse(
        {name: "ok" if good else "failed" for name, good in found.items()}, status=200 if all(found.values()) else 503
    )


def _passes(name: str, check: object) -> bool:
    try:
        return bool(check(timezone.now()))  # type: ignore[operator]
    except Exception:  # whatever is broken behind it: the answer is "failed", the reason is in the log
        log.exception("readiness check %s", name)
        return False


def _database(now: datetime) -> bool:
    connection.ensure_connection()
    return connection.is_usable()


def _migrations(now: datetime) -> bool:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _broker(now: datetime) -> bool:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return True


def _beat(now: datetime) -> bool:
    return Heartbeat.objects.filter(name="beat", at__gte=now - SILENT_BEAT).exists()  # unscoped: of the house


def _work(now: datetime) -> bool:
    late = now - WAITING_TOO_LONG
    jobs = Job.objects.filter(state=Job.State.QUEUED, created_at__lt=late)  # unscoped: one bit of all
    mails = OutgoingMail.objects.filter(state=OutgoingMail.State.QUEUED, not_before__lt=late)  # unscoped: as above
    return not (jobs.exists() or mails.exists())


CHECKS = {"database": _database, "migrations": _migrations, "broker": _broker, "beat": _beat, "work": _work}
