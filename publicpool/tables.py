"""Which columns has the list of a pool?"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from core.tables import CallColumn, Column, Reading, Table, two_lines
from core.templatetags.ui import base_money, day, day_words, flag, grade_square, status_dot
from customers.models import OwnershipPeriod
from customers.tables import DASH, Annotated

from . import masked


def named(row: Any, reading: Reading) -> str:
    return format_html(
        '{}<a href="{}"><bdi>{}</bdi></a>{}',
        flag(row.country) if row.country else "",
        reverse("publicpool:record", args=[row.pk]),
        row.name,
        format_html("<span class=l2>{}</span>", refusal)
        if (refusal := reading.extra.get("refusals", {}).get(row.pk))
        else "",
    )


def cause(facts: dict[str, str] | None) -> tuple[str, str]:
    """In two lines why a customer came into the pool."""
    if not facts:
        return DASH, ""
    words = dict(OwnershipPeriod.Reason.choices).get(facts["began"], facts["began"])
    return str(words).capitalize(), facts["rule"] or facts["reason"]


def held(row: Any, reading: Reading) -> str:
    names = masked.holders(row._former)
    if not names:
        return DASH
    if len(names) == 1:
        return format_html("<bdi>{}</bdi>", names[0])
    return two_lines(names[0], _("and %(n)s more") % {"n": len(names) - 1})


def contacted(row: Any, reading: Reading) -> str:
    return day_words(row.contacted_on) if row.contacted_on else _("Never")


def reach(row: Any, reading: Reading) -> str:
    """Nothing, for which the style sheet draws dots; of a customer that the reader has just claimed, who to call."""
    lines = reading.extra.get("reach", {}).get(row.pk)
    return two_lines(*lines) if lines else ""


def country(row: Any, reading: Reading) -> str:
    return format_html("{} {}", flag(row.country, False), countries.name(str(row.country))) if row.country else DASH


def words(names: list[str]) -> str:
    return format_html_join(" ", "<bdi class=badge>{}</bdi>", ((name,) for name in names)) if names else DASH


class Masked(Column):
    """Stands where contact data stand elsewhere; nothing of them is read, exported or sorted by."""

    def cell(self, row: Any, reading: Reading) -> str:
        return reach(row, reading)

    def export(self, row: Any, reading: Reading) -> str:
        return ""


class DimensionColumn(Annotated):
    """The values of one category dimension."""

    rank = 4
    is_default = False

    def __init__(self, dimension: Any) -> None:
        name = f"_category_{dimension.pk}"
        super().__init__(
            f"category_{dimension.key}",
            dimension.name,
            annotate=lambda rows: {name: masked.categories(dimension.pk)},
            plain=lambda row: ", ".join(getattr(row, name)),
        )


class PoolTable(Table):
    """Pooled customers: the columns that masked.py names, and what can be done with a row at its end."""

    columns = [
        CallColumn("name", gettext_lazy("Customer"), sort=masked.SORTS["name"], draw=named, rank=1, css="name"),
        CallColumn(
            "grade",
            gettext_lazy("Grade"),
            sort=masked.SORTS["grade"],
            draw=lambda row, reading: grade_square(row.grade),
            rank=1,
            css="side",
        ),
        CallColumn(
            "status",
            gettext_lazy("Status"),
            sort=masked.SORTS["status"],
            joins=("status",),
            draw=lambda row, reading: status_dot(row.status.shape, row.status.name),
            plain=lambda row: row.status.name,
            rank=1,
            css="meta",
        ),
        Masked("reach", gettext_lazy("Contact data"), css="masked"),
        Annotated(
            "why",
            gettext_lazy("Why it is here"),
            annotate=lambda rows: {"_why": masked.why()},
            draw=lambda row, reading: two_lines(*cause(row._why)),
            plain=lambda row: " · ".join(filter(None, cause(row._why))),
            rank=1,
            css="meta",
        ),
        CallColumn(
            "since",
            gettext_lazy("In the pool since"),
            sort=masked.SORTS["since"],
            draw=lambda row, reading: day_words(row.owned_since),
            plain=lambda row: row.owned_since,
        ),
        Annotated(
            "former",
            gettext_lazy("Held before by"),
            annotate=lambda rows: {"_former": masked.former()},
            draw=held,
            plain=lambda row: ", ".join(masked.holders(row._former)),
            rank=2,
        ),
        CallColumn(
            "contacted",
            gettext_lazy("Last contact"),
            sort=masked.SORTS["contacted"],
            draw=contacted,
            plain=lambda row: row.contacted_on,
            rank=2,
        ),
        CallColumn(
            "won",
            gettext_lazy("Won in all"),
            sort=masked.SORTS["won"],
            draw=lambda row, reading: base_money(row.won_total) if row.won_total else DASH,
            plain=lambda row: row.won_total,
            is_numeric=True,
        ),
        CallColumn(
            "orders",
            gettext_lazy("Orders"),
            sort=masked.SORTS["orders"],
            draw=lambda row, reading: f"{row.orders_count:,}" if row.orders_count else DASH,
            plain=lambda row: row.orders_count,
            is_numeric=True,
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "country",
            gettext_lazy("Country"),
            sort=masked.SORTS["country"],
            draw=country,
            plain=lambda row: str(row.country),
            is_default=False,
        ),
        CallColumn(
            "source",
            gettext_lazy("Source"),
            sort=masked.SORTS["source"],
            joins=("source",),
            plain=lambda row: row.source.name if row.source else "",
            is_default=False,
            rank=4,
        ),
        Annotated(
            "tags",
            gettext_lazy("Tags"),
            annotate=lambda rows: {"_tags": masked.tags()},
            draw=lambda row, reading: words(row._tags),
            plain=lambda row: ", ".join(row._tags),
            is_default=False,
            rank=4,
        ),
        CallColumn(
            "created",
            gettext_lazy("Created"),
            sort=masked.SORTS["created"],
            draw=lambda row, reading: day(row.created_at),
            plain=lambda row: row.created_at,
            is_default=False,
            rank=4,
        ),
    ]
    default_sort = "-since"

    def extra_columns(self) -> list[Column]:
        return [*map(DimensionColumn, self.reading.extra.get("dimensions", ()))]

    def cells(self, row: Any) -> SafeString:
        """The columns, and behind them what can be done; it is no column, for it is always there."""
        act = self.reading.extra.get("act")
        return super().cells(row) + (format_html("<td class=col-end>{}", act(row)) if act else SafeString())
