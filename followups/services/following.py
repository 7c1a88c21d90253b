"""What becomes of tasks when their customer or lead goes to somebody else, or away, or their opportunity to another?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from accounts.models import User
from customers.services.locking import lock_customers
from opportunities.carrying import retell
from opportunities.models import Lead, Opportunity
from opportunities.services.places import Place, lock_leads

from ..facts import refresh_customers, refresh_deals
from ..models import Plan, Series, Task
from .rows import note
from .tasks import end_tasks_of

if TYPE_CHECKING:
    from customers.models import Customer, Event

LEAD, TASK = Lead._meta.label_lower, Task._meta.label_lower
KINDS = frozenset(
    {
        "owner.transferred",
        "owner.passed_on",
        "customer.archived",
        "lead.assigned",
        "lead.disqualified",
        "lead.archived",
        "opportunity.changed",
    }
)
RULE = "with_the_customer"


def follow(event: Event, now: datetime) -> None:
    """Let open tasks, plans and series go with their customer or lead: to its new holder, or to an end.

    A consumer of the ledger: it reads the present state, so that a second or late delivery does no harm.
    """
    if event.kind == "opportunity.changed":
        if "customer" in event.payload.get("fields", ()):
            _follow_opportunity(event)
    elif event.customer_id is not None:
        (customer,) = lock_customers([event.customer_id])
        _follow_customer(customer, event, now)
    elif event.target_label == LEAD and event.target_id is not None:
        (lead,) = lock_leads([event.target_id])
        _follow_lead(lead, event, now)


def _follow_customer(customer: Customer, event: Event, now: datetime) -> None:
    if customer.is_archived:
        end_tasks_of(Place(customer), reason="", by=event.by, now=now, rule=RULE)
        Series.objects.filter(customer=customer, ended_at=None).update(ended_at=now, next_at=None)
    elif event.kind in ("owner.transferred", "owner.passed_on") and customer.owner_id == event.payload.get("to"):
        former = event.payload.get("from")
        _pass_on(Place(customer), former, customer.owner, event, now)
        Plan.objects.filter(customer=customer, owner=former, state=Plan.State.OPEN).update(owner=customer.owner)
        Series.objects.filter(customer=customer, assignee=former, ended_at=None).update(assignee=customer.owner)


def _follow_lead(lead: Lead, event: Event, now: datetime) -> None:
    """Tasks of a lead that became a customer are that one's: they stay."""
    place = Place(lead=lead)
    if lead.archived_at is not None:
        end_tasks_of(place, reason="", by=event.by, now=now, rule=RULE)
    elif lead.state == Lead.State.DISQUALIFIED:
        why = " · ".join(filter(None, (str(lead.disqualify_reason or ""), lead.disqualify_note)))
        end_tasks_of(place, reason=why[:300], by=event.by, now=now, rule=RULE)
    elif event.kind == "lead.assigned" and lead.owner_id == event.payload.get("to"):
        _pass_on(place, event.payload.get("from"), lead.owner, event, now)


def _follow_opportunity(event: Event) -> None:
    """Tasks of an opportunity that had no customer get it, with their lines; those of its former one stay there."""
    assert event.target_id is not None  # the kind is about one
    deal = Opportunity.objects.get(pk=event.target_id)
    tasks = Task.objects.filter(opportunity=deal)
    lock_customers({pk for pk in (deal.customer_id, *tasks.values_list("customer", flat=True)) if pk})
    if deal.customer_id is not None:
        bare = tasks.filter(customer=None, lead=None).select_for_update(no_key=True).order_by("pk")
        ids = list(bare.values_list("pk", flat=True))
        Task.objects.filter(pk__in=ids).update(customer=deal.customer_id)
        retell(TASK, ids, origin=None, to=deal.customer_id)
    tasks.exclude(customer=deal.customer_id).update(opportunity=None)
    refresh_customers([deal.customer_id])
    refresh_deals([], [deal.pk])


def _pass_on(place: Place, former: int | None, to: User | None, event: Event, now: datetime) -> None:
    """Give the open tasks of the former holder to the new one; one that nobody had stays with the team."""
    if former is None:
        return
    rows = Task.objects.open().select_for_update(no_key=True).filter(customer=place.customer, assignee=former)
    if place.customer is None:
        rows = rows.filter(lead=place.lead)
    tasks = list(rows.order_by("pk"))
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(assignee=to, updated_at=now)
    for task in tasks:
        task.assignee = to
    note(tasks, "task.reassigned", by=event.by, now=now, rule=RULE)
