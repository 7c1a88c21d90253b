"""Which rows of a list were chosen, to do one thing with all of them?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from ..ids import ids_of
from .listing import ListPage


def selected(request: HttpRequest, page: type[ListPage], most: int) -> list[int]:
    """Ids of the chosen rows that the reader sees: the ticked ones, or all that the filter shows.

    Of all that the filter shows at most one more than ``most``, to tell that they are too many.
    """
    if request.POST.get("all"):
        rows = page.of(request, request.POST.get("query", "")).filtered()
        return list(rows.order_by("pk").values_list("pk", flat=True)[: most + 1])
    visible: Any = page.model._default_manager.visible_to(request.user)  # type: ignore[attr-defined]
    return list(visible.filter(pk__in=ids_of(request.POST.getlist("pk"))).order_by("pk").values_list("pk", flat=True))


def kept_selection(request: HttpRequest) -> list[tuple[str, str]]:
    """The choice as hidden fields of the form that asks for more."""
    if request.POST.get("all"):
        return [("all", "1"), ("query", request.POST.get("query", ""))]
    return [("pk", text) for text in request.POST.getlist("pk")]
