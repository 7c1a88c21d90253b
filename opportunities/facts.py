"""What do lists and rules read of deals from other rows, and how is each of it made again from the truth?

One writer and one recomputation for each fact; INVARIANTS compare.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from core.text import search_document
from customers.facts import batches
from customers.models import Customer

from .models import Opportunity


def write_open_opportunities(customers: Iterable[int | None]) -> None:
    """Count the open deals of these customers anew; one statement a batch."""
    open_ones = Opportunity.objects.open().filter(customer=OuterRef("pk")).order_by().values("customer")
    found = Coalesce(Subquery(open_ones.annotate(_n=Count("pk")).values("_n")), 0)
    for batch in batches(pk for pk in customers if pk):
        Customer.objects.filter(pk__in=batch).update(open_opportunities=found)


def refresh_search(ids: Iterable[int]) -> None:
    """Make the search documents of these deals anew: what they are called, about what, and with whom."""
    for batch in batches(ids):
        rows = Opportunity.objects.filter(pk__in=batch).select_related("customer")
        changed = []
        for deal in rows:
            text = searched(deal, deal.customer.name if deal.customer is not None else "")
            if text != deal.search_text:
                deal.search_text = text
                changed.append(deal)
        Opportunity.objects.bulk_update(changed, ["search_text"], batch_size=500)


def searched(deal: Opportunity, customer: str) -> str:
    """The search document of a deal."""
    return search_document([deal.title, customer], [deal.product, deal.competitors, deal.lost_to, deal.external_id])
