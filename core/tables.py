"""What are the columns of a list? A column is an object: header, cell, sort key, export, rank on the phone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from .registries import Label

if TYPE_CHECKING:
    from accounts.models import User


# Places on the card of a phone that need no label (static/css/list.css).
PLACED = frozenset({"name", "side", "meta", "end", "acts", "check", "menu"})


@dataclass
class Reading:
    """Who reads the table, and when; handed to every cell. ``extra`` carries what the page looked up once."""

    user: User
    now: datetime
    extra: dict[str, Any] = field(default_factory=dict)


class Column:
    """One column.

    ``cell`` gives the HTML, ``export`` the plain value. ``sort`` is a non-null expression; ``rank``
    1 stays on a phone, 4 drops first. ``prepare`` adds what the column needs to the queryset
    (select_related, annotations), so that a hidden column costs nothing.
    """

    sort: str | Combinable | None = None
    rank = 3
    is_numeric = False
    is_default = True
    css = ""

    def __init__(self, key: str, header: Label, **options: Any) -> None:
        self.key = key
        self.header = header
        for name, value in options.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no option {name!r}")
            setattr(self, name, value)

    def prepare(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset

    def load(self, rows: Sequence[Any], reading: Reading) -> None:
        """Look up what the cells of these rows need, once for all of them."""

    def value(self, row: Any) -> Any:
        """The plain value; a dotted key follows relations and stops at None."""
        value = row
        for name in self.key.split("."):
            if value is None:
                return None
            value = getattr(value, name)
        return value

    def cell(self, row: Any, reading: Reading) -> str:
        value = self.value(row)
        return escape("—" if value in (None, "") else str(value))

    def export(self, row: Any, reading: Reading) -> Any:
        return self.value(row)

    @property
    def css_class(self) -> str:
        return " ".join(
            filter(
                None,
                (
                    # Only what leaves on a narrow list says so: the words of 50 rows weigh.
                    f"rank-{self.rank}" if self.rank > 2 else "",
                    "num" if self.is_numeric else "",
                    f"col-{self.css}" if self.css else "",
                ),
            )
        )


class Table:
    """The columns of one kind of list, and how its rows are drawn.

    Subclasses give ``columns``; ``extra_columns`` adds those known only at run time (custom fields).
    The first column is the record itself and is always shown.
    """

    columns: ClassVar[list[Column]] = []
    default_sort: ClassVar[str] = ""

    def __init__(self, reading: Reading, shown: Iterable[str] | None = None) -> None:
        self.reading = reading
        self.all = {column.key: column for column in [*self.columns, *self.extra_columns()]}
        first = next(iter(self.all))
        wanted = [key for key in shown or () if key in self.all]
        keys = wanted or [key for key, column in self.all.items() if column.is_default]
        self.shown = [self.all[key] for key in dict.fromkeys([first, *keys])]

    def extra_columns(self) -> list[Column]:
        return []

    @property
    def choosable(self) -> list[Column]:
        """What the column chooser offers: the shown ones in their order, then the others."""
        return self.shown[1:] + [column for column in self.all.values() if column not in self.shown]

    def prepare(self, queryset: QuerySet[Any], sorted_by: str = "") -> QuerySet[Any]:
        """Add what the shown columns, and the one that sorts, need."""
        columns = {column.key: column for column in self.shown}
        if sorted_by in self.all:
            columns.setdefault(sorted_by, self.all[sorted_by])
        for column in columns.values():
            queryset = column.prepare(queryset)
        return queryset

    @cached_property
    def _drawn(self) -> list[tuple[Column, str]]:
        """Columns with the attributes of their cells; a label only where the card on a phone writes it."""
        found = []
        for column in self.shown:
            labelled = column.rank <= 2 and column.css not in PLACED
            label = f' data-label="{escape(column.header)}"' if labelled else ""
            words = column.css_class
            css = f' class="{words}"' if " " in words else f" class={words}" if words else ""
            found.append((column, css + label))
        return found

    def cells(self, row: Any) -> SafeString:
        """All ``<td>`` of a row in one string: templates would take a third of the page's time.

        The first one names the row: the checkbox beside it is labelled by its id. End tags of cells and quotes
        round single words are left out, as HTML allows: they would be a tenth of a page of 50 rows.
        """
        # The pieces are escaped by each column's cell().
        cells = "".join(f"<td{attributes}>{column.cell(row, self.reading)}" for column, attributes in self._drawn)
        return mark_safe(f"<td id=r{row.pk}{cells.removeprefix('<td')}")  # noqa: S308

    def load(self, records: Sequence[Any]) -> None:
        """Let the shown columns look up what they need; before rows are drawn or exported."""
        for column in self.shown:
            column.load(records, self.reading)

    def rows(self, records: Sequence[Any]) -> list[Row]:
        self.load(records)
        return [Row(record.pk, self.cells(record), record) for record in records]


@dataclass
class Row:
    pk: int
    cells: SafeString
    record: Any


class CallColumn(Column):
    """A column whose cell is a function of the row and the reading."""

    draw: Callable[[Any, Reading], str] | None = None
    plain: Callable[[Any], Any] | None = None
    joins: tuple[str, ...] = ()
    prefetches: tuple[Any, ...] = ()

    def prepare(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.joins:
            queryset = queryset.select_related(*self.joins)
        return queryset.prefetch_related(*self.prefetches) if self.prefetches else queryset

    def value(self, row: Any) -> Any:
        return self.plain(row) if self.plain else super().value(row)

    def cell(self, row: Any, reading: Reading) -> str:
        return self.draw(row, reading) if self.draw else super().cell(row, reading)


def two_lines(first: Any, second: Any = "", tone: str = "") -> SafeString:
    """A cell of two lines: the fact, and below it its date or place."""
    line = (
        format_html('<bdi class="l1 {}">{}</bdi>', tone, first)
        if tone
        else format_html("<bdi class=l1>{}</bdi>", first)
    )
    return format_html("{}<bdi class=l2>{}</bdi>", line, second) if second else line
