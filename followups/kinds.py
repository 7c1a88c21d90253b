"""What kinds of things are there to do? A key, a word and an icon each; a new one is one line, no migration."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from core.registries import Label


@dataclass(frozen=True)
class Kind:
    label: Label
    icon: str


KINDS: dict[str, Kind] = {
    "call": Kind(pgettext_lazy("task", "Call"), "phone"),
    "mail": Kind(pgettext_lazy("task", "Mail"), "mail"),
    "message": Kind(pgettext_lazy("task", "Message"), "message"),
    "meeting": Kind(pgettext_lazy("task", "Meeting"), "users"),
    "visit": Kind(pgettext_lazy("task", "Visit"), "building"),
    "quote": Kind(pgettext_lazy("task", "Quotation"), "file-text"),
    "sample": Kind(pgettext_lazy("task", "Sample"), "box"),
    "other": Kind(pgettext_lazy("task", "Other"), "square-check"),
}
OTHER = KINDS["other"]


def kind_of(key: str) -> Kind:
    """The kind of a task; “other” for one that was taken out."""
    return KINDS.get(key, OTHER)


def choices() -> list[tuple[str, Label]]:
    return [(key, kind.label) for key, kind in KINDS.items()]
