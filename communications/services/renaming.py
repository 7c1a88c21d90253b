"""What becomes of the search when a customer, one of its people or a lead is called otherwise?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ..facts import refresh_searched
from ..models import Communication

if TYPE_CHECKING:
    from customers.models import Event

KINDS = frozenset({"header.main", "header.changed", "customer.updated", "contact.changed", "lead.changed"})


def search_again(event: Event, now: datetime) -> None:
    """Make the search documents of a customer's or lead's communications anew. A consumer; twice is harmless."""
    if event.customer_id:
        refresh_searched(Communication.objects.filter(customer=event.customer_id))
    elif event.kind == "lead.changed":
        refresh_searched(Communication.objects.filter(lead=event.target_id, customer=None))
