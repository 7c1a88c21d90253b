"""Which piece of a text shows that it holds what was looked for?"""

from __future__ import annotations

from collections.abc import Sequence

from core.highlight import places
from core.search import Document
from core.text import Term

BEFORE = 40
LONGEST = 160
# A long text is looked through in pieces: placing letters is slow. They overlap by more than a term is long.
PIECE, OVERLAP = 2000, 200


def excerpt(texts: Sequence[str], terms: Sequence[Term]) -> str:
    """At most LONGEST characters round the first place that fits one of the terms; '' where none does."""
    for text in texts:
        flat = " ".join(text.split())
        for start in range(0, len(flat), PIECE - OVERLAP):
            piece = flat[start : start + PIECE]
            if Document.of((), [piece]).has_any(terms) and (lit := places(piece, terms)):
                first = max(0, start + min(lit) - BEFORE)
                last = first + LONGEST
                return f"{'…' if first else ''}{flat[first:last]}{'…' if last < len(flat) else ''}"
    return ""


def beginning(texts: Sequence[str]) -> str:
    """The first words of what was said."""
    flat = " · ".join(" ".join(text.split()) for text in texts if text.strip())
    return flat if len(flat) <= LONGEST else f"{flat[:LONGEST]}…"
