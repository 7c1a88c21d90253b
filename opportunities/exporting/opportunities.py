"""Which opportunities may leave in a file? Those that one holds or whose holders one manages, never merely shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.exporting.engine import ListExport

from ..permissions import can_export
from ..views.opportunity_list import OpportunityExport

if TYPE_CHECKING:
    from accounts.models import User


def exportable(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Narrow visible rows to one's own and those of the teams one manages, also where nobody holds the deal."""
    if user.is_admin:
        return rows
    teams = user.managed_team_ids
    held = Q(owner=user) | Q(owner__team_id__in=teams)
    return rows.filter(held | Q(owner__isnull=True, customer__owner__team_id__in=teams))


OPPORTUNITIES = ListExport(
    OpportunityExport,
    can_export,
    exportable,
    note=_("Opportunities that are merely shared with you are not in the file."),
)
