"""Which words does a field take that knows only some, in the reader's language, and is a text among them?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django_countries import countries

from core.countries import country_of
from core.currencies import currency_of
from core.importing.targets import Choices
from core.models import CustomField
from core.text import squash

from ..models import Customer
from ..models.contact import Channel
from ..models.customer import Incoterm
from .fields import CATEGORY
from .reading import Reader, Words, incoterm_of, size_of


def choices_of(key: str, reader: Reader) -> Choices | None:
    """The choices of a field; None where it takes any text."""
    if key.startswith(CATEGORY):
        found = reader.dimensions.get(key.removeprefix(CATEGORY))
        return _of_words(found[1]) if found else None
    if key in reader.custom:
        return _of_custom(reader.custom[key])
    make = _MAKERS.get(key)
    return make(reader) if make else None


def _owners(reader: Reader) -> Choices:
    names = sorted({str(person) for person in reader.owners.values()})
    return Choices(names, lambda text: reader.owners.get(squash(text)))


def _of_words(words: Words) -> Choices:
    return Choices(list(dict.fromkeys(row.name for row in words.by_word.values())), words.get)


def _of_pairs(pairs: Sequence[tuple[str, Any]]) -> Choices:
    known = {squash(str(word)) for pair in pairs for word in pair}
    return Choices([str(label) for _stored, label in pairs], lambda text: squash(text) in known)


def _of_custom(definition: CustomField) -> Choices | None:
    if not definition.needs_options:
        return None
    words = (option.get(name) for option in definition.options for name in ("key", "en", "zh"))
    known = {squash(str(word)) for word in words if word}
    return Choices([label for _key, label in definition.choices], lambda text: squash(text) in known)


_MAKERS: dict[str, Callable[[Reader], Choices]] = {
    "country": lambda reader: Choices([name for _code, name in countries], country_of),
    "status": lambda reader: _of_words(reader.statuses),
    "source": lambda reader: _of_words(reader.sources),
    "owner": _owners,
    "size": lambda reader: Choices([str(label) for label in Customer.Size.labels], size_of),
    "currency": lambda reader: Choices([], currency_of),
    "incoterm": lambda reader: Choices(Incoterm.values, incoterm_of),
    "kind": lambda reader: _of_pairs(Customer.Kind.choices),
    "contact.preferred_channel": lambda reader: _of_pairs(Channel.choices),
}
