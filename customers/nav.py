"""Where do customers stand in the shell: sidebar and “New” menu?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.registries import CREATE, NAV, CreateItem, NavItem

from .models import Customer
from .permissions import can_create

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


def own(user: User) -> QuerySet[Customer]:
    """What the sidebar counts: one's own customers; for managers and admins all they answer for."""
    rows = Customer.objects.visible_to(user)
    return rows if user.is_manager or user.is_admin else rows.filter(owner=user)


def register() -> None:
    """Add this floor's lines to the registries of the shell."""
    looking_up = ("customers:lookup", "customers:lookup_result", "customers:requests", "customers:request")
    NAV["customers"] = NavItem(
        _("Customers"),
        "customers:list",
        "building",
        20,
        count=own,
        on_phone=True,
        lights=("customers",),
        # The next steps count as a part of Today.
        lights_not=(*looking_up, "core:today"),
    )
    NAV["lookup"] = NavItem(_("Conflict check"), "customers:lookup", "copy-check", 30, lights=looking_up)
    CREATE["customer"] = CreateItem(_("Customer"), "customers:create", "building", 10, shown_to=can_create)
