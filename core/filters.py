"""How is a list narrowed? Filters with a public allowlist of names, shown as removable chips."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model, QuerySet
from django.forms import DateField, Select
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .paging import POSITION_WORDS
from .registries import Label
from .search import matching
from .text import clean
from .zones import FIRST_DAY, LAST_DAY

RANGE_ENDS = ("min", "max", "after", "before", "from", "to")
MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True)
class Chip:
    """An active filter: what it says, and the query string without it."""

    label: str
    text: str
    without: str


class SearchFilter(django_filters.CharFilter):
    """Any substring of the search document; see core.search."""

    def __init__(self, *, column: str = "search_text", **extra: Any) -> None:
        self.column = column
        super().__init__(label=extra.pop("label", gettext_lazy("Contains")), **extra)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        value = clean(value or "")
        return matching(qs, value, self.column) if value else qs


class YesNoFilter(django_filters.BooleanFilter):
    """Yes, no or either, as a plain select that works without JavaScript."""

    def __init__(self, *args: Any, **extra: Any) -> None:
        extra.setdefault(
            "widget",
            Select(choices=[("", gettext_lazy("Any")), ("true", gettext_lazy("Yes")), ("false", gettext_lazy("No"))]),
        )
        super().__init__(*args, **extra)


class Marked(django_filters.ChoiceFilter):
    """A mark that is asked for or not: ``name=1``."""

    def __init__(self, says: Any, **extra: Any) -> None:
        super().__init__(choices=[("1", says)], empty_label=gettext_lazy("Any"), **extra)


class _NamedEnds:
    """Each of a range's two boxes says to a screen reader which end it is; the sighted see one label and a dash."""

    @property
    def field(self) -> Any:
        field = super().field  # type: ignore[misc]  # a filter follows
        for widget, words in zip(field.widget.widgets, (_("%(label)s: from"), _("%(label)s: to")), strict=True):
            widget.attrs["aria-label"] = words % {"label": field.label}
        return field


class _DaysField(django_filters.fields.DateRangeField):
    """Two days that zones and sums of days can bear."""

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__(*args, **extra)
        for field in self.fields:
            field.validators += [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]


class DateRange(_NamedEnds, django_filters.DateFromToRangeFilter):
    """From one day to another, both included."""

    field_class = _DaysField

    def __init__(self, **extra: Any) -> None:
        widget = django_filters.widgets.DateRangeWidget(attrs={"type": "date", "class": "form-control"})
        super().__init__(widget=extra.pop("widget", widget), **extra)


class _EdgeDay(DateField):
    """A day, or a month as a link of a figure says it (2026-03): its first day, or its last."""

    def __init__(self, *, is_last: bool) -> None:
        self.is_last = is_last
        super().__init__(required=False, validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)])

    def to_python(self, value: Any) -> date | None:
        return super().to_python(whole_day(value, is_last=self.is_last))


def whole_day(value: Any, *, is_last: bool) -> Any:
    """A month as the text of its first or last day; anything else as it is."""
    if not isinstance(value, str) or not MONTH.fullmatch(value.strip()):
        return value
    year, month = map(int, value.strip().split("-"))
    if not (year and 1 <= month <= 12):
        return value
    return f"{year:04}-{month:02}-{monthrange(year, month)[1] if is_last else 1:02}"


class _EdgesWidget(django_filters.widgets.RangeWidget):
    """Two days; a month in the address shows as the day it stands for."""

    suffixes = ["from", "to"]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        if isinstance(value, (list, tuple)):
            value = [whole_day(one, is_last=place == 1) for place, one in enumerate(value)]
        return super().get_context(name, value, attrs)


class _EdgesField(django_filters.fields.RangeField):
    widget = _EdgesWidget

    def __init__(self, *args: Any, **extra: Any) -> None:
        super().__init__((_EdgeDay(is_last=False), _EdgeDay(is_last=True)), *args, **extra)


class DayRange(_NamedEnds, django_filters.RangeFilter):
    """A column of days, from one day or month to another, both included: ``name_from``, ``name_to``."""

    field_class = _EdgesField

    def __init__(self, **extra: Any) -> None:
        super().__init__(widget=_EdgesWidget(attrs={"type": "date", "class": "form-control"}), **extra)


class NumberRange(_NamedEnds, django_filters.RangeFilter):
    """From one number to another, both included."""

    def __init__(self, **extra: Any) -> None:
        widget = django_filters.widgets.RangeWidget(attrs={"type": "number", "class": "form-control", "step": "any"})
        super().__init__(widget=extra.pop("widget", widget), **extra)


class Filters(django_filters.FilterSet):
    """A FilterSet that knows its chips. Unknown words in the query are ignored, bad values are shown as errors."""

    base_filters: dict[str, django_filters.Filter]
    # Filters that stand open above the list; the others are in the panel.
    quick: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *args: Any, user: Any, whole: bool = False, **kwargs: Any) -> None:
        """``whole`` makes all filters, for the panel; a list makes only those that the query names: it is faster."""
        self.user = user
        self.whole = whole
        self.asked = set(data or ())
        self.base_filters = {name: one for name, one in type(self).base_filters.items() if self.takes_part(name)}
        super().__init__(data, *args, **kwargs)

    def takes_part(self, name: str) -> bool:
        """Is this filter needed on this page?"""
        return (
            self.whole
            or name in self.quick
            or not self.asked.isdisjoint((name, *(f"{name}_{end}" for end in RANGE_ENDS)))
        )

    def chips(self) -> list[Chip]:
        """The active filters in the order of the form."""
        if not self.is_bound:
            return []
        self.form.is_valid()
        return [
            Chip(str(self._label(name)), text, self._without(name))
            for name in self.filters
            if (text := self._said(name))
        ]

    def _label(self, name: str) -> Label:
        return self.form.fields[name].label or name

    def _said(self, name: str) -> str:
        value = self.form.cleaned_data.get(name)
        if value in (None, "", [], ()):
            return ""
        if isinstance(value, slice):
            return self._range(value)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        words = [self._word(name, one) for one in value] if _is_many(value) else [self._word(name, value)]
        return ", ".join(words) if len(words) <= 3 else str(len(words))

    def _word(self, name: str, value: Any) -> str:
        if isinstance(value, Model):
            return str(value)
        choices = {str(key): label for key, label in _flat(getattr(self.form.fields[name], "choices", ()))}
        return str(choices.get(str(value), value))

    def _range(self, value: slice) -> str:
        ends = [
            "" if end is None else date_format(end, "SHORT_DATE_FORMAT") if hasattr(end, "year") else f"{end:,}"
            for end in (value.start, value.stop)
        ]
        return f"{ends[0] or '…'} – {ends[1] or '…'}" if any(ends) else ""

    def _without(self, name: str) -> str:
        query: QueryDict = self.data.copy()
        words = (name, *POSITION_WORDS, *(f"{name}_{end}" for end in RANGE_ENDS))
        for word in words:
            query.pop(word, None)
        query["m"] = "1"
        return "?" + query.urlencode()


def _is_many(value: Any) -> bool:
    return isinstance(value, (QuerySet, list, tuple))


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for key, label in choices:
        found += _flat(label) if isinstance(label, (list, tuple)) else [(key, label)]
    return found
