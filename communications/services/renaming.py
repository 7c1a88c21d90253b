"""What becomes of the search when a customer or one of its people is called otherwise?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ..facts import refresh_searched

if TYPE_CHECKING:
    from customers.models import Event

KINDS = frozenset({"header.main", "header.changed", "customer.updated", "contact.changed"})


def search_again(event: Event, now: datetime) -> None:
    """Make the search documents of a customer's communications anew. A consumer of the ledger; twice is harmless."""
    if event.customer_id:
        refresh_searched([event.customer_id])
