"""Which customers may leave in a file? Those that one holds or whose holders one manages, never merely shared ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.exporting.engine import ListExport

from ..permissions import can_export
from ..views.listing import CustomerList
from .all_fields import AllFields
from .cards import Cards

if TYPE_CHECKING:
    from accounts.models import User


def exportable(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Narrow visible rows to ``permissions.exportable``; archived ones are in a manager's scope already."""
    if user.is_admin:
        return rows
    return rows.filter(Q(owner=user) | Q(owner__team_id__in=user.managed_team_ids) | Q(owner__isnull=True))


LIST = ListExport(
    CustomerList,
    can_export,
    exportable,
    note=_("Customers that you merely collaborate on are not in the file."),
    more=(AllFields, Cards),
)
