"""Who changed what on a lead?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.audit import Change, changes_in, merged
from customers.history import own_fields

from .words import LEAD

if TYPE_CHECKING:
    from .models import Lead


def changes_of(lead: Lead, limit: int) -> list[Change]:
    """The last ``limit`` changes of a lead that the reader sees, newest first."""
    rows: Any = apps.get_model("opportunities", "LeadHistory")._default_manager.filter(pgh_obj=lead.pk)
    return merged([changes_in(rows, limit, what=_("Lead"), parts=own_fields(LEAD))], limit, User.objects.in_bulk)
