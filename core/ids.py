"""Which row does a text of a request name? Nonsense names none."""

from __future__ import annotations

from collections.abc import Iterable

# The most that the column of an id can hold.
BIGGEST_ID = 2**63 - 1
_DIGITS = len(str(BIGGEST_ID))


def id_of(text: str | None) -> int | None:
    """The id that a text is; None for anything that no row can have."""
    if not text or len(text) > _DIGITS or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if 0 < number <= BIGGEST_ID else None


def ids_of(texts: Iterable[str]) -> list[int]:
    """The ids among these texts, each once, in their order."""
    return list(dict.fromkeys(number for text in texts if (number := id_of(text))))
