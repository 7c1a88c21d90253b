"""What do lists and rules read of deals from other rows, and how is each of it made again from the truth?

One writer and one recomputation for each fact; INVARIANTS compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Round

from core.money import Rates, decimals_of
from core.text import search_document
from customers.facts import batches
from customers.models import Customer

from .models import Opportunity
from .rollup import kept


def write_open_opportunities(customers: Iterable[int | None]) -> None:
    """Count the open deals of these customers anew; one statement a batch."""
    open_ones = Opportunity.objects.open().filter(customer=OuterRef("pk")).order_by().values("customer")
    found = Coalesce(Subquery(open_ones.annotate(_n=Count("pk")).values("_n")), 0)
    for batch in batches(pk for pk in customers if pk):
        Customer.objects.filter(pk__in=batch).update(open_opportunities=found)


def rate_open_deals(today: date) -> int:
    """Write what open deals are worth at the rates of ``today`` (business time); returns how many changed.

    The list is sorted by it; totals of open deals convert the sum of each currency when they are read. One statement
    a currency.
    """
    deals = Opportunity.objects.open().filter(amount__isnull=False).order_by()
    rates = Rates.load(deals.values_list("currency", flat=True).distinct(), on=today)
    changed = 0
    for one in rates.days:
        rate = Value(one.rate, models.DecimalField(max_digits=38, decimal_places=18))
        worth = Round(F("amount") * rate, precision=decimals_of(settings.BASE_CURRENCY))
        stale = deals.filter(currency=one.currency).exclude(amount_base=worth, rated_on=one.on)
        changed += stale.update(amount_base=worth, rated_on=one.on)
    gone = deals.filter(currency__in=rates.missing, amount_base__isnull=False)
    return changed + gone.update(amount_base=None, rated_on=None)


@transaction.atomic
def rate_closed_deals(ids: Iterable[int] | None = None) -> int:
    """Give won and lost deals the base amount of their day; returns how many changed.

    Without ``ids`` those that had none: a rate may have come later than the deal ended.
    """
    deals = Opportunity.objects.living().exclude(outcome=Opportunity.Outcome.OPEN).filter(amount__isnull=False)
    deals = deals.filter(amount_base__isnull=True) if ids is None else deals.filter(pk__in=ids)
    found = deals.order_by("pk").select_for_update(no_key=True)
    rows = list(found.only("amount", "currency", "closed_on", "amount_base", "rated_on"))
    rates = Rates.for_days({(deal.currency, deal.closed_on) for deal in rows if deal.closed_on})
    changed = []
    for deal in rows:
        assert deal.amount is not None  # those without one were left out
        worth = rates.convert(deal.amount, deal.currency, deal.closed_on) if deal.closed_on else None
        before = (deal.amount_base, deal.rated_on)
        deal.amount_base, deal.rated_on = (worth.amount, worth.rate_on) if worth else (None, None)
        if before != (deal.amount_base, deal.rated_on):
            changed.append(deal)
    with kept(deal.pk for deal in changed):
        Opportunity.objects.bulk_update(changed, ["amount_base", "rated_on"], batch_size=500)
    return len(changed)


def refresh_deals(customers: Sequence[int]) -> None:
    """Make what is known of these customers' deals anew."""
    ids = list(Opportunity.objects.filter(customer__in=customers).values_list("pk", flat=True))
    write_open_opportunities(customers)
    rate_closed_deals(ids)
    refresh_search(ids)


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
