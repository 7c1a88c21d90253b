"""Where in a name or number does what somebody typed stand? Accents, scripts and pinyin initials notwithstanding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .text import Term, pinyin_initials, spelled_german, squash


def marked(text: str, terms: Sequence[Term]) -> SafeString:
    """The text escaped, with <mark> round what fits one of the terms."""
    lit = places(text, terms)
    pieces = groupby(enumerate(text), key=lambda pair: pair[0] in lit)
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", piece) if is_lit else piece,) for is_lit, piece in _joined(pieces)),
    )


def places(text: str, terms: Sequence[Term]) -> set[int]:
    """The indices of the characters that fit a term, by the first spelling of the text in which it stands."""
    lit: set[int] = set()
    for term in terms:
        for spell in (squash, _german, _initial):
            found = {place for word in term.spellings for place in _places(text, word, spell)}
            if found:
                lit |= found
                break
    return lit


def _joined(pieces: Iterable[tuple[bool, Iterable[tuple[int, str]]]]) -> Iterable[tuple[bool, str]]:
    for is_lit, piece in pieces:
        yield is_lit, "".join(char for _place, char in piece)


def _places(text: str, word: str, spell: Callable[[str], str]) -> Iterable[int]:
    """Which characters of ``text`` make ``word``, each spelled by itself."""
    spelled, origin = "", []
    for place, char in enumerate(text):
        part = spell(char)
        spelled += part
        origin += [place] * len(part)
    start = spelled.find(word)
    while start >= 0:
        first, last = origin[start], origin[start + len(word) - 1]
        yield from range(first, last + 1)
        start = spelled.find(word, start + len(word))


def _german(char: str) -> str:
    return spelled_german(char) or squash(char)


def _initial(char: str) -> str:
    return pinyin_initials(char) or squash(char)
