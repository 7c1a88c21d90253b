"""How does the page of one record work? A head, tabs loaded by URL, and a place beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from ..registries import Label
from .gate import get_visible_or_404

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Tab:
    """One tab of a record page. ``url_name`` takes the record's id and answers with the tab's part."""

    key: str
    label: Label
    url_name: str
    order: int
    # How many, as a queryset of the record and the reader; the page counts all tabs' in one statement.
    count: Callable[[Any, User], QuerySet[Any]] | None = None


class DetailPage(View):
    """The page of one visible record."""

    http_method_names = ["get", "head", "options"]
    model: ClassVar[type[Model]]
    template_name: ClassVar[str]

    def get_queryset(self) -> QuerySet[Any]:
        return self.model._default_manager.all()

    def extra_context(self, record: Any) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = get_visible_or_404(self.get_queryset(), request.user, pk)  # type: ignore[arg-type]
        return render(request, self.template_name, {"record": record, **self.extra_context(record)})
