"""Which orders has the demo firm? One of most won deals, with its lines, cost and terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from operator import attrgetter

from django.conf import settings

from core.demo import World
from core.loading import load_rows, take_ids
from core.money import Rates, rounded
from customers import ledger
from customers.facts import batches
from customers.models import Event

from .inputs import LineData
from .models import Opportunity, Order, OrderLine
from .revenue import amount_of, note_orders

# Of 100 won deals so many have their order written.
ORDERED = 90
TERMS = ("30 % T/T, 70 % before shipment", "T/T 100 % in advance", "L/C at sight", "D/P at sight", "O/A 60 days")
_COLUMNS = (
    "id", "number", "customer_id", "opportunity_id", "seller_id", "ordered_on", "currency", "amount", "freight", "cost",
    "amount_base", "cost_base", "payment_terms", "incoterm", "created_by_id", "created_at", "updated_at",
)  # fmt: skip
_LINES = ("order_id", "position", "product", "quantity", "unit", "price")


def orders(world: World, now: datetime) -> None:
    """Write the orders of won deals down, on the day on which each was won."""
    won = Opportunity.objects.living().filter(
        outcome=Opportunity.Outcome.WON, customer__isnull=False, amount__isnull=False, owner__isnull=False
    )
    for ids in batches(won.values_list("pk", flat=True)):
        deals = won.filter(pk__among=ids).select_related("customer").prefetch_related("lines").order_by("pk")
        world.rows += _write(world, list(deals), now)


def _write(world: World, deals: Sequence[Opportunity], now: datetime) -> int:
    made: list[Order] = []
    lines: list[tuple] = []
    rates = Rates.for_days({(deal.currency, deal.closed_on) for deal in deals if deal.closed_on})
    for deal in deals:
        random = world.random(f"order {deal.pk}")
        if random.randrange(100) >= ORDERED or deal.closed_on is None or deal.customer is None or deal.amount is None:
            continue
        assert deal.owner_id is not None  # those without one were left out
        told = [LineData(one.product, one.quantity, one.unit, one.price) for one in deal.lines.all()]
        if any(one.quantity is None or one.price is None for one in told):
            told = []
        at = datetime.combine(
            deal.closed_on, time(random.randint(9, 17), random.randint(0, 59)), settings.BUSINESS_ZONE
        )
        order = Order(
            number=f"PI{deal.closed_on:%y%m}-{deal.pk:04}",
            customer=deal.customer,
            opportunity=deal,
            seller_id=deal.owner_id,
            ordered_on=deal.closed_on,
            currency=deal.currency,
            amount=amount_of(told, Decimal(0), deal.currency) if told else deal.amount,
            payment_terms=deal.customer.payment_terms or random.choice(TERMS),
            incoterm=deal.incoterm or deal.customer.incoterm,
            created_by_id=deal.owner_id,
            created_at=min(at, now - timedelta(minutes=5)),
        )
        order.updated_at = order.created_at
        if random.randrange(10):
            order.cost = rounded(order.amount * random.randint(62, 90) / 100, order.currency)
        for name in ("amount", "cost"):
            worth = rates.convert(amount, order.currency, deal.closed_on) if (amount := getattr(order, name)) else None
            setattr(order, f"{name}_base", worth.amount if worth else None)
        made.append(order)
        lines += [(order, place, one.product, one.quantity, one.unit, one.price) for place, one in enumerate(told)]
    if not made:
        return 0
    for order, pk in zip(made, take_ids(Order, len(made)), strict=True):
        order.pk = pk
    load_rows(Order, _COLUMNS, map(attrgetter(*_COLUMNS), made))
    load_rows(OrderLine, _LINES, ((order.pk, *rest) for order, *rest in lines))
    note_orders([order.pk for order in made])
    ledger.append_many(
        [
            Event(kind="order.created", customer_id=order.customer_id, at=order.created_at, by_id=order.created_by_id,
                  target_label=Order._meta.label_lower, target_id=order.pk,
                  payload={"opportunity": order.opportunity_id})
            for order in made
        ],
        deliver=False,
    )  # fmt: skip
    return 3 * len(made) + len(lines)
