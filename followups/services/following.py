"""What becomes of open tasks when their customer goes to somebody else, or away?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from accounts.models import User
from customers.services.locking import lock_customers

from ..models import Plan, Series, Task
from .rows import note
from .tasks import end_tasks_of

if TYPE_CHECKING:
    from customers.models import Customer, Event

KINDS = frozenset({"owner.transferred", "customer.archived"})
RULE = "with_the_customer"


def follow_customer(event: Event, now: datetime) -> None:
    """Let open tasks, plans and series go with their customer: to its new holder, or to an end.

    A consumer of the ledger: it reads the present state, so that a second or late delivery does no harm.
    """
    assert event.customer_id is not None
    (customer,) = lock_customers([event.customer_id])
    if customer.is_archived:
        end_tasks_of(customer, reason="", by=event.by, now=now, rule=RULE)
        Series.objects.filter(customer=customer, ended_at=None).update(ended_at=now, next_at=None)
    elif event.kind == "owner.transferred" and customer.owner_id == event.payload.get("to"):
        _pass_on(customer, event, now)


def _pass_on(customer: Customer, event: Event, now: datetime) -> None:
    former = event.payload.get("from")
    rows = Task.objects.open().select_for_update(no_key=True).filter(customer=customer, assignee=former)
    tasks = list(rows.order_by("pk"))
    to: User | None = customer.owner
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(assignee=to, updated_at=now)
    for task in tasks:
        task.assignee = to
    note(tasks, "task.reassigned", by=event.by, now=now, rule=RULE)
    Plan.objects.filter(customer=customer, owner=former, state=Plan.State.OPEN).update(owner=to)
    Series.objects.filter(customer=customer, assignee=former, ended_at=None).update(assignee=to)
