"""Which words in braces does a text template know, and what do they become?

A fixed list, replaced one by one: text that people type never reaches ``str.format``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

PLACEHOLDERS = {
    "contact": _("the contact's name"),
    "company": _("the customer's name"),
    "city": _("the customer's city"),
    "me": _("my name"),
    "my_email": _("my e-mail"),
    "product": _("a word that is asked for when the text is used"),
}
_WORD = re.compile(r"\{+\s*([^{}\n]{0,40}?)\s*\}+")


def unknown_in(text: str) -> list[str]:
    """Return the words in braces that nobody knows, in their order."""
    return [word for word in dict.fromkeys(_WORD.findall(text)) if word not in PLACEHOLDERS]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with each known word replaced once; what has no value stays, so that its gap is seen."""
    return _WORD.sub(lambda found: values.get(found[1]) or found[0], text)
