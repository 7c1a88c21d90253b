"""Did a colleague just write to the same people? Told before one writes again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from customers.models import Customer
from opportunities.models import Lead

from .channels import Channel, channel_of
from .models import Communication

if TYPE_CHECKING:
    from accounts.models import User

WITHIN = timedelta(days=3)
MOST = 5


@dataclass(frozen=True)
class Disturbance:
    """What a colleague said: of a sister company one does not see, who, when and by which way, never what."""

    author: Any
    at: datetime
    channel: Channel
    customer: str
    topic: str


def recent_words(party: Customer | Lead, user: User, now: datetime) -> Sequence[Disturbance]:
    """Outbound words of colleagues within three days to this lead, this customer or another one of its group; one
    statement.
    """
    if isinstance(party, Lead):
        where = Q(lead=party)
    else:
        where = Q(customer=party)
        if party.group_id:
            where |= Q(customer__group=party.group_id, customer__archived_at=None)
    seen = Customer.objects.visible_to(user).filter(pk=OuterRef("customer"))
    rows = (
        Communication.objects.counted()
        .filter(where, happened_at__gte=now - WITHIN)
        .exclude(direction=Communication.Direction.IN)
        .exclude(author=user)
        .select_related("author", "customer")
        .defer("body", "search_text", "feedback", "agreement")
        .annotate(is_seen=Exists(seen))
    )
    return [
        Disturbance(
            one.author,
            one.happened_at,
            channel_of(one.channel),
            one.customer.name if one.customer and one.customer != party else "",
            one.subject if one.is_seen or (isinstance(party, Lead) and one.customer_id is None) else "",
        )
        for one in rows.order_by("-happened_at", "-pk")[:MOST]
    ]
