"""What becomes of what was said about an opportunity that goes to another customer?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from opportunities.models import Opportunity

from ..facts import refresh_deals
from ..models import Communication

if TYPE_CHECKING:
    from customers.models import Event

KINDS = frozenset({"opportunity.changed"})


def leave_opportunity(event: Event, now: datetime) -> None:
    """Let it stay with its customer, about no opportunity. A consumer of the ledger; twice is harmless."""
    if "customer" not in event.payload.get("fields", ()):
        return
    assert event.target_id is not None  # the kind is about one
    deal = Opportunity.objects.get(pk=event.target_id)
    said = Communication.objects.filter(opportunity=deal)
    if said.exclude(customer=deal.customer_id).update(opportunity=None):
        refresh_deals([], [deal.pk])
