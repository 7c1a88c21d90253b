"""How does every list work? Views, filters, chips, columns, order, pages, export, bulk verbs in one class."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlencode

from django.db.models import F, Model, QuerySet, Value
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from ..filters import Filters
from ..paging import POSITION_WORDS, Order, paginate
from ..querysets import Count, RowBeyond, bounded_count, counts_in_one
from ..registries import Label
from ..saved_views import default_view, views_of
from ..tables import Reading, Table

if TYPE_CHECKING:
    from ..models import SavedView

SIZES = (25, 50, 100)
# Words of the query string that belong to the list itself; everything else is a filter.
SHAPE_WORDS = ("sort", "cols", "col", "density", "size")
LIST_WORDS = ("view", "m", *SHAPE_WORDS, *POSITION_WORDS)


def said(query: QueryDict) -> QueryDict:
    """A query without its empty words."""
    plain = QueryDict(mutable=True)
    for word, values in query.lists():
        if kept := [value for value in values if value]:
            plain.setlist(word, kept)
    return plain


@dataclass(frozen=True)
class Preset:
    """A built-in view: a name, and the query string it stands for."""

    key: str
    label: Label
    query: str = ""


@dataclass(frozen=True)
class Quick:
    """A filter of one tap: a word on a chip, and the words of the query it sets or takes away."""

    label: Label
    icon: str
    query: dict[str, str]


@dataclass
class QuickChip:
    """A Quick on one page: whether it is on, and the query that turns it round."""

    label: Label
    icon: str
    href: str
    is_on: bool


# So far a record's place in its list is counted.
COUNTED = 1000


@dataclass(frozen=True)
class Neighbours:
    """What stands around a record in a list: ids of the rows before and behind, its number, how many rows there are.

    The number is None beyond COUNTED, where counting stops.
    """

    before: int | None = None
    behind: int | None = None
    number: int | None = None
    total: int | None = None


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
    """Something done to the selected rows: a form of its own in a dialog, a per-row result after.

    ``extra``: ``is_page`` for a page instead of a dialog, ``target`` where it is done at once and answered in place.
    """

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

    http_method_names = ["get", "head", "options"]
    key: ClassVar[str]
    model: ClassVar[type[Model]]
    table_class: ClassVar[type[Table]]
    filters_class: ClassVar[type[Filters]]
    title: ClassVar[Label]
    presets: ClassVar[tuple[Preset, ...]] = ()
    quicks: ClassVar[tuple[Quick, ...]] = ()
    # The URL name that answers with the exact count, where the list has one (``answers = "count"``).
    count_url_name: ClassVar[str] = ""
    answers: str = "page"
    # Words of the query that say what the list is of (a pool): they stay whatever view is chosen.
    of_words: ClassVar[tuple[str, ...]] = ()
    # What to add to a row's address to edit it (the key e), where the list's rows can be edited.
    edit_path: ClassVar[str] = ""
    template_name = "core/list.html"
    default_size = 50

    def get_queryset(self) -> QuerySet[Any]:
        return self.model._default_manager.visible_to(self.request.user)  # type: ignore[attr-defined]

    def visible_presets(self) -> tuple[Preset, ...]:
        """The built-in views that mean something to this reader."""
        return self.presets

    def filtered(self) -> QuerySet[Any]:
        """The rows the query in force asks for, unsorted; all visible ones where it makes no sense."""
        filters = self.make_filters(self.get_queryset())
        return filters.qs if filters.form.is_valid() else filters.queryset

    def bulk_verbs(self) -> list[BulkVerb]:
        return []

    def extra_context(self) -> dict[str, Any]:
        return {}

    def reading(self) -> Reading:
        return Reading(self.request.user, timezone.now())  # type: ignore[arg-type]

    def make_table(self, shown: list[str] | None) -> Table:
        return self.table_class(self.reading(), shown)

    def make_filters(self, queryset: QuerySet[Any], whole: bool = False) -> Filters:
        return self.filters_class(self.params, queryset, user=self.request.user, request=self.request, whole=whole)

    # --- what is asked for -------------------------------------------------------------------------

    @cached_property
    def saved_views(self) -> list[SavedView]:
        return views_of(self.key, self.request.user)  # type: ignore[arg-type]

    @classmethod
    def of(cls, request: HttpRequest, query: str) -> Self:
        """This list as ``query`` (of ``query_to_keep``) shows it, for whoever works on the same rows elsewhere."""
        page = cls()
        page.setup(request)
        page.asked = said(QueryDict(f"{query}&m=1"))
        return page

    @classmethod
    def of_address(cls, request: HttpRequest, query: str) -> Self:
        """This list as the address with ``query`` shows it: views and the reader's default count."""
        page = cls()
        page.setup(request)
        page.asked = said(QueryDict(query))
        return page

    @cached_property
    def asked(self) -> QueryDict:
        """What the address says."""
        query = said(self.request.GET)
        query.pop("panel", None)
        return query

    @cached_property
    def opens_with(self) -> str:
        """The key of the view that this reader's list opens with; '' for the first one."""
        return default_view(self.key, self.request.user, self.saved_views)  # type: ignore[arg-type]

    @cached_property
    def params(self) -> QueryDict:
        """The query in force: what the address says, or what the chosen view keeps where it says nothing else.

        ``m`` marks a query as changed by hand, so that a view can also be emptied of its filters.
        """
        asked = self.asked
        view = asked.get("view", "")
        if not any(word not in ("view", "density", *self.of_words, *POSITION_WORDS) for word in asked):
            view = view or self.opens_with
            kept = self._query_of_view(view)
            if kept is not None:
                params = QueryDict(kept, mutable=True)
                for word in asked:
                    params.setlist(word, asked.getlist(word))
                params["view"] = view
                return params
        return asked

    def _query_of_view(self, view: str) -> str | None:
        for preset in self.visible_presets():
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

    def chosen_columns(self) -> list[str]:
        """Keys in their order: one word with commas, or one word each from a form without JavaScript."""
        return ",".join([*self.params.getlist("cols"), *self.params.getlist("col")]).split(",")

    def size(self) -> int:
        asked = self.params.get("size", "")
        return int(asked) if asked in {str(size) for size in SIZES} else self.default_size

    def neighbours(self, record: Any) -> Neighbours:
        """The rows before and behind ``record`` in this list, and where it stands in it; three statements."""
        table = self.make_table(None)
        order = self.order(table)
        key: Any = F(order.expression) if isinstance(order.expression, str) else order.expression
        rows = table.all[order.key].prepare(self.filtered()).annotate(_key=key)
        mine = rows.filter(pk=record.pk).values_list("_key", flat=True).first()
        if mine is None:
            return Neighbours()
        place = (F("_key"), F("pk"), Value(mine, rows.query.annotations["_key"].output_field), Value(record.pk))
        found: dict[bool, int] = {}
        parts = []
        earlier = rows.none()
        for behind in (False, True):
            forward = behind != order.is_descending
            sign = "" if forward else "-"
            beyond = rows.filter(RowBeyond(*place, forward=forward)).order_by(f"{sign}_key", f"{sign}pk")
            earlier = earlier if behind else beyond
            parts.append(beyond.annotate(_behind=Value(behind)).values_list("_behind", "pk")[:1])
        found.update(parts[0].union(parts[1], all=True))
        ahead, total = counts_in_one([earlier, rows], COUNTED)
        number = None if ahead is None or ahead >= COUNTED else ahead + 1
        return Neighbours(found.get(False), found.get(True), number, total)

    def in_order(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """These rows sorted as the list is."""
        table = self.make_table(None)
        order = self.order(table)
        key: Any = F(order.expression) if isinstance(order.expression, str) else order.expression
        sign = "-" if order.is_descending else ""
        return table.all[order.key].prepare(rows).annotate(_key=key).order_by(f"{sign}_key", f"{sign}pk")

    # --- answer ------------------------------------------------------------------------------------

    def get(self, request: HttpRequest) -> HttpResponse:
        if any(not value for values in request.GET.lists() for value in values[1]):
            # A form sends its empty fields along; an address that people keep and share says only what it means.
            return HttpResponseRedirect(f"?{said(request.GET).urlencode()}")
        if self.answers == "count":
            return HttpResponse(f"{self.filtered().count():,}")
        if request.GET.get("panel") == "columns":
            return self.column_chooser()
        context = self.context()
        part = "#list" if request.htmx and not request.htmx.boosted else ""  # type: ignore[attr-defined]
        return render(request, f"{self.template_name}{part}", context)

    def column_chooser(self) -> HttpResponse:
        """The columns to choose from: asked for when their menu opens, for they weigh as much as six rows."""
        context = {"title": self.title, "list": self, "table": self.make_table(self.chosen_columns())}
        part = "#chooser" if self.request.htmx else ""  # type: ignore[attr-defined]
        return render(self.request, f"core/columns.html{part}", context)

    def counted(self, rows: QuerySet[Any]) -> Count:
        """How many rows the filters leave."""
        return bounded_count(rows)

    def context(self) -> dict[str, Any]:
        table = self.make_table(self.chosen_columns())
        filters = self.make_filters(self.get_queryset())
        order = self.order(table)
        rows = filters.qs if filters.form.is_valid() else filters.queryset
        page = paginate(table.prepare(rows, order.key), order, self.params, self.size(), self.counted(rows))
        return {
            "list": self,
            "title": self.title,
            "table": table,
            "headers": self.headers(table, order),
            "filters": filters,
            "chips": filters.chips(),
            "quick": [filters.form[name] for name in filters.quick],
            "quicks": self.quick_chips(),
            "count_url": f"{reverse(self.count_url_name)}?{self.query_to_keep()}" if self.count_url_name else "",
            "page": page,
            "rows": table.rows(page.rows),
            "tabs": (tabs := self.tabs()),
            "view": next((tab for tab in tabs if tab.is_current), None),
            "order": order,
            "sizes": SIZES,
            "size": self.size(),
            "size_links": [(size, self._with({"size": str(size)})) for size in SIZES],
            "is_compact": self.params.get("density") == "compact",
            "density_link": self._with({"density": "" if self.params.get("density") == "compact" else "compact"}),
            "bulk_verbs": self.bulk_verbs(),
            "query": self.query_to_keep(),
            "searches": "q" in type(filters).base_filters,
            "opens_with": self.opens_with,
            "clear_query": self._with({}, only=("view", *self.of_words, *SHAPE_WORDS)),
            "kept_fields": self.kept_fields(),
            "columns_url": self._with({"panel": "columns"}),
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
        current = self.params.get("view", "") or self.plain_view()
        kept = ("view", *self.of_words, *POSITION_WORDS)
        changed = "m" in self.params or any(word not in kept for word in self.asked)
        of = "".join(f"&{urlencode({word: self.params[word]})}" for word in self.of_words if word in self.params)
        found = [
            ViewTab(str(p.label), f"?view={p.key}{of}", p.key == current, key=p.key, is_changed=changed)
            for p in self.visible_presets()
        ]
        found += [
            ViewTab(v.name, f"?view={v.pk}", str(v.pk) == current, v, changed, str(v.pk)) for v in self.saved_views
        ]
        return found

    def plain_view(self) -> str:
        """The key of the built-in view that shows everything, where that is what is shown."""
        if any(word not in (*LIST_WORDS, *self.of_words) for word in self.params):
            return ""
        return next((preset.key for preset in self.visible_presets() if not preset.query), "")

    def quick_chips(self) -> list[QuickChip]:
        chips = []
        for quick in self.quicks:
            is_on = all(self.params.get(word) == value for word, value in quick.query.items())
            changes = dict.fromkeys(quick.query, "") if is_on else quick.query
            chips.append(QuickChip(quick.label, quick.icon, self._with(changes), is_on))
        return chips

    def query_to_keep(self) -> str:
        """The query in force without its position: what a saved view keeps and a bulk verb repeats."""
        params = self.params.copy()
        for word in ("view", "m", *POSITION_WORDS):
            params.pop(word, None)
        return params.urlencode()

    def kept_fields(self) -> list[tuple[str, str]]:
        """What a form of filters sends along: the view, what the list is of and its shape."""
        words = ("view", *self.of_words, *SHAPE_WORDS)
        return [(word, value) for word in words for value in self.params.getlist(word)]

    def _with(self, changes: dict[str, str], only: tuple[str, ...] | None = None) -> str:
        params = self.params.copy()
        for word in list(params):
            if word in POSITION_WORDS or (only is not None and word not in only):
                params.pop(word)
        params["m"] = "1"
        for word, value in changes.items():
            params[word] = value
            if not value:
                del params[word]
        return "?" + params.urlencode()
