"""How does every list work? Views, filters, chips, columns, order, pages, export, bulk verbs in one class."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from ..filters import Filters
from ..paging import POSITION_WORDS, Order, paginate
from ..registries import Label
from ..saved_views import default_view, views_of
from ..tables import Reading, Table

if TYPE_CHECKING:
    from ..models import SavedView

SIZES = (25, 50, 100)
# Words of the query string that belong to the list itself; everything else is a filter.
LIST_WORDS = ("view", "m", "sort", "cols", "density", "size", *POSITION_WORDS)


@dataclass(frozen=True)
class Preset:
    """A built-in view: a name, and the query string it stands for."""

    key: str
    label: Label
    query: str = ""


@dataclass
class ViewTab:
    """A built-in or saved view as a tab above the list."""

    label: str
    href: str
    is_current: bool
    saved: SavedView | None = None
    is_changed: bool = False
    key: str = ""


@dataclass(frozen=True)
class BulkVerb:
    """Something done to the selected rows: a form of its own in a dialog, a per-row result after."""

    key: str
    label: Label
    icon: str
    url: str
    extra: dict[str, Any] = field(default_factory=dict)


class ListPage(View):
    """Rows a person may see, as a table on the desktop and cards on the phone.

    Subclasses name ``key`` (saved views), ``model``, ``table_class``, ``filters_class``, ``title``
    and what else they differ in. Every read starts with ``visible_to(user)``.
    """

    http_method_names: ClassVar = ["get", "head", "options"]
    key: ClassVar[str]
    model: ClassVar[type[Model]]
    table_class: ClassVar[type[Table]]
    filters_class: ClassVar[type[Filters]]
    title: ClassVar[Label]
    presets: ClassVar[tuple[Preset, ...]] = ()
    template_name = "core/list.html"
    default_size = 50

    def get_queryset(self) -> QuerySet[Any]:
        return self.model._default_manager.visible_to(self.request.user)  # type: ignore[attr-defined]

    def bulk_verbs(self) -> list[BulkVerb]:
        return []

    def extra_context(self) -> dict[str, Any]:
        return {}

    def reading(self) -> Reading:
        return Reading(self.request.user, timezone.now())  # type: ignore[arg-type]

    def make_table(self, shown: list[str] | None) -> Table:
        return self.table_class(self.reading(), shown)

    def make_filters(self, queryset: QuerySet[Any]) -> Filters:
        return self.filters_class(self.params, queryset, user=self.request.user, request=self.request)

    # --- what is asked for -------------------------------------------------------------------------

    @cached_property
    def saved_views(self) -> list[SavedView]:
        return views_of(self.key, self.request.user)  # type: ignore[arg-type]

    @cached_property
    def params(self) -> QueryDict:
        """The query in force: what the address says, or what the chosen view keeps where it says nothing else.

        ``m`` marks a query as changed by hand, so that a view can also be emptied of its filters.
        """
        asked = self.request.GET
        view = asked.get("view", "")
        if not any(word not in ("view", "density", *POSITION_WORDS) for word in asked):
            view = view or default_view(self.key, self.request.user, self.saved_views)  # type: ignore[arg-type]
            kept = self._query_of_view(view)
            if kept is not None:
                params = QueryDict(kept, mutable=True)
                for word in asked:
                    params.setlist(word, asked.getlist(word))
                params["view"] = view
                return params
        return asked

    def _query_of_view(self, view: str) -> str | None:
        for preset in self.presets:
            if preset.key == view:
                return preset.query
        for saved in self.saved_views:
            if str(saved.pk) == view:
                return saved.query
        return None

    def order(self, table: Table) -> Order:
        word = self.params.get("sort") or self.table_class.default_sort
        key = word.removeprefix("-")
        column = table.all.get(key)
        if column is None or column.sort is None:
            word = self.table_class.default_sort
            key = word.removeprefix("-")
            column = table.all[key]
        assert column.sort is not None  # the default column sorts
        return Order(key, column.sort, word.startswith("-"))

    def size(self) -> int:
        asked = self.params.get("size", "")
        return int(asked) if asked in {str(size) for size in SIZES} else self.default_size

    # --- answer ------------------------------------------------------------------------------------

    def get(self, request: HttpRequest) -> HttpResponse:
        context = self.context()
        part = "#list" if request.htmx and not request.htmx.boosted else ""  # type: ignore[attr-defined]
        return render(request, f"{self.template_name}{part}", context)

    def context(self) -> dict[str, Any]:
        table = self.make_table([key for key in self.params.get("cols", "").split(",") if key] or None)
        filters = self.make_filters(self.get_queryset())
        order = self.order(table)
        rows = filters.qs if filters.form.is_valid() else filters.queryset
        page = paginate(table.prepare(rows), order, self.params, self.size())
        return {
            "list": self,
            "title": self.title,
            "table": table,
            "headers": self.headers(table, order),
            "filters": filters,
            "chips": filters.chips(),
            "quick": [filters.form[name] for name in filters.quick],
            "page": page,
            "rows": table.rows(page.rows),
            "tabs": self.tabs(),
            "order": order,
            "sizes": SIZES,
            "size": self.size(),
            "density": "compact" if self.params.get("density") == "compact" else "",
            "bulk_verbs": self.bulk_verbs(),
            "query": self.query_to_keep(),
            "clear_query": self._with({}, only=("view", "sort", "cols", "density", "size")),
            **self.extra_context(),
        }

    def headers(self, table: Table, order: Order) -> list[dict[str, Any]]:
        found = []
        for column in table.shown:
            is_sorted = column.key == order.key
            word = f"-{column.key}" if is_sorted and not order.is_descending else column.key
            found.append(
                {
                    "column": column,
                    "href": self._with({"sort": word}) if column.sort is not None else "",
                    "aria": ("descending" if order.is_descending else "ascending") if is_sorted else "",
                }
            )
        return found

    def tabs(self) -> list[ViewTab]:
        current = self.params.get("view", "")
        changed = "m" in self.params or any(word not in ("view", *POSITION_WORDS) for word in self.request.GET)
        found = [
            ViewTab(str(p.label), f"?view={p.key}", p.key == current, key=p.key, is_changed=changed)
            for p in self.presets
        ]
        found += [
            ViewTab(v.name, f"?view={v.pk}", str(v.pk) == current, v, changed, str(v.pk)) for v in self.saved_views
        ]
        return found

    def query_to_keep(self) -> str:
        """The query in force without its position: what a saved view keeps and a bulk verb repeats."""
        params = self.params.copy()
        for word in ("view", "m", *POSITION_WORDS):
            params.pop(word, None)
        return params.urlencode()

    def _with(self, changes: dict[str, str], only: tuple[str, ...] | None = None) -> str:
        params = self.params.copy()
        for word in list(params):
            if word in POSITION_WORDS or (only is not None and word not in only):
                params.pop(word)
        params["m"] = "1"
        for word, value in changes.items():
            params[word] = value
        return "?" + params.urlencode()
