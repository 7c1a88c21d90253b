"""What do orders leave on the rows that grades, lists and rules read, and how is it made again from the orders?

One writer and one recomputation for each fact; INVARIANTS compare.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Exists, F, OuterRef

from core.money import BaseAmount, rounded
from core.querysets import update_rows
from core.text import search_document
from customers.facts import batches, write_revenue

from .inputs import LineData
from .models import Opportunity, Order

SOURCE = Order._meta.label_lower
# The rules by which a deal changes a customer's status.
FIRST, SECOND = "first_deal", "second_deal"


def amount_of(lines: Iterable[LineData], freight: Decimal, currency: str) -> Decimal:
    """The sum of quantity × price less the discount in percent, rounded once to the currency's minor unit, and freight.

    A line without a quantity or a price adds nothing.
    """
    total = sum(
        ((one.quantity or 0) * (one.price or 0) * (100 - one.discount) / 100 for one in lines), start=Decimal(0)
    )
    return rounded(total, currency) + freight


def note_orders(ids: Sequence[int]) -> None:
    """After a change to these orders: revenue, the customers' sales and the search text."""
    write_revenue(SOURCE, ids, Order.objects.valid().annotate(day=F("ordered_on")))
    refresh_search(ids)


def refresh_orders(customers: Sequence[int]) -> None:
    """Make what the orders of these customers are worth in the base currency anew, and all that follows from it."""
    orders = Order.objects.filter(customer__in=customers)
    orders.update(
        amount_base=BaseAmount(F("amount"), F("currency"), F("ordered_on")),
        cost_base=BaseAmount(F("cost"), F("currency"), F("ordered_on")),
    )
    note_orders(list(orders.values_list("pk", flat=True)))


def refresh_search(ids: Iterable[int]) -> None:
    """Make the search documents of these orders anew: number, customer, products."""
    for batch in batches(ids):
        rows = Order.objects.filter(pk__among=batch).select_related("customer").prefetch_related("lines")
        changed = [(order.pk, text) for order in rows if (text := searched(order)) != order.search_text]
        update_rows(Order, ("search_text",), changed)


def searched(order: Order) -> str:
    """The search document of an order with its customer and lines."""
    products = dict.fromkeys(line.product for line in order.lines.all())
    return search_document([order.number, order.customer.name], [order.external_id, *products])


def deals_made(customers: Iterable[int]) -> Counter[int]:
    """How many deals each of these customers made: its orders, and won opportunities that no order was made of yet."""
    ids = list(customers)
    ordered = Order.objects.valid().filter(customer__in=ids)
    won = Opportunity.objects.living().filter(customer__in=ids, outcome=Opportunity.Outcome.WON)
    unordered = won.exclude(Exists(Order.objects.valid().filter(opportunity=OuterRef("pk"))))
    found: Counter[int] = Counter(ordered.values_list("customer_id", flat=True))
    found.update(pk for pk in unordered.values_list("customer_id", flat=True) if pk)
    return found
