"""By which number does a file that left this installation name a customer when it comes back?

The customer's id and six characters that only this installation can make for it: a number of another installation, a
mistyped or a guessed one names nobody.
"""

from __future__ import annotations

import re

from django.utils.crypto import constant_time_compare, salted_hmac

_WRITTEN = re.compile(r"([1-9][0-9]{0,17})-([0-9a-f]{6})")


def record_number(pk: int) -> str:
    """The number of the customer with this id, such as ``1234-5e0c1f``."""
    return f"{pk}-{salted_hmac('customers.record_numbers', str(pk)).hexdigest()[:6]}"


def customer_numbered(text: str) -> int | None:
    """The id that such a number names, whether one may see that customer or not; None for any other text."""
    found = _WRITTEN.fullmatch(text.strip().lower())
    return int(found[1]) if found and constant_time_compare(record_number(int(found[1])), found[0]) else None
