"""When do playbooks act? On events as they are delivered, and in a sweep for days and silence."""

from __future__ import annotations

import logging
from datetime import datetime

from customers.models import Event

from .models import PlaybookVersion
from .playbooks import CATCH_UP, CUSTOMER, SUBJECTS, TRIGGERS, Subject, calls_of, subject_of
from .playbooks.triggers import DELETED, LOGGED, RESTORED
from .services.runs import begin_runs, bring_back, stop_runs, take_back

log = logging.getLogger(__name__)

# What may end a run, beside what may begin one. Open steps pass to a new owner with the other tasks (following).
ENDS = frozenset(
    {LOGGED, DELETED, RESTORED, "communication.corrected", "status.changed", "customer.archived", "owner.released"}
) | {"lead.converted", "lead.disqualified", "lead.archived", "lead.assigned"}
KINDS = ENDS | {kind for trigger in TRIGGERS.values() for kind in trigger.kinds}


def handle(event: Event, now: datetime) -> None:
    """Let what just happened to a customer or lead end and begin playbooks; the same event twice is once."""
    for subject in SUBJECTS:
        if pk := subject.pk_of(event):
            _handle(event, subject, pk, now)


def _handle(event: Event, subject: Subject, pk: int, now: datetime) -> None:
    if event.kind == DELETED and subject is CUSTOMER:
        take_back(event=event, now=now)
    elif event.kind == RESTORED and subject is CUSTOMER:
        bring_back(event=event, now=now)
    stop_runs(now=now, of={subject.key: pk})
    for version in PlaybookVersion.objects.in_use():
        trigger = TRIGGERS.get(version.trigger)
        if trigger is None or trigger.subject is not subject or event.kind not in trigger.kinds:
            continue
        one = subject.model.objects.filter(pk=pk)
        # Up to a moment ahead: the clock of whoever wrote the event may be before this one's.
        for calls in calls_of(version, one, version.counts_from(now - CATCH_UP), now + CATCH_UP):
            begin_runs(version=version, calls=calls.filter(call_key=trigger.key_of(event)), now=now, waits=True)


def run_playbooks(*, now: datetime) -> None:
    """End what has come to its stop, then begin what days and silence call for.

    What was missed meanwhile is made up for, up to CATCH_UP; each call begins one run, whoever finds it first.
    """
    stop_runs(now=now)
    for version in PlaybookVersion.objects.in_use():
        trigger = TRIGGERS.get(version.trigger)
        if trigger is None or trigger.kinds:
            continue
        try:
            _sweep(version, now)
        except Exception:  # one playbook that fails must not keep the others from acting
            log.exception("playbook %s", version)


def _sweep(version: PlaybookVersion, now: datetime) -> None:
    for calls in calls_of(version, subject_of(version).model.objects.all(), version.counts_from(now - CATCH_UP), now):
        last: int | None = 0
        while last is not None:
            last = begin_runs(version=version, calls=calls, now=now, after=last)
