"""What does a cell give to a field of the admins' own?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from ..custom_fields import check_link, parse_choice
from ..models import CustomField
from ..text import clean
from .targets import Value
from .values import date_of, money_of, number_of, split_choices, yes_no_of

_LARGEST = Decimal(10) ** 15


def own_value(definition: CustomField, value: Value) -> tuple[Any, str]:
    """(what is stored, None for nothing; code of core.importing.words for what cannot be understood, else '')."""
    kind, text = definition.kind, clean(value.text)
    try:
        match kind:
            case CustomField.Kind.NUMBER | CustomField.Kind.MONEY:
                return _number(definition, value)
            case CustomField.Kind.DATE:
                found = date_of(text, value.dates)
                return (found.isoformat(), "") if found else (None, "date")
            case CustomField.Kind.CHOICE:
                return parse_choice(definition, text), ""
            case CustomField.Kind.MULTI_CHOICE:
                words = split_choices(text, _names(definition))
                return list(dict.fromkeys(parse_choice(definition, word) for word in words)), ""
            case CustomField.Kind.YES_NO:
                answer = yes_no_of(value.text)
                return answer, "" if answer is not None else "yes_no"
            case CustomField.Kind.LINK:
                return check_link(text), ""
    except ValidationError:
        return None, "link" if kind == CustomField.Kind.LINK else "option"
    return text[:500], ""


def _number(definition: CustomField, value: Value) -> tuple[Any, str]:
    text = clean(value.text)
    number = number_of(text, value.decimal)
    if definition.currency:  # money of another currency is no answer
        money = money_of(text, definition.currency, value.decimal)
        is_same = money.amount is not None and money.currency in ("", definition.currency)
        number = money.amount.quantize(Decimal("0.01")) if money.amount is not None and is_same else None
    if number is None or abs(number) > _LARGEST:
        return None, "number"
    return int(number) if number == number.to_integral_value() else float(number), ""


def _names(definition: CustomField) -> list[str]:
    return [str(option.get(name)) for option in definition.options for name in ("key", "en", "zh") if option.get(name)]
