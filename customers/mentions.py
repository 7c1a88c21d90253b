"""Whom does a note name with an @?"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator

from core.text import CJK

# “@alice” at a beginning, or after anything but the letters of an e-mail address; Chinese sets no blanks: “请@alice看”.
MENTION = re.compile(rf"(?<![^\W{CJK}])(?<![.@/+-])([@＠])([\w.+-]{{1,60}})")
# Where a user name may end: before punctuation, and between Chinese characters and around them.
NAME_END = re.compile(rf"(?=[{CJK}.+-])|(?<=[{CJK}])|$")


def candidates(body: str) -> Iterator[list[str]]:
    """For each @ of a text what may be the name behind it, the longest first."""
    return (_spellings(found[2]) for found in MENTION.finditer(body))


def mark(text: str, names: Container[str], draw: Callable[[str], str]) -> str:
    """The text with each @ that names one of ``names`` (user names, in small letters) drawn anew."""

    def drawn(found: re.Match[str]) -> str:
        meant = next((name for name in _spellings(found[2]) if name.lower() in names), None)
        return draw(found[1] + meant) + found[2][len(meant) :] if meant else found[0]

    return MENTION.sub(drawn, text)


def _spellings(word: str) -> list[str]:
    return [word[: end.start()] for end in NAME_END.finditer(word) if end.start()][::-1]
