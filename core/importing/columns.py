"""Which values does a line give each field? Columns divided, joined, replaced by what a person chose, constants."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..exporting.cells import unsafe_cell
from ..text import clean, is_cjk, squash
from .targets import Value

# A column of several fields is divided at the first of these; more than the fields take stays with the last one.
LAST_FIRST = "last_first"
SPLITS = {
    "slash": _("slash: A / B"),
    "comma": _("comma: A, B"),
    "semicolon": _("semicolon: A; B"),
    "bar": _("bar: A | B"),
    "dash": _("dash: A - B"),
    "bracket": _("bracket: A (B)"),
    "space": _("space: A B"),
    "line": _("new line"),
    LAST_FIRST: _("family name first: “Vogel, Karl” becomes “Karl Vogel”"),
}
_AT = {
    "slash": re.compile(r"[/／]"),
    "comma": re.compile(r"[,，、]"),
    "semicolon": re.compile(r"[;；]"),
    "bar": re.compile(r"[|｜]"),
    "dash": re.compile(r"\s+[-–—－]\s+"),
    "bracket": re.compile(r"[(（]"),
    "space": re.compile(r"\s+"),
    "line": re.compile(r"\n+"),
}
# What stands between the values of several columns that make one.
JOINS = {
    "space": _("a space, none in Chinese"),
    "comma": _("a comma"),
    "slash": _("a slash"),
    "line": _("a new line"),
}
_BETWEEN = {"comma": ", ", "slash": " / ", "line": "\n"}


def values_of(
    mapping: Sequence[Mapping[str, Any]], plan: Mapping[str, Any], cells: Sequence[str]
) -> dict[str, list[Value]]:
    """The filled values of a line by the field that they feed."""
    values: dict[str, list[Value]] = defaultdict(list)
    for column, (entry, cell) in enumerate(zip(mapping, cells, strict=False)):
        if cell and (entry["field"] or entry.get("split")) and (text := clean(unsafe_cell(cell), newlines=True)):
            dates, decimal = entry.get("dates", ""), entry.get("decimal", "")
            for key, part in _pieces(entry, text):
                values[key].append(Value(part, column, dates, decimal))
    for key, between in plan.get("joins", {}).items():
        if len(found := values.get(key, ())) > 1:
            values[key] = [_joined(found, between)]
    for key, text in plan.get("constants", {}).items():
        if not values.get(key):
            values[key] = [Value(text, None, "ymd")]
    return values


def fields_fed(entry: Mapping[str, Any]) -> list[str]:
    """The fields that a column feeds, in order."""
    split = entry.get("split")
    found = split["fields"] if split else [entry["field"]]
    return [key for key in found if key]


def divided(text: str, by: str, most: int) -> list[str]:
    """Divide a cell into at most ``most`` parts."""
    if by == LAST_FIRST:
        family, comma, given = text.replace("，", ",").partition(",")
        return [clean(f"{given} {family}") if comma else clean(text)]
    parts = _AT[by].split(text, most - 1)
    return [
        clean(part.rstrip(")）") if by == "bracket" and place else part, newlines=True)
        for place, part in enumerate(parts)
    ]


def _pieces(entry: Mapping[str, Any], text: str) -> list[tuple[str, str]]:
    if words := entry.get("values"):
        text = words.get(squash(text)) or text
    split = entry.get("split")
    if not split:
        return [(entry["field"], text)]
    fields = split["fields"]
    parts = zip(fields, divided(text, split["by"], len(fields)), strict=False)
    return [(key, part) for key, part in parts if key and part]


def _joined(found: Sequence[Value], between: str) -> Value:
    first = found[0]
    text = first.text
    for value in found[1:]:
        text += _BETWEEN.get(between, "" if is_cjk(text) and is_cjk(value.text) else " ") + value.text
    return Value(text, first.column, first.dates, first.decimal)
