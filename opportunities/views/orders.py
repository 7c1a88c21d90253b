"""The list of orders, and what it comes to."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.requests import SignedInRequest
from core.pages import FilterPanel, Preset, Quick
from core.tables import Table
from customers.views.record import CustomerPage

from ..filters.orders import OrderFilters
from ..models import Opportunity, Order
from ..permissions import can_create_order, can_export, can_import
from ..tables.orders import OrderTable
from .summed import SummedList

# What a page of many does not show.
HEAVY = (
    "search_text", "remarks", "customer__search_text", "customer__search_public", "customer__needs",
    "customer__competitors", "customer__reasons_not_won", "customer__remarks", "customer__address",
)  # fmt: skip
OF_A_CUSTOMER = 50


class OrderList(SummedList):
    """Orders of the customers that the reader sees."""

    totals: ClassVar = {
        "total": "sum(amount)",
        "base": "sum(amount_base)",
        "unrated": "count(*) FILTER (WHERE amount_base IS NULL)",
    }

    request: SignedInRequest
    key = "orders"
    model = Order
    table_class = OrderTable
    filters_class = OrderFilters
    template_name = "opportunities/orders.html"
    title = _("Orders")
    presets = (
        Preset("mine", _("Sold by me"), "whose=mine&state=valid"),
        Preset("team", _("Sold by my team"), "whose=team&state=valid"),
        Preset("valid", _("All I may see"), "state=valid"),
        Preset("void", _("Void"), "state=void"),
    )
    quicks = (Quick(_("Cost known"), "report", {"has_cost": "true"}),)
    count_url_name = "opportunities:order_count"
    edit_path = "edit/"

    def visible_presets(self) -> tuple[Preset, ...]:
        return tuple(one for one in self.presets if one.key != "team" or self.request.user.is_manager)

    @cached_property
    def opens_with(self) -> str:
        return super().opens_with or "valid"

    def get_queryset(self) -> QuerySet[Any]:
        user = self.request.user
        deals = Opportunity.objects.visible_to(user).filter(pk=OuterRef("opportunity"))
        rows = Order.objects.visible_to(user).select_related("customer")
        return rows.annotate(is_deal_seen=Exists(deals)).defer(*HEAVY)

    def sums(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        """What the filtered ones come to: in each currency, and in the base currency at the rates of their days."""
        return super().sums(lines) | {"base": sum(line["base"] or 0 for line in lines)}

    def extra_context(self) -> dict[str, Any]:
        user = self.request.user
        return {
            "panel_url": f"{reverse('opportunities:order_filters')}?{self.query_to_keep()}&m=1",
            "may_import": can_import(user),
            "may_export": can_export(user),
        }


class OrderFilterPanel(FilterPanel, OrderList):
    list_url_name = "opportunities:orders"


class OrderExportPage(OrderList):
    """The list as a file shows it: currency, base amount and country stand in columns of their own."""

    def make_table(self, shown: list[str] | None) -> Table:
        table = super().make_table(shown)
        beside = {"customer": ("country",), "amount": ("currency", "base")}
        keys = [key for column in table.shown for key in (column.key, *beside.get(column.key, ()))]
        return super().make_table(keys)


class OrdersOfCustomer(CustomerPage):
    """The tab of a customer: what they bought, newest first."""

    tab = "orders"
    part = "opportunities/_orders_tab.html"

    def tab_context(self) -> dict[str, Any]:
        rows = Order.objects.visible_to(self.request.user).filter(customer=self.customer)
        found = list(rows.select_related("seller").defer("search_text", "remarks")[: OF_A_CUSTOMER + 1])
        return {
            "orders": found[:OF_A_CUSTOMER],
            "has_more": len(found) > OF_A_CUSTOMER,
            "may_order": can_create_order(self.request.user, self.customer),
        }
