"""Which orders may leave in a file? Those of customers that one holds or whose holders one manages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.exporting.engine import ListExport

from ..permissions import can_export
from ..views.orders import OrderExportPage

if TYPE_CHECKING:
    from accounts.models import User


def exportable(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """As customers: never of merely shared ones."""
    if user.is_admin:
        return rows
    held = Q(customer__owner=user) | Q(customer__owner__team_id__in=user.managed_team_ids)
    return rows.filter(held)


ORDERS = ListExport(
    OrderExportPage,
    can_export,
    exportable,
    note=_("Orders of customers that you merely collaborate on are not in the file."),
)
