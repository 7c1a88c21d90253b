"""What becomes of open deals when their customer goes to somebody else, or is called otherwise?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from customers import ledger
from customers.services.locking import lock_customers

from ..facts import refresh_search
from ..models import Opportunity
from ..rollup import kept

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer, Event

TRANSFERRED = frozenset({"owner.transferred", "owner.passed_on"})
RENAMED = frozenset({"header.main", "header.changed", "customer.updated"})
RULE = "with_the_customer"


def follow_customer(event: Event, now: datetime) -> None:
    """Let the open deals of the former holder go with their customer to the new one; colleagues keep theirs.

    A consumer of the ledger: it reads the present state, so that a second or late delivery does no harm.
    """
    assert event.customer_id is not None
    (customer,) = lock_customers([event.customer_id])
    former, to = event.payload.get("from"), customer.owner_id
    if to is None or to != event.payload.get("to") or former == to:
        return
    rows = Opportunity.objects.open().select_for_update(no_key=True).filter(customer=customer, owner=former)
    deals = list(rows.order_by("pk"))
    with kept(deal.pk for deal in deals):
        Opportunity.objects.filter(pk__in=[deal.pk for deal in deals]).update(owner=to, updated_at=now)
    for deal in deals:
        ledger.append(
            kind="opportunity.assigned",
            customer=customer,
            by=event.by,
            at=now,
            rule=RULE,
            target=deal,
            payload={"from": former, "to": to},
        )


def holds_open_deals(customer: Customer, user: User) -> bool:
    """Must this person go on seeing the customer?"""
    return Opportunity.objects.open().filter(customer=customer, owner=user).exists()


def search_again(event: Event, now: datetime) -> None:
    """Make the search documents of a customer's deals anew. A consumer of the ledger; twice is harmless."""
    if event.customer_id:
        refresh_search(Opportunity.objects.filter(customer=event.customer_id).values_list("pk", flat=True))
