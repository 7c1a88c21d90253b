"""How is said, beside a due time, what time it is then at the customer's and whether anybody works?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html

from ..there import moment_there

register = template.Library()


@register.simple_tag
def there(customer: Any, moment: date | None) -> str:
    """A moment (aware) or a day at a customer's: “23:40 there · …”, amber where it is a bad one; '' for no place."""
    found = moment_there(customer, moment) if customer and moment else None
    if found is None or not found.words:
        return ""
    return format_html('<span class="there{}">{}</span>', " text-warn" if found.is_bad else " text-3", found.words)
