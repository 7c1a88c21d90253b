"""Which leads may leave in a file? Those that one sees: one holds them, or manages who does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from core.exporting.engine import ListExport

from ..permissions import can_export
from ..views.lead_list import LeadList

if TYPE_CHECKING:
    from accounts.models import User


def exportable(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return rows


LEADS = ListExport(LeadList, can_export, exportable)
