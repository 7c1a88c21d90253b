"""How is a sale written down, corrected, and taken out of the figures?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from core.money import Rates
from core.zones import business_day
from customers import ledger
from customers.services.locking import lock_customers, lock_living, require, waiting

from .. import permissions
from ..inputs import LineData, OrderData
from ..models import Opportunity, Order, OrderLine
from ..revenue import amount_of, note_orders
from . import errors
from .winning import note_deals

if TYPE_CHECKING:
    from accounts.models import User

# What follows from the data as it stands; the rest is made of it.
COLUMNS = (
    "number", "ordered_on", "currency", "freight", "cost", "opportunity", "seller", "payment_terms", "incoterm",
    "remarks", "external_id",
)  # fmt: skip


@transaction.atomic
def create_order(*, data: OrderData, by: User, now: datetime, deliver: bool = True) -> Order:
    """Write a sale down, sold by ``data.seller``, else by who holds its opportunity, else by ``by``.

    Raises NotAllowed, CustomerIsArchived, NumberTaken, AmountMissing, CurrencyMissing, DateInTheFuture, NotWon,
    LineIncomplete.
    """
    customer = lock_living(data.customer)
    require(permissions.can_create_order(by, customer))
    holder = data.opportunity.owner if data.opportunity else None
    order = Order(customer=customer, created_by=by, created_at=now)
    _fill(order, data, now)
    order.seller = data.seller or holder or by
    _save(order, data.lines)
    note_orders([order.pk])
    note_deals([customer], by=by, now=now, deliver=deliver)
    payload = {"opportunity": order.opportunity_id} if order.opportunity_id else {}
    ledger.append(
        kind="order.created", customer=customer, by=by, at=now, target=order, payload=payload, deliver=deliver
    )
    return order


@transaction.atomic
def update_order(*, order: Order, data: OrderData, by: User, now: datetime) -> Order:
    """Correct an order: all of it but its customer. Raises as ``create_order``, and OrderIsVoid."""
    order = lock_order(order)
    require(permissions.can_edit_order(by, order))
    before = {name: getattr(order, name) for name in (*COLUMNS, "amount")}
    had = lines_of(order)
    seller = order.seller
    _fill(order, data, now)
    order.seller = data.seller or seller
    changed = [name for name, value in before.items() if getattr(order, name) != value]
    if had != _given(data.lines):
        changed.append("lines")
    if not changed:
        return order
    _save(order, data.lines)
    note_orders([order.pk])
    note_deals([order.customer], by=by, now=now)
    ledger.append(
        kind="order.changed", customer=order.customer, by=by, at=now, target=order, payload={"fields": changed}
    )
    return order


@transaction.atomic
def void_order(*, order: Order, reason: str, by: User, now: datetime) -> Order:
    """Take an order out of every figure; it keeps its row, its number is free again. The customer's status stays.

    Four eyes: neither who sold it nor who entered it. Raises NotAllowed, OrderIsVoid, ReasonMissing.
    """
    order = lock_order(order)
    require(permissions.can_void_order(by, order))
    if not reason.strip():
        raise errors.ReasonMissing(field="reason")
    order.voided_at, order.voided_by, order.void_reason, order.updated_at = now, by, reason.strip(), now
    order.save(update_fields=["voided_at", "voided_by", "void_reason", "updated_at"])
    note_orders([order.pk])
    ledger.append(kind="order.voided", customer=order.customer, by=by, at=now, target=order)
    return order


# --- parts ------------------------------------------------------------------------------------------------


def lock_order(order: Order) -> Order:
    """Lock the customer, then the order, and return it as it is now. Raises OrderIsVoid, CustomerIsBusy."""
    (customer,) = lock_customers([order.customer_id])
    with waiting():
        rows = Order.objects.select_for_update(no_key=True, of=("self",))
        locked = rows.select_related("seller").get(pk=order.pk)
    locked.customer = customer
    if locked.voided_at is not None:
        raise errors.OrderIsVoid
    return locked


def lines_of(order: Order) -> list[LineData]:
    return [LineData(one.product, one.quantity, one.unit, one.price, one.discount) for one in order.lines.all()]


def draft_of(opportunity: Opportunity, day: date) -> OrderData:
    """What an order made of a won opportunity begins with: its lines, amount and terms, and those of its customer."""
    customer = opportunity.customer
    if customer is None:
        raise errors.StrangeCustomer(field="customer")
    lines = [
        LineData(one.product, one.quantity, one.unit, one.price)
        for one in opportunity.lines.all()
        if one.quantity is not None and one.price is not None
    ]
    return OrderData(
        number="",
        customer=customer,
        ordered_on=opportunity.closed_on or day,
        currency=opportunity.currency or customer.currency,
        amount=opportunity.amount,
        opportunity=opportunity,
        seller=opportunity.owner,
        payment_terms=customer.payment_terms,
        incoterm=opportunity.incoterm or customer.incoterm,
        lines=lines,
    )


def _fill(order: Order, data: OrderData, now: datetime) -> None:
    """Take over what was typed, and make amount and base amounts of it."""
    if not data.currency:
        raise errors.CurrencyMissing(field="currency")
    if data.ordered_on > business_day(now):
        raise errors.DateInTheFuture(field="ordered_on")
    _check_opportunity(order, data.opportunity)
    for name in COLUMNS:
        setattr(order, name, getattr(data, name))
    lines = _given(data.lines)
    if any(line.quantity is None or line.price is None for line in lines):
        raise errors.LineIncomplete
    amount = amount_of(lines, data.freight, data.currency) if lines else data.amount
    if amount is None:
        raise errors.AmountMissing(field="amount")
    order.amount = amount
    rates = Rates.for_days({(data.currency, data.ordered_on)})
    order.amount_base = _in_base(rates, order.amount, data)
    order.cost_base = _in_base(rates, data.cost, data)
    order.updated_at = now


def _in_base(rates: Rates, amount: Decimal | None, data: OrderData) -> Decimal | None:
    found = rates.convert(amount, data.currency, data.ordered_on) if amount is not None else None
    return found.amount if found else None


def _check_opportunity(order: Order, opportunity: Opportunity | None) -> None:
    """An order may be made of a won deal of the same customer; one that it was made of stays, whatever became of it."""
    if opportunity is None or opportunity.pk == order.opportunity_id:
        return
    if opportunity.customer_id != order.customer_id:
        raise errors.StrangeOpportunity(field="opportunity")
    if opportunity.outcome != Opportunity.Outcome.WON or opportunity.archived_at is not None:
        raise errors.NotWon(field="opportunity")


def _given(lines: Iterable[LineData]) -> list[LineData]:
    return [line for line in lines if line.product.strip()]


def _save(order: Order, lines: Iterable[LineData]) -> None:
    try:
        with transaction.atomic():
            order.save()
    except IntegrityError as error:
        if "order_number_once" in str(error):
            raise errors.NumberTaken(field="number") from error
        raise
    order.lines.all().delete()
    columns: list[dict[str, Any]] = [
        {"product": one.product.strip(), "quantity": one.quantity, "unit": one.unit, "price": one.price,
         "discount": one.discount}
        for one in _given(lines)
    ]  # fmt: skip
    OrderLine.objects.bulk_create(
        OrderLine(order=order, position=place, **values) for place, values in enumerate(columns)
    )
