"""stand-in until core.importing.values lands"""

from datetime import date
from decimal import Decimal, InvalidOperation


def number_of(text):
    try:
        n = Decimal(text.replace(",", "").strip())
        return n if n.is_finite() else None
    except InvalidOperation:
        return None


def date_of(text, order):
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def yes_no_of(text):
    return {
        "yes": True,
        "no": False,
        "是": True,
        "否": False,
        "true": True,
        "false": False,
        "1": True,
        "0": False,
        "y": True,
        "n": False,
    }.get(text.strip().lower())


def date_order(values):
    return ""
