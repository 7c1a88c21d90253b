"""Which words of a company's name say only its trade or where it is, and so do not tell it from others?"""

import csv
import re
from functools import lru_cache
from pathlib import Path

from core.text import fold

from .places import split_last_place, split_place

_DATA = Path(__file__).parent / "data"
JOINING = ""  # the meaning of words like "and" and "of"


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, str], re.Pattern[str]]:
    words: dict[str, str] = {}
    cjk: dict[str, str] = {}
    with (_DATA / "trade_words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words |= {fold(word.replace("_", " ")): row["meaning"] for word in row["latin"].split()}
            cjk |= {fold(word): row["meaning"] for word in row["cjk"].split()}
    tails = "|".join(sorted(map(re.escape, cjk), key=len, reverse=True))
    return words, cjk, re.compile(f"^(.*?)({tails})$")


def meaning_of(word: str) -> str | None:
    """Return what a folded word or phrase of letters means ("технологии" → "technology"); None for a word of its own,
    "" for one that only joins others."""
    return _tables()[0].get(word)


def split_cjk(word: str) -> list[tuple[str, str | None]]:
    """Divide Chinese, Japanese or Korean without spaces as registries build it, each part with its meaning:
    深圳华为技术 → [("深圳", "深圳"), ("华为", None), ("技术", "technology")]. None is the name of one's own (字号)."""
    _words, cjk, tails = _tables()
    if word in cjk:
        return [(word, cjk[word])]
    place, rest = split_place(word)
    head: list[tuple[str, str | None]] = [(word[: len(word) - len(rest)], cjk.get(place, place))] if place else []
    tail: list[tuple[str, str | None]] = []
    while rest:
        shorter, last = split_last_place(rest)
        meaning: str | None = cjk.get(last, last)
        if not last and (match := tails.match(rest)):
            shorter, meaning = match[1], cjk[match[2]]
        if not meaning or len(shorter) == 1:  # one character is seldom a name: 大众 is cut no further
            break
        tail.insert(0, (rest[len(shorter) :], meaning))
        rest = shorter
    return [*head, (rest, None), *tail] if rest else [*head, *tail]
