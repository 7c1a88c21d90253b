"""What is said of a task, plan or playbook when it is made or changed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accounts.models import Team, User
    from customers.models import Contact, Customer
    from opportunities.models import Lead, Opportunity

    from .models import Plan


@dataclass
class TaskData:
    """``due_at`` is an instant; with ``is_all_day`` it is replaced by the end of ``due_on`` where the assignee is.

    It is of a customer, or of a lead, or of an opportunity and its customer, or of nothing.
    """

    title: str
    details: str = ""
    kind: str = "other"
    priority: int = 2
    customer: Customer | None = None
    lead: Lead | None = None
    opportunity: Opportunity | None = None
    contact: Contact | None = None
    plan: Plan | None = None
    assignee: User | None = None
    team: Team | None = None
    starts_at: datetime | None = None
    due_at: datetime | None = None
    due_on: date | None = None
    remind_before: int | None = None
    closes_on: str = ""
    checklist: Sequence[str] = field(default_factory=list)


@dataclass
class PlanData:
    title: str
    starts_on: date
    ends_on: date
    goal: str = ""
    term: str = "short"
    progress: int = 0
    contact: Contact | None = None
    owner: User | None = None


@dataclass
class SeriesData:
    """A task that repeats; ``starts_at`` is the first time as naive wall time of ``zone``, ``rule`` RFC 5545 text.

    ``segment`` is a query of the customers' list: one task for each customer in it, for whoever holds it.
    """

    title: str
    rule: str
    starts_at: datetime
    zone: str
    is_all_day: bool = True
    details: str = ""
    kind: str = "other"
    priority: int = 2
    customer: Customer | None = None
    segment: str = ""
    assignee: User | None = None
    # Minutes from the occurrence to its due moment; whole days where it is for a day.
    due_after: int = 0
    remind_before: int | None = None
    avoids_days_off: bool = False


@dataclass
class StepData:
    """One step of a playbook; ``offset`` counts ``unit`` (PlaybookStep.Unit) from the call."""

    title_en: str
    title_zh: str
    kind: str = "other"
    offset: int = 0
    unit: str = "days"
    priority: int = 2
    closes_on: str = ""
    details: str = ""


@dataclass
class PlaybookData:
    """Keys and figures are those of followups.playbooks: TRIGGERS, CONDITIONS, STOPS."""

    name_en: str
    name_zh: str
    trigger: str
    steps: Sequence[StepData]
    params: dict[str, Any] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)
    stops: Sequence[dict[str, Any]] = field(default_factory=list)
