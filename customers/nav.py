"""Where do customers stand in the shell: sidebar, “New” menu, tabs of the record, jobs?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.registries import CREATE, JOBS, NAV, CreateItem, JobKind, NavItem

from . import bulk, searching, timeline, today
from .models import Customer
from .permissions import can_create
from .views.record import register_tabs

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


def own(user: User) -> QuerySet[Customer]:
    """What the sidebar counts: one's own customers; for managers and admins all they answer for."""
    rows = Customer.objects.visible_to(user)
    return rows if user.is_manager or user.is_admin else rows.filter(owner=user)


def register() -> None:
    """Add this floor's lines to the registries of the shell and of its own page."""
    NAV["customers"] = NavItem(
        _("Customers"), "customers:list", "building", 20, count=own, on_phone=True, lights=("customers",)
    )
    CREATE["customer"] = CreateItem(_("Customer"), "customers:create", "building", 10, shown_to=can_create)
    JOBS["customers.bulk"] = JobKind(_("Change many customers"), bulk.run, url=lambda job: reverse("customers:list"))
    register_tabs()
    searching.register()
    timeline.register()
    today.register()
