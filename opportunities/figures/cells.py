"""What is a table of the funnel's page made of, and how does each cell stand on the page, in a chart, in a file?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.registries import Label
from core.templatetags.ui import base_money, grouped, money

COUNT, SHARE, DAYS, AMOUNTS, BASE, TEXT, MONTH = "count", "share", "days", "amounts", "base", "text", "month"
TENTHS, SIGNED, HOURS = "tenths", "signed", "hours"


def percent(share: Fraction) -> str:
    """A share as people read it, half up to a tenth: 62.5 %."""
    tenths = int(share * 1000 + Fraction(1, 2))
    shown = f"{tenths // 10}.{tenths % 10}" if tenths % 10 else f"{tenths // 10}"
    return f"{shown}\N{NO-BREAK SPACE}%"


def tenths(number: Fraction) -> str:
    """A number of 0 or more to a tenth, half up: 38.5."""
    return f"{int(number * 10 + Fraction(1, 2)) / 10:,.1f}"


def signed(number: Fraction) -> str:
    """A difference to a tenth with its sign; 0.0 has none."""
    sign = "" if abs(number) < Fraction(1, 20) else "+" if number > 0 else "\N{MINUS SIGN}"
    return sign + tenths(abs(number))


def lasted(span: timedelta) -> str:
    """A time as people say it: 25 min, 3.5 h, from two days on 2.1 days."""
    minutes = Fraction(int(span.total_seconds()), 60)
    if minutes < 60:
        return _("%(n)s min") % {"n": int(minutes)}
    if minutes < 2 * 24 * 60:
        return _("%(n)s h") % {"n": tenths(minutes / 60)}
    return _("%(n)s days") % {"n": tenths(minutes / (24 * 60))}


@dataclass(frozen=True)
class Cell:
    """One number or word; ``kind`` is one of the words above: amounts are by currency, base is the firm's."""

    value: Any
    kind: str = "text"
    url: str = ""
    # Said beside the number, such as how many of it have no rate.
    note: str = ""

    @property
    def drawn(self) -> str:
        """How it stands on the page."""
        words = _DRAWN[self.kind](self.value) if self.value not in (None, ()) else "—"
        if self.url and self.value:
            words = format_html('<a href="{}">{}</a>', self.url, words)
        return format_html("{} <small>{}</small>", words, self.note) if self.note else words

    @property
    def raw(self) -> str:
        """What the chart's script reads."""
        if self.value is None:
            return ""
        if isinstance(self.value, Fraction):
            return f"{float(self.value):.4f}"
        if isinstance(self.value, timedelta):
            return f"{self.value.total_seconds() / 3600:.2f}"
        return f"{self.value:%Y-%m}" if isinstance(self.value, date) else str(self.value)

    @property
    def plain(self) -> Any:
        """What stands in a file."""
        if self.kind == "amounts":
            return "; ".join(f"{currency} {amount.normalize():f}" for currency, amount in self.value or ())
        if isinstance(self.value, Fraction):
            return Decimal(f"{float(self.value):.4f}")
        if isinstance(self.value, timedelta):
            return Decimal(self.raw)
        return self.raw if isinstance(self.value, date) else self.value


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]
    is_total: bool = False
    # Stands apart from what the chart draws: overdue, without a date.
    is_apart: bool = False
    depth: int = 0

    @property
    def css(self) -> str:
        named = {"is-total": self.is_total, "is-apart": self.is_apart, f"depth-{min(self.depth, 3)}": self.depth}
        return " ".join(name for name, holds in named.items() if holds)


@dataclass(frozen=True)
class Sheet:
    """One table. ``says`` is its definition in a sentence or two, ``chart`` how its script draws it."""

    key: str
    title: Label
    says: Label
    headers: tuple[tuple[Label, str], ...]
    rows: list[Row] = field(default_factory=list)
    chart: str = ""
    notes: tuple[Cell, ...] = ()
    # Rows that are left out until all are asked for.
    hidden: int = 0

    @property
    def drawn(self) -> Iterator[tuple[Row, list[tuple[str, str, str]]]]:
        """Each row with its cells: tag, attributes and words. A phone shows the name of the column, a chart the value.

        Put together here, not in the template: a page of many tables has a thousand cells.
        """
        labels = [format_html(' data-label="{}"', label) for label, _kind in self.headers]
        for row in self.rows:
            yield (
                row,
                [
                    ("td" if place else "th", self._attributes(cell, labels[place] if place else _HEAD), cell.drawn)
                    for place, cell in enumerate(row.cells)
                ],
            )

    def _attributes(self, cell: Cell, said: str) -> str:
        value = format_html(' data-v="{}"', cell.raw) if self.chart and cell.kind != AMOUNTS else ""
        return mark_safe(f"{'' if said == _HEAD else _CLASSES[cell.kind, cell.value is None]}{value}{said}")  # noqa: S308  escaped above


@dataclass(frozen=True)
class Figure:
    """One big number above the tables."""

    label: Label
    cell: Cell
    under: str = ""


_HEAD = mark_safe(' scope="row"')
_KINDS = (COUNT, SHARE, DAYS, AMOUNTS, BASE, TEXT, MONTH, TENTHS, SIGNED, HOURS)
# By kind, and whether there is no value.
_CLASSES = {(kind, False): "" if kind == TEXT else ' class="num"' for kind in _KINDS}
_CLASSES |= {(kind, True): ' class="num is-nil"' for kind in _KINDS}
_CLASSES |= {(AMOUNTS, is_nil): ' class="num amounts"' for is_nil in (False, True)}

# So many currencies stand side by side; more are unfolded.
_SIDE_BY_SIDE = 2


def _amounts(value: tuple[tuple[str, Decimal], ...]) -> str:
    listed = format_html_join(" · ", "{}", ((money(amount, currency),) for currency, amount in value))
    if len(value) <= _SIDE_BY_SIDE:
        return listed
    words = ngettext("%(count)s currency", "%(count)s currencies", len(value)) % {"count": len(value)}
    return format_html("<details><summary>{}</summary>{}</details>", words, listed)


_DRAWN: dict[str, Callable[[Any], str]] = {
    TEXT: lambda value: format_html("<bdi>{}</bdi>", value),
    MONTH: lambda value: conditional_escape(date_format(value, "YEAR_MONTH_FORMAT")),
    COUNT: grouped,
    DAYS: grouped,
    SHARE: percent,
    TENTHS: tenths,
    SIGNED: signed,
    AMOUNTS: _amounts,
    BASE: base_money,
    HOURS: lasted,
}


def heading(label: Label, kind: str) -> str:
    """A column's name in a file, with its currency or unit."""
    unit = {BASE: settings.BASE_CURRENCY, HOURS: _("hours")}.get(kind)
    return f"{label} ({unit})" if unit else str(label)
