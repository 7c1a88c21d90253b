"""Whom does a playbook call within a stretch of time?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from .conditions import fitting
from .subjects import Subject
from .triggers import TRIGGERS

# So far back a call still counts: a sweep that slept, an event that was delivered late, a contact that is
# written down days after it was made. What is older would only be a reproach.
CATCH_UP = timedelta(days=7)


class Asked(Protocol):
    """What a call is found by: a version of a playbook, or one that is being edited."""

    @property
    def trigger(self) -> str: ...
    @property
    def params(self) -> dict[str, Any]: ...
    @property
    def conditions(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Rule:
    """A playbook that is not saved yet, as far as it decides whom it calls."""

    trigger: str
    params: dict[str, Any] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)


def subject_of(rule: Asked) -> Subject:
    """Whom it works for: customers or leads."""
    return TRIGGERS[rule.trigger].subject


def calls_of(rule: Asked, rows: QuerySet[Any], since: datetime, until: datetime) -> list[QuerySet[Any]]:
    """Those of ``rows``, of its subject, that it calls after ``since`` up to ``until``: as Trigger.calls gives them.

    Filters are asked of what the rows are now, also for the past.
    """
    found = TRIGGERS[rule.trigger].calls(rows, rule.params, since, until)
    return [called.filter(fitting(rule.conditions, subject_of(rule))) for called in found]


def still_called(rule: Asked, now: datetime) -> Q:
    """What must hold for a call to begin now."""
    return TRIGGERS[rule.trigger].still(rule.params, now)
