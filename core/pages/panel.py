"""How are all filters of a list shown at once, to be filled in?"""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from .listing import ListPage


class FilterPanel(ListPage):
    """All filters of a list, filled with the query at hand; stands before the list's own class among the bases.

    What is typed above the list and what no reader sets by hand goes along unseen.
    """

    list_url_name: ClassVar[str]

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = self.make_filters(self.get_queryset().none(), whole=True)
        unseen = [field.name for field in filters.form if field.name == "q" or field.is_hidden]
        kept = [(name, value) for name in unseen for value in self.params.getlist(name)]
        context = {
            "title": self.title,
            "fields": [field for field in filters.form if field.name not in unseen],
            "kept_fields": self.kept_fields() + kept,
            "list_url": reverse(self.list_url_name),
            "query": self.query_to_keep(),
        }
        part = "#panel" if request.htmx else ""  # type: ignore[attr-defined]
        return render(request, f"core/filter_panel.html{part}", context)
