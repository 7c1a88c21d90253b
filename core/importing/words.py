"""In which words are the reasons told that every target has: empty, ragged, no number, no date?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import ImportRun

COMMON = {
    "empty": gettext_lazy("“%(field)s” is empty."),
    "long": gettext_lazy("This line has more cells than the table has columns: look for a stray separator."),
    "short": gettext_lazy("This line has fewer cells than the table has columns."),
    "number": gettext_lazy("%(column)s: “%(value)s” is no number that fits here."),
    "date": gettext_lazy("%(column)s: “%(value)s” is no date."),
    "yes_no": gettext_lazy("%(column)s: “%(value)s” is neither yes nor no."),
    "option": gettext_lazy("%(column)s: “%(value)s” is none of the options."),
    "link": gettext_lazy("%(column)s: “%(value)s” is no link."),
    "unknown": gettext_lazy("%(column)s: “%(value)s” is not known; kept in the remarks."),
    "cut": gettext_lazy("%(field)s: longer than %(limit)s characters, the rest is left out."),
}


def column_name(run: ImportRun, column: int | None) -> str:
    """The file's own name of a column, or its number from 1."""
    if column is None:
        return ""
    name = run.headers[column] if column < len(run.headers) else ""
    return name or _("Column %(number)s") % {"number": column + 1}


def say_common(reason: Mapping[str, Any], run: ImportRun, labels: Mapping[str, str]) -> str:
    """The words of a reason that the engine or any target gives."""
    about = reason.get("about", {})
    field = about.get("field", "")
    values = about | {
        "value": reason.get("value", ""),
        "column": column_name(run, reason.get("column")),
        "field": labels.get(field, field),
    }
    return str(COMMON.get(reason["code"], reason["code"])) % values
