"""What becomes of open deals when nobody holds their customer any more, and when somebody takes it?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from core.querysets import update_rows
from customers import ledger
from customers.models import Event

from ..models import Opportunity
from ..rollup import kept

if TYPE_CHECKING:
    from accounts.models import User


def let_go(
    customers: Collection[int], *, by: User | None, now: datetime, rule: str
) -> dict[int, list[tuple[int, int]]]:
    """Take the owner from every open deal of locked customers; {customer: (deal, former owner)}. Six statements."""
    rows = Opportunity.objects.open().select_for_update(no_key=True).filter(customer__in=customers, owner__isnull=False)
    deals = list(rows.order_by("pk"))
    hand_deals(deals, {deal.pk: None for deal in deals}, by=by, now=now, rule=rule)
    found: dict[int, list[tuple[int, int]]] = {}
    for deal in deals:
        assert deal.customer_id is not None  # filtered by it
        found.setdefault(deal.customer_id, []).append((deal.pk, deal.owner_id or 0))
    return found


def take_over(holders: Mapping[int, int], *, by: User | None, now: datetime, rule: str) -> int:
    """Give the open deals that nobody has to who takes their customer ({customer: person}); returns how many."""
    rows = Opportunity.objects.open().select_for_update(no_key=True).filter(customer__in=holders, owner=None)
    deals = list(rows.order_by("pk"))
    hand_deals(deals, {deal.pk: holders[deal.customer_id or 0] for deal in deals}, by=by, now=now, rule=rule)
    return len(deals)


def give_back(owners: Mapping[int, int], *, by: User | None, now: datetime, rule: str) -> None:
    """Give deals that still have no owner back to whom they had ({deal: person})."""
    rows = Opportunity.objects.open().select_for_update(no_key=True).filter(pk__in=owners, owner=None)
    hand_deals(list(rows.order_by("pk")), owners, by=by, now=now, rule=rule)


def hand_deals(
    deals: Sequence[Opportunity], owners: Mapping[int, int | None], *, by: User | None, now: datetime, rule: str
) -> None:
    """Set the owner of locked deals ({deal: person}); the rows in memory still tell whom they had. Four statements."""
    if not deals:
        return
    with kept(deal.pk for deal in deals):
        update_rows(Opportunity, ("owner", "updated_at"), [(deal.pk, owners[deal.pk], now) for deal in deals])
    ledger.append_many(
        [
            Event(
                kind="opportunity.assigned",
                customer_id=deal.customer_id,
                at=now,
                by=by,
                rule=rule,
                target_label=Opportunity._meta.label_lower,
                target_id=deal.pk,
                payload={"from": deal.owner_id, "to": owners[deal.pk]},
            )
            for deal in deals
        ]
    )
