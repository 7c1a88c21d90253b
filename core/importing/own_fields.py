"""How does an admin give records a new field for a column that has none?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from ..exceptions import DomainError, NotAllowed
from ..models import CustomField
from ..text import fold, is_cjk, pinyin_initials
from .targets import Target

if TYPE_CHECKING:
    from accounts.models import User

# Kinds that a column can be made of without further questions; options of a choice are the column's own values.
KINDS = tuple(kind for kind in CustomField.Kind if kind != CustomField.Kind.MONEY)
MOST_OPTIONS = 50


@dataclass(frozen=True)
class NewField:
    """A field to be made for a column: of which record ("app.model"), its name and kind, options of a choice."""

    column: int
    record: str
    name: str
    kind: str
    options: Sequence[str] = ()


def make_field(new: NewField, target: Target, by: User) -> str:
    """Make it and return the key by which columns are mapped to it; one of the same name and kind is taken as it is.

    Raises NotAllowed, DomainError.
    """
    if not by.is_admin or new.record not in target.own_fields:
        raise NotAllowed
    prefix = target.own_fields[new.record][1]
    there = list(CustomField.objects.filter(target=new.record))
    same = next((one for one in there if new.name in (one.name_en, one.name_zh) and one.kind == new.kind), None)
    if same is not None and same.is_active:
        return f"{prefix}{same.key}"
    name: dict[str, Any] = {"name_zh" if is_cjk(new.name) else "name_en": new.name[:120]}
    field = CustomField(
        target=new.record, key=_free(_key(new.name, "field"), {one.key for one in there}), kind=new.kind, **name
    )
    if field.needs_options:
        field.options = _options(new.options)
    try:
        field.full_clean()
    except ValidationError as error:
        raise DomainError(" ".join(error.messages)) from error
    field.save()
    return f"{prefix}{field.key}"


def _options(words: Sequence[str]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    taken: set[str] = set()
    for word in list(words)[:MOST_OPTIONS]:
        key = _free(_key(word, "option"), taken)
        taken.add(key)
        found.append({"key": key, "zh" if is_cjk(word) else "en": word[:120]})
    return found


def _key(name: str, otherwise: str) -> str:
    """A key of lower-case letters, digits and underscores that recalls the name."""
    plain = pinyin_initials(name) or fold(name)
    key = re.sub(r"[^a-z0-9]+", "_", plain.lower().encode("ascii", "ignore").decode()).strip("_")[:36]
    return key if key[:1].isalpha() else f"{otherwise}_{key}".rstrip("_")[:36]


def _free(key: str, taken: set[str]) -> str:
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key}_{number}"
    return free
