"""Which country is meant by a word in a file: a code, a name in any common language, an alias, a slip of the pen?"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from .text import CJK, clean, fold, squash

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Match:
    """A country (ISO 3166 alpha-2; XK for Kosovo) or None; how it was recognised; who else it could be.

    `how` is "code", "name", "parts" (several names that agree), "typo" or "" for None.
    """

    code: str | None
    how: str = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Tables:
    codes: dict[str, str]  # folded alpha-2 and alpha-3
    names: dict[str, str]  # squashed name in any language or alias
    english: tuple[tuple[str, str], ...]  # folded English name or alias, for slips of the pen


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    english: dict[str, str] = {}
    for line in (_DATA / "countries.csv").read_text(encoding="utf-8").splitlines():
        code, alpha3, own, foreign = line.split(",")
        codes |= {code.lower(): code, alpha3.lower(): code}
        names |= {key.replace(" ", ""): code for key in [*foreign.split("|"), *own.split("|")] if key}
        english |= dict.fromkeys(own.split("|"), code)
    for line in (_DATA / "country_aliases.csv").read_text(encoding="utf-8").splitlines():
        code, aliases = line.split(",", 1)
        codes.setdefault(code.lower(), code)
        names |= {squash(alias): code for alias in aliases.split("|")}
        english |= {fold(alias): code for alias in aliases.split("|") if alias.isascii()}
    return _Tables(codes, names, tuple(english.items()))


_LONGEST = 100
# Official styles before or behind a name. Not where the style tells two countries apart.
_ADJECTIVE = (
    "(?:federal|federative|federated|islamic|united|oriental|arab|hashemite|people s|democratic|socialist|co operative"
    "|bolivarian|plurinational|independent) "
)
_NOUN = "(?:republic|kingdom|states?|sultanate|principality|emirate|grand duchy|federation|union|commonwealth)"
_STYLE = re.compile(f"^(?:{_ADJECTIVE})*{_NOUN} of (?:the )?|(?: the)? (?:{_ADJECTIVE})*{_NOUN} of(?: the)?$")
_ARTICLE = re.compile("^the | the$")
_CHINESE_STYLE = re.compile(
    "(?:联邦|民主|人民|伊斯兰|社会主义|合作|阿拉伯)*(?:共和国|大公国|联合王国|王国|公国|联邦|联盟|国)$"
)
_NEEDS_ITS_STYLE = {
    "china",
    "congo",
    "korea",
    "georgia",
    "virgin islands",
    "micronesia",
    "中华",
    "中",
    "刚果",
    "朝鲜",
    "多米尼加",
}
_SHORT_WORDS = {
    "isl": "islands",
    "isls": "islands",
    "is": "islands",
    "st": "saint",
    "ste": "saint",
    "rep": "republic",
    "fed": "federated",
}
_FLAG = re.compile("^[\U0001f1e6-\U0001f1ff]{2}$")
_PARTS = re.compile(rf"[()（）\[\]/|,，、;:·]|\s[-–—]\s|(?<=[{CJK}])\s*(?=[^\W{CJK}])|(?<=[^\W{CJK}])\s*(?=[{CJK}])")
_SHARED = {
    "virgin islands": ("VG", "VI"),
    "netherlands antilles": ("BQ", "CW", "SX"),
    "neth antilles": ("BQ", "CW", "SX"),
    "saint martin": ("MF", "SX"),
}


def country_of(text: str) -> str | None:
    """Return the alpha-2 code of the country that `text` names, None where none or more than one could be meant."""
    return match(text).code


@lru_cache(maxsize=4096)
def match(text: str) -> Match:
    """Recognise a country in English, Chinese or another language, by code, alias or with a slip of the pen."""
    text = clean(text)
    if not text or len(text) > _LONGEST:
        return Match(None)
    if _FLAG.match(text):
        text = "".join(chr(ord(char) - 0x1F1E6 + ord("a")) for char in text)
    found = _exact(text)
    if found.code or found.candidates:
        return found
    parts = [part for part in _PARTS.split(text) if fold(part)]
    codes = {_exact(part).code for part in parts}
    if len(parts) > 1 and len(codes) == 1 and None not in codes:
        return Match(codes.pop(), "parts")
    return _nearest(fold(text))


def _exact(text: str) -> Match:
    key, tables = _ARTICLE.sub("", fold(text)), _tables()
    if code := tables.codes.get(key):
        return Match(code, "code")
    spelled_out = " ".join(_SHORT_WORDS.get(word, word) for word in key.split())
    for form in (key, spelled_out):
        if code := tables.names.get(form.replace(" ", "")):
            return Match(code, "name")
        if form in _SHARED:
            return Match(None, "", _SHARED[form])
    bare = _CHINESE_STYLE.sub("", _STYLE.sub("", spelled_out))
    if bare not in _NEEDS_ITS_STYLE and bare != spelled_out and (code := tables.names.get(bare.replace(" ", ""))):
        return Match(code, "name")
    return Match(None)


def _nearest(key: str) -> Match:
    """Find the one English name within one slip (two from ten letters on) that no other country's comes near."""
    if len(key) < 5 or not key.isascii():
        return Match(None)
    allowed = 1 if len(key) < 10 else 2
    distances: dict[str, int] = {}
    for name, code in _tables().english:
        distance = OSA.distance(key, name, score_cutoff=allowed + 1)
        if distance <= allowed + 1 and len(name) > 4:
            distances[code] = min(distance, distances.get(code, distance))
    ranked = sorted(distances, key=lambda code: (distances[code], code))
    near = tuple(code for code in ranked if distances[code] <= allowed)
    is_alone = len(ranked) == 1 or (near and distances[ranked[0]] + 1 < distances[ranked[1]])
    return Match(near[0], "typo") if near and is_alone else Match(None, "", near)
