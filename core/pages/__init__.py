"""The kinds of pages: list, detail, create, update; and the one gate to a record."""

from .detail import DetailPage, Tab
from .form import CreatePage, UpdatePage
from .gate import get_visible_or_404
from .listing import BulkVerb, ListPage, Preset, Quick
from .panel import FilterPanel

__all__ = [
    "BulkVerb",
    "CreatePage",
    "DetailPage",
    "FilterPanel",
    "ListPage",
    "Preset",
    "Quick",
    "Tab",
    "UpdatePage",
    "get_visible_or_404",
]
