"""How do templates show why something was found?"""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString

from ..highlight import marked as mark_text
from ..text import Term

register = template.Library()


@register.filter
def marked(text: object, terms: Sequence[Term]) -> SafeString:
    """The text escaped, with <mark> round what was searched for."""
    return mark_text(str(text), terms)
