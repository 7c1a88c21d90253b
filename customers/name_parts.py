"""What in a company's name is its own, and what only says trade, place or number?"""

import re
from dataclasses import dataclass
from functools import lru_cache

from core.latin import to_latin
from core.text import CJK, is_cjk

from .company_names import ABBREVIATIONS, DIGRAPHS
from .legal_forms import canonical_form
from .places import LATIN_PLACES, split_place
from .trade_words import JOINING, meaning_of, split_cjk

# A trade word weighs less than a third of a word of one's own: three of them do not outweigh it.
SHARED_WEIGHT = 0.3

_RUNS = re.compile(f"[{CJK}]+|[^{CJK}\\s]+")
_INITIALS = re.compile(r"\b[a-z](?: [a-z])+\b")  # "a b c" is one word, in that order
_DIGITS = re.compile(r"\d+")
_ORDINALS = dict(
    re.findall(
        r"(\w+):(\d+)",
        "one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 first:1 second:2 third:3 fourth:4 "
        "fifth:5 sixth:6 seventh:7 eighth:8 ninth:9 tenth:10 1st:1 2nd:2 3rd:3 4th:4 5th:5 6th:6 7th:7 8th:8 9th:9 "
        "10th:10 ii:2 iii:3 iv:4 vi:6 vii:7 viii:8 ix:9",
    )
)


@dataclass(frozen=True, slots=True)
class NameParts:
    """A folded name without legal form, taken apart.

    `own` are the words that tell it from others (all of them where it has no such), `shared` the meanings of trade
    words and places, `numbers` the words that are numbers, `digits` those inside of words too; `text` is everything
    without spaces, and `weights` what each character of it weighs; `initials` the first letters of its words; `latin`
    the same in Latin letters where it is in others.
    """

    text: str
    weights: tuple[float, ...]
    own: tuple[str, ...]
    shared: frozenset[str]
    numbers: tuple[str, ...]
    digits: tuple[str, ...]
    initials: str
    latin: "NameParts | None" = None


@lru_cache(maxsize=32768)
def name_parts(core: str) -> NameParts:
    """Take the core of a CompanyName apart; cached, for a name is compared with many."""
    words = _words(core)
    latin = None
    if not core.isascii():
        latin = _build([(to_latin(word) if meaning is None else to_latin(meaning), meaning) for word, meaning in words])
    return _build(words, latin)


def _words(core: str) -> list[tuple[str, str | None]]:
    """Words with their meanings: None for a word of one's own, "" for one that joins."""
    tokens = _INITIALS.sub(lambda match: match[0].replace(" ", ""), core).split()
    words: list[tuple[str, str | None]] = []
    if core.isascii() and (place := split_place(core)[0]):
        words, tokens = [(place, place)], tokens[1:]
    index = 0
    while index < len(tokens):
        # Phrases of two and three words ("hong kong", "xuat nhap khau") before single ones.
        for length in (3, 2, 1):
            phrase = " ".join(tokens[index : index + length])
            if length == 1 or (index + length <= len(tokens) and meaning_of(phrase) is not None):
                break
        index += length
        for run in _RUNS.findall(phrase) if is_cjk(phrase) else [phrase]:
            words += split_cjk(run) if is_cjk(run) else [(run, run if run in LATIN_PLACES else meaning_of(run))]
    for end in (0, -1) if len(words) > 1 else ():
        word, meaning = words[end]  # "Inc Rutherford": a form where none is looked for; of two letters it may be a name
        if meaning is None and len(word) > 2 and word.isascii() and canonical_form(word):
            words[end] = (word, JOINING)
    return words


def _is_number(word: str) -> bool:
    return word.isdecimal() or word in _ORDINALS


def _build(words: list[tuple[str, str | None]], latin: NameParts | None = None) -> NameParts:
    numbers = tuple(sorted(_ORDINALS.get(word) or word.lstrip("0") for word, _ in words if _is_number(word)))
    digits = tuple(
        sorted(digits.lstrip("0") for word, _ in words for digits in _DIGITS.findall(_ORDINALS.get(word, word)))
    )
    plain = [(word, meaning) for word, meaning in words if not _is_number(word)]
    own = tuple(DIGRAPHS.sub("", word) for word, meaning in plain if meaning is None)
    shared = frozenset(to_latin(meaning) for _, meaning in plain if meaning)
    if not own:  # "International Trading Group": such words are all that it has
        kept = [word for word, meaning in plain if meaning != JOINING] or [word for word, _ in words]
        own = tuple(ABBREVIATIONS.get(word, word) for word in (word.replace(" ", "") for word in kept))
        shared = frozenset()
    light = [
        (word.replace(" ", ""), SHARED_WEIGHT if meaning is not None and shared else 1.0) for word, meaning in words
    ]
    return NameParts(
        text="".join(word for word, _ in light),
        weights=tuple(weight for word, weight in light for _ in word),
        own=own,
        shared=shared,
        numbers=numbers,
        digits=digits,
        initials="".join(word[0] for word, meaning in plain if meaning != JOINING and len(word) > 1),
        latin=latin,
    )
