"""Which columns has the list of orders?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import DateField, DecimalField, F, Value
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from core.tables import CallColumn, Column, Reading, Table, two_lines
from core.templatetags.ui import base_money, day, flag, money

from ..models import Order

DASH = "—"
NOTHING = Value(Decimal(0), DecimalField(max_digits=18, decimal_places=3))


def number(order: Order, reading: Reading) -> str:
    void = format_html(' <span class="badge badge-bad">{}</span>', _("void")) if order.voided_at else ""
    link = format_html('<a href="{}"><bdi>{}</bdi></a>{}', order.get_absolute_url(), order.number, void)
    return two_lines(link, order.external_id if order.external_id != order.number else "")


def customer(order: Order, reading: Reading) -> str:
    name = format_html("<span class=named>{}<bdi>{}</bdi></span>", flag(order.customer.country), order.customer.name)
    return two_lines(name, countries.name(str(order.customer.country)) if order.customer.country else "")


def amount(order: Order, reading: Reading) -> str:
    """In its own currency, below it in the base currency at the rate of its day; no rate is said."""
    if order.currency == settings.BASE_CURRENCY:
        return money(order.amount, order.currency)
    below = base_money(order.amount_base) if order.amount_base is not None else _("no rate")
    return two_lines(money(order.amount, order.currency), below)


def margin_of(order: Order) -> Decimal | None:
    """What the order brings over its cost, in its currency; None where the cost is not known."""
    return order.amount - order.cost if order.cost is not None else None


def margin(order: Order, reading: Reading) -> str:
    """The margin and its share of the amount."""
    found = margin_of(order)
    if found is None:
        return DASH
    share = f"{found * 100 / order.amount:.0f} %" if order.amount else ""
    return two_lines(money(found, order.currency), share, "text-bad" if found < 0 else "")


def opportunity(order: Order, reading: Reading) -> str:
    deal = order.opportunity
    if deal is None or not getattr(order, "is_deal_seen", True):
        return DASH
    return format_html('<a href="{}"><bdi>{}</bdi></a>', deal.get_absolute_url(), deal.title)


def _number(key: str, header: Any, **options: Any) -> CallColumn:
    """A column of one amount in the order's currency."""
    return CallColumn(
        key,
        header,
        draw=lambda order, reading: money(getattr(order, key), order.currency),
        plain=lambda order: getattr(order, key),
        sort=Coalesce(F(key), NOTHING),
        **{"is_numeric": True, "is_default": False, "rank": 4} | options,
    )


class OrderTable(Table):
    columns = [
        CallColumn(
            "number", gettext_lazy("Order number"), sort="number", draw=number, joins=("customer",), rank=1, css="name"
        ),
        CallColumn(
            "ordered_on", gettext_lazy("Date"), sort="ordered_on", rank=2,
            draw=lambda order, reading: two_lines(day(order.ordered_on)),
        ),
        CallColumn(
            "customer",
            gettext_lazy("Customer"),
            sort="customer__name",
            joins=("customer",),
            draw=customer,
            plain=lambda order: order.customer.name,
            rank=1,
            css="meta",
        ),
        CallColumn(
            "amount", gettext_lazy("Amount"), sort=Coalesce(F("amount_base"), NOTHING), draw=amount,
            plain=lambda order: order.amount, is_numeric=True, rank=1, css="side",
        ),
        CallColumn(
            "margin", gettext_lazy("Margin"), draw=margin, plain=margin_of, is_numeric=True,
            sort=Coalesce(F("amount_base") - F("cost_base"), NOTHING),
        ),
        CallColumn(
            "seller",
            gettext_lazy("Seller"),
            sort=Coalesce(F("seller__name"), Value("")),
            joins=("seller",),
            plain=lambda order: str(order.seller or ""),
            draw=lambda order, reading: two_lines(order.seller) if order.seller else DASH,
        ),
        CallColumn(
            "opportunity",
            gettext_lazy("Opportunity"),
            joins=("opportunity",),
            draw=opportunity,
            plain=lambda order: order.opportunity.title if order.opportunity and order.is_deal_seen else "",
            rank=4,
        ),
        Column("payment_terms", gettext_lazy("Payment terms"), sort="payment_terms", rank=4),
        CallColumn(
            "country",
            gettext_lazy("Country"),
            sort="customer__country",
            joins=("customer",),
            plain=lambda order: str(order.customer.country),
            draw=lambda order, reading: countries.name(str(order.customer.country)) or DASH,
            is_default=False,
            rank=4,
        ),
        Column("currency", gettext_lazy("Currency"), sort="currency", is_default=False, rank=4),
        CallColumn(
            "base", gettext_lazy("Amount in the base currency"), sort=Coalesce(F("amount_base"), NOTHING),
            draw=lambda order, reading: base_money(order.amount_base), plain=lambda order: order.amount_base,
            is_numeric=True, is_default=False, rank=4,
        ),
        _number("freight", gettext_lazy("Freight and charges")),
        _number("cost", gettext_lazy("Cost")),
        Column("incoterm", gettext_lazy("Incoterm"), sort="incoterm", is_default=False, rank=4),
        Column("external_id", gettext_lazy("External id"), sort="external_id", is_default=False, rank=4),
        CallColumn(
            "voided_at",
            gettext_lazy("Void since"),
            sort=Coalesce(F("voided_at__date"), Value("9000-01-01", DateField())),
            draw=lambda order, reading: day(order.voided_at),
            is_default=False,
            rank=4,
        ),
        Column("void_reason", gettext_lazy("Why void"), sort="void_reason", is_default=False, rank=4),
    ]  # fmt: skip
    default_sort = "-ordered_on"
