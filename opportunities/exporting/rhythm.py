"""Whose rhythm may leave in a file? That of customers that one holds or whose holders one manages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exporting.engine import ListExport

from ..permissions import can_export
from ..views.rhythm import RhythmList
from .orders import exportable

RHYTHM = ListExport(
    RhythmList, can_export, exportable, note=_("Customers that you merely collaborate on are not in the file.")
)
