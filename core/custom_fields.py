"""How does a field that an admin defined take part everywhere: form, cell, column, filter, import, export?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import DecimalField, Field, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from .filters import DateRange, NumberRange, YesNoFilter
from .models import CustomField
from .tables import Column, Reading

PREFIX = "custom_"
LARGEST = Decimal(10) ** 15

Kind = CustomField.Kind


def fields_of(target: str) -> list[CustomField]:
    """The fields in use for one kind of record, in order. One query."""
    return list(CustomField.objects.filter(target=target, is_active=True))


# --- forms ----------------------------------------------------------------------------------------


def form_field(definition: CustomField) -> forms.Field:
    """The form field for a definition; its cleaned value goes through ``stored``."""
    common: dict[str, Any] = {
        "label": definition.name,
        "required": definition.is_required,
        "help_text": definition.help_text,
    }
    match definition.kind:
        case Kind.NUMBER | Kind.MONEY:
            if definition.kind == Kind.MONEY:
                common["label"] = f"{definition.name} ({definition.currency})"
            return forms.DecimalField(max_value=LARGEST, min_value=-LARGEST, decimal_places=4, localize=False, **common)
        case Kind.DATE:
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
        case Kind.CHOICE:
            return forms.ChoiceField(choices=[("", "—"), *definition.choices], **common)
        case Kind.MULTI_CHOICE:
            widget = forms.SelectMultiple(attrs={"data-enhance": "1"})
            return forms.MultipleChoiceField(choices=definition.choices, widget=widget, **common)
        case Kind.YES_NO:
            return forms.NullBooleanField(widget=YesNoSelect(), **common)
        case Kind.LINK:
            return forms.URLField(assume_scheme="https", max_length=500, **common)
    return forms.CharField(max_length=500, **common)


class YesNoSelect(forms.NullBooleanSelect):
    """Yes, no or nothing said; Django's own, which knows how True and False stand in a form."""

    def __init__(self) -> None:
        super().__init__()
        self.choices = [("unknown", "—"), ("true", _("Yes")), ("false", _("No"))]


def stored(definition: CustomField, value: Any) -> Any:
    """Turn a cleaned form value into what stands in the JSONB; None where it is empty."""
    if value in (None, "", []):
        return None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def merged(definitions: list[CustomField], old: dict[str, Any], cleaned: dict[str, Any]) -> dict[str, Any]:
    """The new ``custom`` value of a record: what the form held, and untouched what it did not show."""
    new = dict(old)
    for definition in definitions:
        name = PREFIX + definition.key
        if name in cleaned:
            value = stored(definition, cleaned[name])
            if value is None:
                new.pop(definition.key, None)
            else:
                new[definition.key] = value
    return new


# --- cells and columns ------------------------------------------------------------------------------


def shown(definition: CustomField, value: Any) -> str:
    """The value in the reader's language; '' where there is none."""
    if value in (None, "", []):
        return ""
    match definition.kind:
        case Kind.NUMBER:
            return number_format(value, use_l10n=True, force_grouping=True)
        case Kind.MONEY:
            return f"{definition.currency} {number_format(value, _places(value), use_l10n=True, force_grouping=True)}"
        case Kind.DATE:
            return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
        case Kind.CHOICE:
            return dict(definition.choices).get(value, value)
        case Kind.MULTI_CHOICE:
            return ", ".join(dict(definition.choices).get(key, key) for key in value)
        case Kind.YES_NO:
            return _("Yes") if value else _("No")
    return str(value)


def _places(amount: float) -> int:
    """Decimals of an amount: none where it is whole, else cents at least."""
    exact = Decimal(str(amount))
    return 0 if exact == exact.to_integral_value() else max(2, -int(exact.as_tuple().exponent))


def cell(definition: CustomField, value: Any) -> str:
    if definition.kind == Kind.LINK and value:
        return format_html('<a href="{0}" rel="noopener noreferrer" target="_blank">{0}</a>', value)
    return format_html("{}", shown(definition, value) or "—")


class CustomColumn(Column):
    """A custom field as a column of a list."""

    rank = 4
    is_default = False

    def __init__(self, definition: CustomField) -> None:
        self.definition = definition
        numeric = definition.kind in (Kind.NUMBER, Kind.MONEY)
        super().__init__(PREFIX + definition.key, definition.name, is_numeric=numeric, sort=sort_key(definition))

    def value(self, row: Any) -> Any:
        return row.custom.get(self.definition.key)

    def cell(self, row: Any, reading: Reading) -> str:
        return cell(self.definition, self.value(row))

    def export(self, row: Any, reading: Reading) -> Any:
        value = self.value(row)
        return shown(self.definition, value) if isinstance(value, (list, bool)) else value


def sort_key(definition: CustomField) -> Combinable:
    """A non-null expression to sort by; empty values stand last when ascending numbers, first for text."""
    text = KeyTextTransform(definition.key, "custom")
    if definition.kind in (Kind.NUMBER, Kind.MONEY):
        number = DecimalField(max_digits=24, decimal_places=4)
        return Coalesce(Cast(text, number), Value(-LARGEST * 10, number))
    return Coalesce(Cast(text, TextField()), Value(""), output_field=TextField())


# --- filters ----------------------------------------------------------------------------------------


def filters_for(definition: CustomField) -> django_filters.Filter:
    """The filter for a definition, under the public name ``custom_<key>``."""
    key, label = definition.key, definition.name
    match definition.kind:
        case Kind.NUMBER | Kind.MONEY:
            return NumberRange(label=label, method=partial(_between_numbers, key))
        case Kind.DATE:
            return DateRange(label=label, method=partial(_between_days, key))
        case Kind.CHOICE | Kind.MULTI_CHOICE:
            return django_filters.MultipleChoiceFilter(
                label=label,
                method=partial(_any_of, key, definition.kind == Kind.MULTI_CHOICE),
                choices=definition.choices,
                widget=forms.SelectMultiple(attrs={"data-enhance": "1"}),
            )
        case Kind.YES_NO:
            return YesNoFilter(label=label, method=partial(_equal, key))
    return django_filters.CharFilter(label=label, method=partial(_containing, key))


def _equal(key: str, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
    return queryset.filter(custom__contains={key: value}) if value not in (None, "") else queryset


def _containing(key: str, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
    return queryset.filter(**{f"custom__{key}__icontains": value}) if value else queryset


def _any_of(key: str, is_list: bool, queryset: QuerySet[Any], name: str, values: list[str]) -> QuerySet[Any]:
    wanted = Q()
    for value in values:
        wanted |= Q(custom__contains={key: [value] if is_list else value})
    return queryset.filter(wanted) if values else queryset


def _between_numbers(key: str, queryset: QuerySet[Any], name: str, value: slice | None) -> QuerySet[Any]:
    if value is None:
        return queryset
    return _between(key, queryset, DecimalField(max_digits=24, decimal_places=4), value.start, value.stop)


def _between_days(key: str, queryset: QuerySet[Any], name: str, value: slice | None) -> QuerySet[Any]:
    if value is None:
        return queryset
    first, last = (end.date() if hasattr(end, "date") else end for end in (value.start, value.stop))
    return _between(key, queryset, TextField(), first and first.isoformat(), last and last.isoformat())


def _between(key: str, queryset: QuerySet[Any], output: Field, first: Any, last: Any) -> QuerySet[Any]:
    alias = f"_{PREFIX}{key}"
    queryset = queryset.alias(**{alias: Cast(KeyTextTransform(key, "custom"), output)})
    for lookup, end in (("gte", first), ("lte", last)):
        if end is not None:
            queryset = queryset.filter(**{f"{alias}__{lookup}": end})
    return queryset


# --- import -----------------------------------------------------------------------------------------


def parse_choice(definition: CustomField, text: str) -> str:
    """The key of the option that ``text`` names by key or by either label; ValidationError else."""
    wanted = text.strip().casefold()
    for option in definition.options:
        if wanted in {str(option.get(name, "")).casefold() for name in ("key", "en", "zh")}:
            return option["key"]
    known = ", ".join(label for _key, label in definition.choices)
    raise ValidationError(_("“%(text)s” is none of the options: %(known)s.") % {"text": text, "known": known})


def check_link(text: str) -> str:
    """The link with its scheme; ValidationError where it is none. Only http and https."""
    link = text if "://" in text else f"https://{text}"
    URLValidator(schemes=["http", "https"])(link)
    return link
