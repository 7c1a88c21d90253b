"""Which pooled customers may leave in a file? All that the list shows, masked as it shows them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exporting.engine import ListExport
from customers.permissions import can_export

from .views.listing import PoolList

LIST = ListExport(
    PoolList,
    can_export,
    lambda rows, user: rows,
    note=_("Contact data, what was said, files and quotes of pooled customers are not in the file."),
)
