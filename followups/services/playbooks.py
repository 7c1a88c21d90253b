"""How does a playbook come to be, change, and go in and out of use?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from customers import ledger
from customers.services.locking import require

from .. import permissions
from ..models import Playbook, PlaybookRun, PlaybookStep, PlaybookVersion
from ..playbooks import unknown_placeholders
from . import errors
from .runs import end_runs

if TYPE_CHECKING:
    from accounts.models import User

    from ..inputs import PlaybookData

STEP = ("title_en", "title_zh", "kind", "offset", "unit", "priority", "closes_on", "details")
RULE = ("trigger", "params", "conditions", "stops")


@transaction.atomic
def save_playbook(*, playbook: Playbook | None, data: PlaybookData, by: User, now: datetime) -> Playbook:
    """Make a playbook, out of use at first, or change what it does from now on: a change is a new version.

    What runs already keeps its version. Raises PlaybookWithoutName, PlaybookWithoutSteps, UnknownPlaceholder,
    NotAllowed.
    """
    require(permissions.can_edit_playbooks(by))
    _check(data)
    if playbook is None:
        playbook = Playbook(created_at=now)
    else:
        playbook = Playbook.objects.select_for_update().get(pk=playbook.pk)
    playbook.name_en, playbook.name_zh = data.name_en.strip(), data.name_zh.strip()
    playbook.save()
    last = playbook.versions.prefetch_related("steps").first()
    if last is None or _shape(last) != _wanted(data):
        version = PlaybookVersion.objects.create(
            playbook=playbook,
            number=last.number + 1 if last else 1,
            made_by=by,
            made_at=now,
            **{name: getattr(data, name) for name in RULE},
        )
        PlaybookStep.objects.bulk_create(
            PlaybookStep(version=version, position=place, **asdict(step)) for place, step in enumerate(data.steps)
        )
    return playbook


@transaction.atomic
def switch_on(*, playbook: Playbook, by: User, now: datetime) -> Playbook:
    """Let a playbook act on what happens from now on. Raises NotAllowed."""
    require(permissions.can_edit_playbooks(by))
    playbook = Playbook.objects.select_for_update().get(pk=playbook.pk)
    if not playbook.is_active:
        playbook.is_active, playbook.active_since = True, now
        playbook.save(update_fields=["is_active", "active_since"])
        ledger.append(kind="playbook.switched_on", customer=None, by=by, at=now, target=playbook)
    return playbook


@transaction.atomic
def switch_off(*, playbook: Playbook, by: User, now: datetime, ends_runs: bool) -> Playbook:
    """Let a playbook begin nothing more; what it has begun goes on, or with ``ends_runs`` is cancelled.

    Raises NotAllowed.
    """
    require(permissions.can_edit_playbooks(by))
    playbook = Playbook.objects.select_for_update().get(pk=playbook.pk)
    if playbook.is_active:
        playbook.is_active = False
        playbook.save(update_fields=["is_active"])
        ledger.append(kind="playbook.switched_off", customer=None, by=by, at=now, target=playbook)
    if ends_runs:
        runs = PlaybookRun.objects.filter(playbook=playbook, ended_at=None)
        end_runs(runs, reason=PlaybookRun.SWITCHED_OFF, now=now, by=by)
    return playbook


def _check(data: PlaybookData) -> None:
    if not data.name_en.strip() and not data.name_zh.strip():
        raise errors.PlaybookWithoutName(field="name_en")
    if not data.steps:
        raise errors.PlaybookWithoutSteps
    if any(unknown_placeholders(step.title_en + step.title_zh) for step in data.steps):
        raise errors.UnknownPlaceholder


def _shape(version: PlaybookVersion) -> Any:
    steps = [{name: getattr(step, name) for name in STEP} for step in version.steps.all()]
    return [*(getattr(version, name) for name in RULE), steps]


def _wanted(data: PlaybookData) -> Any:
    return [data.trigger, data.params, data.conditions, list(data.stops), [asdict(step) for step in data.steps]]
