"""What do columns say that feed the firm's own fields?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.custom_fields import check_link, fields_of, parse_choice
from core.importing.targets import Choices, Field, Value
from core.importing.values import date_of, money_of, number_of, split_choices, yes_no_of
from core.models import CustomField
from core.text import clean, squash

from .cells import LARGEST, Cells

CUSTOM = "custom:"
OWN = _("Your own fields")
Kind = CustomField.Kind
# By which code a row is told that a value does not fit.
_CODES = {Kind.NUMBER: "number", Kind.MONEY: "number", Kind.DATE: "date", Kind.YES_NO: "yes_no", Kind.LINK: "link"}


def fields_of_record(record: str) -> list[Field]:
    """A field for each own field in use of a record ("app.model"). One statement."""
    return [
        Field(
            f"{CUSTOM}{one.key}",
            one.name,
            OWN,
            tuple(filter(None, (one.key, one.name_en, one.name_zh))),
            is_date=one.kind == Kind.DATE,
            is_number=one.kind in (Kind.NUMBER, Kind.MONEY),
            is_joined=one.kind == Kind.TEXT,
        )
        for one in fields_of(record)
    ]


def own_choices(record: str, key: str) -> Choices | None:
    """The options of an own field that has some."""
    one = next((one for one in fields_of(record) if f"{CUSTOM}{one.key}" == key), None)
    if one is None or not one.needs_options:
        return None
    known = {squash(word) for word in _names(one)}
    return Choices([label for _key, label in one.choices], lambda text: squash(text) in known)


def read_own(cells: Cells, definitions: Sequence[CustomField]) -> dict[str, Any]:
    """What a line says of the own fields, as they are stored; what does not fit keeps the line out."""
    found = {}
    for one in definitions:
        value = cells.one(f"{CUSTOM}{one.key}")
        if value is None:
            continue
        try:
            stored = _READERS.get(one.kind, _text)(one, value)
        except ValidationError:
            stored = None
        if stored is None:
            cells.wrong(_CODES.get(Kind(one.kind), "option"), value)
        else:
            found[one.key] = stored
    return found


def _number(one: CustomField, value: Value) -> int | float | None:
    number = number_of(value.text, value.decimal)
    return _plain(number)


def _money(one: CustomField, value: Value) -> int | float | None:
    """An amount of the field's currency, or of none that is named."""
    money = money_of(value.text, one.currency, value.decimal)
    return None if money.currency and one.currency and money.currency != one.currency else _plain(money.amount)


def _plain(number: Decimal | None) -> int | float | None:
    if number is None or abs(number) >= LARGEST:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _day(one: CustomField, value: Value) -> str | None:
    found = date_of(value.text, value.dates)
    return found.isoformat() if found else None


def _several(one: CustomField, value: Value) -> list[str]:
    words = split_choices(value.text, _names(one))
    return list(dict.fromkeys(parse_choice(one, word) for word in words))


def _text(one: CustomField, value: Value) -> str:
    return clean(value.text)[:500]


def _names(one: CustomField) -> list[str]:
    words = (option.get(name) for option in one.options for name in ("key", "en", "zh"))
    return [str(word) for word in words if word]


_READERS: Mapping[str, Any] = {
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _day,
    Kind.CHOICE: lambda one, value: parse_choice(one, clean(value.text)),
    Kind.MULTI_CHOICE: _several,
    Kind.YES_NO: lambda one, value: yes_no_of(value.text),
    Kind.LINK: lambda one, value: check_link(clean(value.text)),
}
