"""Which column means what? Suggested from headers in any language and from contents, checked before use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation

from ..text import squash
from .columns import fields_fed
from .targets import Field

IGNORED = ""
# A column's content decides only where this many of its samples agree.
CONTENT_SHARE = 0.7


def suggest(fields: Sequence[Field], headers: Sequence[str], samples: Sequence[Sequence[str]]) -> list[str]:
    """Propose a field key for each column, '' where none fits; what one column may feed is proposed once.

    Headers speak first, in order of how well they fit; contents speak for columns that are still free.
    """
    plan = _Plan(fields, headers, samples)
    plan.hear_headers(_is_word)
    plan.hear_parts()
    plan.hear_headers(_ends_with_word)
    plan.look_at_contents()
    if not any(plan.names):
        plan.place_required()
    return [plan.chosen.get(column, IGNORED) for column in range(len(samples))]


class _Plan:
    """Which columns have their field, and which fields still want a column?"""

    def __init__(self, fields: Sequence[Field], headers: Sequence[str], samples: Sequence[Sequence[str]]) -> None:
        self.chosen: dict[int, str] = {}
        self.free = {field.key: field for field in fields}
        self.words = {field.key: _words(field) for field in fields}
        self.names = [squash(header) for header in headers]
        self.samples = samples

    def choose(self, column: int, field: Field) -> None:
        self.chosen[column] = field.key
        if not field.is_many:
            self.free.pop(field.key, None)

    def hear_headers(self, fits: Callable[[str, set[str]], str]) -> None:
        for column, name in enumerate(self.names):
            if name and column not in self.chosen:
                found = [(len(w), field) for field in self.free.values() if (w := fits(name, self.words[field.key]))]
                if found:
                    self.choose(column, max(found, key=lambda pair: pair[0])[1])

    def hear_parts(self) -> None:
        """First and last name make the name, unless it has a column of its own."""
        for field in [field for field in self.free.values() if field.parts]:
            words = {squash(word) for word in field.parts}
            for column, name in enumerate(self.names):
                if name in words and column not in self.chosen:
                    self.choose(column, field)

    def look_at_contents(self) -> None:
        for column, values in enumerate(self.samples):
            told = [value for value in values if value.strip()]
            has_name = column < len(self.names) and self.names[column]
            if column in self.chosen or has_name or not told:
                continue
            field = next((field for field in self.free.values() if field.looks and field.looks(told)), None)
            if field is not None:
                self.choose(column, field)

    def place_required(self) -> None:
        """What must be there, such as the company's name, goes to the first column of words."""
        for field in [field for field in self.free.values() if field.is_required]:
            for column, values in enumerate(self.samples):
                if column not in self.chosen and any(any(map(str.isalpha, value)) for value in values):
                    self.choose(column, field)
                    break


def _is_word(name: str, words: set[str]) -> str:
    return name if name in words else ""


def _ends_with_word(name: str, words: set[str]) -> str:
    """The longest word of the field that begins or ends the header: “Kunde: Firmenname”, “客户邮箱地址”."""
    fitting = [word for word in words if len(word) >= (2 if not word.isascii() else 5) and _at_an_end(name, word)]
    return max(fitting, key=len, default="")


def _words(field: Field) -> set[str]:
    """What a field is called, folded; its label in every language, for a file may come from a reader of another."""
    labels = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            labels.add(str(field.label))
    return {squash(word) for word in (*labels, *field.words)}


def _at_an_end(name: str, word: str) -> bool:
    return name.endswith(word) or name.startswith(word)


def problems(
    fields: Sequence[Field], mapping: Sequence[Mapping[str, Any]], plan: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """(code, field key) of what keeps a mapping from use: ``missing``, ``twice``, ``unknown``, ``dates``."""
    known = {field.key: field for field in fields}
    used = [key for entry in mapping for key in fields_fed(entry)]
    constants = plan.get("constants", {})
    found: list[tuple[str, str]] = []
    found += [("unknown", key) for key in (*used, *constants) if key not in known]
    found += [
        ("missing", field.key)
        for field in fields
        if field.is_required and field.key not in used and field.key not in constants
    ]
    found += [
        ("twice", field.key) for field in fields if not (field.is_many or field.is_joined) and used.count(field.key) > 1
    ]
    found += [
        ("dates", key)
        for entry in mapping
        for key in fields_fed(entry)
        if key in known and known[key].is_date and not entry.get("dates")
    ]
    return found


def share(values: Sequence[str], fits: Any) -> bool:
    """Do enough of the values fit for a column to be known by them?"""
    return bool(values) and sum(bool(fits(value)) for value in values) >= CONTENT_SHARE * len(values)
