"""What can be done with a plan?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from customers import ledger
from customers.services.locking import lock_living, require

from .. import permissions
from ..models import Plan
from . import errors

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

    from ..inputs import PlanData

FIELDS = ("title", "goal", "term", "starts_on", "ends_on", "progress", "contact")


@transaction.atomic
def create_plan(*, customer: Customer, data: PlanData, by: User, now: datetime) -> Plan:
    """Write down what we intend with a customer. Raises StrangeContact, NotAllowed, CustomerIsArchived."""
    customer = lock_living(customer)
    require(permissions.can_plan_for(by, customer))
    plan = Plan(customer=customer, created_by=by, created_at=now, updated_at=now)
    _fill(plan, data, by)
    plan.save()
    ledger.append(kind="plan.created", customer=customer, by=by, at=now, target=plan)
    return plan


@transaction.atomic
def update_plan(*, plan: Plan, data: PlanData, by: User, now: datetime) -> Plan:
    """Change a plan or its progress. Raises PlanIsOver, StrangeContact, NotAllowed, CustomerIsArchived."""
    plan = _locked(plan, by)
    if plan.state != Plan.State.OPEN:
        raise errors.PlanIsOver
    before = plan.progress
    _fill(plan, data, plan.owner)
    plan.updated_at = now
    plan.save()
    payload = {"from": before, "to": plan.progress}
    ledger.append(kind="plan.changed", customer=plan.customer, by=by, at=now, target=plan, payload=payload)
    return plan


@transaction.atomic
def end_plan(*, plan: Plan, state: str, outcome: str, by: User, now: datetime) -> Plan:
    """End a plan as reached, or given up with a reason. Raises PlanIsOver, ReasonMissing, NotAllowed."""
    plan = _locked(plan, by)
    if plan.state != Plan.State.OPEN:
        raise errors.PlanIsOver
    if state == Plan.State.DROPPED and not outcome.strip():
        raise errors.ReasonMissing(field="outcome")
    plan.state, plan.outcome, plan.updated_at = state, outcome.strip(), now
    if state == Plan.State.REACHED:
        plan.progress = 100
    plan.save()
    payload = {"state": state}
    ledger.append(kind="plan.ended", customer=plan.customer, by=by, at=now, target=plan, payload=payload)
    return plan


@transaction.atomic
def reopen_plan(*, plan: Plan, by: User, now: datetime) -> Plan:
    """Take an ended plan up again. Raises NotAllowed."""
    plan = _locked(plan, by)
    if plan.state != Plan.State.OPEN:
        plan.state, plan.outcome, plan.updated_at = Plan.State.OPEN, "", now
        plan.save(update_fields=["state", "outcome", "updated_at"])
        payload = {"to": plan.progress}
        ledger.append(kind="plan.changed", customer=plan.customer, by=by, at=now, target=plan, payload=payload)
    return plan


def _locked(plan: Plan, by: User) -> Plan:
    customer = lock_living(plan.customer)
    plan = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("owner").get(pk=plan.pk)
    plan.customer = customer
    require(permissions.can_edit_plan(by, plan))
    return plan


def _fill(plan: Plan, data: PlanData, owner: User) -> None:
    if data.contact is not None and data.contact.customer_id != plan.customer_id:
        raise errors.StrangeContact(field="contact")
    for name in FIELDS:
        setattr(plan, name, getattr(data, name))
    plan.owner = data.owner or owner
