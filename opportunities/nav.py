"""Where do leads, opportunities and orders stand in the shell: sidebar, “New” menu and the tabs of a customer?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.pages.detail import Tab
from core.registries import CREATE, NAV, CreateItem, NavItem
from customers.registries import TABS

from .models import Lead, Opportunity, Order
from .permissions import can_create_lead, can_create_opportunity

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


def own_open(user: User) -> QuerySet[Opportunity]:
    """What the sidebar counts: one's own open opportunities."""
    return Opportunity.objects.open().filter(owner=user)


def leads_to_begin(user: User) -> QuerySet[Lead]:
    """What the sidebar counts: one's own new leads, and those that one is to give away."""
    return Lead.objects.visible_to(user).open().filter(Q(owner=user, state=Lead.State.NEW) | Q(owner=None))


def register_leads() -> None:
    """Add the leads to the registries of the shell."""
    NAV["leads"] = NavItem(
        _("Leads"),
        "opportunities:leads",
        "target-arrow",
        24,
        count=leads_to_begin,
        lights=(
            "opportunities:lead",
            "opportunities:lead_timeline",
            "communications:of_lead",
            "followups:of_lead",
            "opportunities:lead_files",
            "opportunities:lead_history",
            "opportunities:lead_create",
            "opportunities:lead_update",
            "opportunities:lead_convert",
            "opportunities:paste",
            "opportunities:inquiry_forms",
            "opportunities:inquiry_form",
            "opportunities:inquiry_form_create",
            "opportunities:inquiry_form_update",
            "opportunities:suspects",
        ),
    )
    CREATE["paste"] = CreateItem(
        _("Lead from a pasted inquiry"), "opportunities:paste", "inbox", 13, shown_to=can_create_lead
    )
    CREATE["lead"] = CreateItem(_("Lead"), "opportunities:lead_create", "target-arrow", 12, shown_to=can_create_lead)


def register() -> None:
    """Add this floor's lines to the registries of the shell."""
    NAV["opportunities"] = NavItem(
        _("Opportunities"),
        "opportunities:list",
        "layout-kanban",
        26,
        count=own_open,
        lights=(
            "opportunities:board",
            "opportunities:detail",
            "opportunities:timeline",
            "communications:of_opportunity",
            "followups:of_opportunity",
            "opportunities:files",
            "opportunities:history",
            "opportunities:create",
            "opportunities:update",
        ),
    )
    CREATE["opportunity"] = CreateItem(
        _("Opportunity"), "opportunities:create", "layout-kanban", 15, shown_to=can_create_opportunity
    )
    TABS["opportunities"] = Tab(
        "opportunities",
        _("Opportunities"),
        "opportunities:of_customer",
        40,
        lambda customer, user: Opportunity.objects.visible_to(user).filter(customer=customer),
    )


def register_orders() -> None:
    """Add the lines of orders."""
    NAV["orders"] = NavItem(
        _("Orders"),
        "opportunities:orders",
        "receipt",
        28,
        lights=(
            "opportunities:order",
            "opportunities:order_create",
            "opportunities:order_update",
            "opportunities:order_void",
            "opportunities:rhythm",
        ),
    )
    CREATE["order"] = CreateItem(_("Order"), "opportunities:order_create", "receipt", 17)
    TABS["orders"] = Tab(
        "orders",
        _("Orders"),
        "opportunities:orders_of_customer",
        45,
        lambda customer, user: Order.objects.valid().visible_to(user).filter(customer=customer),
    )


def answers_for_others(user: User) -> bool:
    return user.is_manager or user.is_admin


def add_own_or_team(key: str, item: NavItem, order_of_team: int) -> None:
    """Add a page of figures: one's own among the first lines, that of one's people under their heading."""
    NAV[key] = replace(item, shown_to=lambda user: not answers_for_others(user))
    NAV[f"{key}_of_team"] = replace(item, order=order_of_team, section=_("Team"), shown_to=answers_for_others)


def register_funnel() -> None:
    """Add the funnel."""
    add_own_or_team("funnel", NavItem(_("Funnel"), "opportunities:funnel", "chart-bar", 29), 62)
