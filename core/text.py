"""How does text become clean enough to keep, and plain enough to be found again?"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"

# --- clean: what may be stored ---------------------------------------------------------------------------------------

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls, soft hyphen, zero-width spaces, BOM, deprecated format characters, bidi embeddings and overrides (they make
# "exe.fdp" of "pdf.exe"), interlinear marks, lone surrogates and noncharacters (Postgres takes neither NUL nor those).
_JUNK = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u180e\u200b\u2060-\u2065\u206a-\u206f\u202a-\u202e\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(p << 16 | 0xFFFE)}{chr(p << 16 | 0xFFFF)}" for p in range(1, 17))
    + "]"
)
_BLANK_LETTERS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")  # letters by category, empty to the eye
_BIDI_MARKS = re.compile("[\u061c\u200e\u200f\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_INVISIBLE_EDGE = re.compile(r"^[\s\u200c\u200d]+|[\s\u200c\u200d]+$")


def clean(text: str, *, newlines: bool = False) -> str:
    """Return `text` fit for storing: NFC, no controls, no lone surrogates, no characters that reorder or hide others.

    One line with single spaces, unless `newlines`: then line breaks become \\n and inner spaces stay.
    Direction marks stay beside right-to-left letters, where they belong. Idempotent.
    """
    if text.isascii() and text.isprintable():
        return text.strip() if newlines else " ".join(text.split())
    text = _BLANK_LETTERS.sub(" ", _JUNK.sub("", _LINE_BREAKS.sub("\n", text)))
    if not _RIGHT_TO_LEFT.search(text):
        text = _BIDI_MARKS.sub("", text)
    text = "\n".join(map(str.rstrip, text.split("\n"))) if newlines else " ".join(text.split())
    return unicodedata.normalize("NFC", _INVISIBLE_EDGE.sub("", text))


# --- fold: what counts as the same when searching --------------------------------------------------------------------


def _table() -> dict[int, str]:
    traditional, simplified = (_DATA / "traditional_simplified.txt").read_text(encoding="utf-8").splitlines()
    return dict(zip(map(ord, traditional), simplified, strict=True))


_SIMPLIFIED = _table()
_ACCENTS = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_UNACCENTED = re.compile("[^\x00-\x7f\u1100-\u11ff\u2e80-\ufaff]")  # has anything whose accent could come off
# Letters that Unicode does not take apart, and traditional → simplified. Character by character and not by phrase
# (as OpenCC can), so that a part of a name folds to a part of the folded name: substring search depends on it.
_PLAIN = _SIMPLIFIED | str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t"}
)
# Bytes are translated five times as fast as text.
_ASCII_PLAIN = bytes(ord(chr(code).lower()) if chr(code).isalnum() else 32 for code in range(128)).ljust(256)
_NOT_WORD = re.compile(r"[\W_]+")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_GERMAN_LETTERS = re.compile("[äöüåø]")


def fold(text: str) -> str:
    """Return words of `text` in the form in which names are compared, joined by single spaces. Idempotent.

    NFKC, case folded, accents off, traditional Chinese made simplified, punctuation and symbols taken as spaces.
    """
    if text.isascii():
        return " ".join(text.encode().translate(_ASCII_PLAIN).decode().split())
    folded = _plain(text)
    if folded != text:  # compatibility forms may hide one another (an iota subscript casefolds to a letter)
        folded = _plain(folded)
    return " ".join(_NOT_WORD.sub(_keep_marks, folded).split())


def _plain(text: str) -> str:
    return _without_accents(unicodedata.normalize("NFKC", text).casefold()).translate(_PLAIN)


def _without_accents(text: str) -> str:
    if not _UNACCENTED.search(text):
        return text
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def _keep_marks(match: re.Match) -> str:
    """Turn everything but combining marks into a space: they are the vowels of Hindi or Thai words."""
    return "".join(char if unicodedata.category(char)[0] == "M" else " " for char in match[0])


def simplified(text: str) -> str:
    """Return `text` with traditional Chinese characters made simplified, one for one."""
    return text.translate(_SIMPLIFIED)


def squash(text: str) -> str:
    """Return `fold(text)` without spaces, so that Coca-Cola, Coca Cola and CocaCola are one."""
    return fold(text).replace(" ", "")


def digits(text: str) -> str:
    """Return the decimal digits of any script in `text` as ASCII digits, and nothing else."""
    if text.isascii():
        return "".join(filter(str.isdecimal, text))
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


# --- Chinese, Japanese, Korean ---------------------------------------------------------------------------------------

CJK = (
    "\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_CJK_CHAR = re.compile(f"[{CJK}]")
_CJK_RUN = re.compile(f"[{CJK}]{{2,}}")


def is_cjk(text: str) -> bool:
    """Say whether `text` holds at least one Han, kana, bopomofo or hangul character."""
    return not text.isascii() and bool(_CJK_CHAR.search(text))


def bigrams(text: str) -> list[str]:
    """Return the distinct pairs of neighbouring CJK characters in `text`, sorted by code point; no folding."""
    return sorted({run[i : i + 2] for run in _CJK_RUN.findall(text) for i in range(len(run) - 1)})


def cjk_grams(text: str) -> list[str]:
    """Return the distinct CJK characters of `text` and pairs of neighbouring ones, sorted by code point.

    Twin of the SQL function `gonghai_cjk_grams(text) returns text[]` behind the search index. Both mean exactly:
    every substring of length one or two all of whose characters match the class CJK of this module; no folding (the
    caller hands in folded text); [] where there is none. In SQL:

        SELECT coalesce(array_agg(DISTINCT gram ORDER BY gram), '{}')
        FROM generate_series(1, length($1)) AS i, generate_series(1, 2) AS n,
             LATERAL (SELECT substr($1, i, n) COLLATE "C" AS gram) AS grams
        WHERE gram ~ ('^[<CJK>]{' || n || '}$')
    """
    return sorted({*_CJK_CHAR.findall(text), *bigrams(text)})


# Readings that the commonest one misses, in names of places, firms and people (the longest match wins).
_READINGS = dict(
    re.findall(
        r"(\w+):(\w+)",
        "重庆:cq 重新:cx 厦门:xm 大厦:ds 广厦:gs 银行:yh 商行:sh 车行:ch 行业:hy 长:c 成长:cz 增长:zz 校长:xz 番禺:py "
        "会计:kj 乐清:yq 音乐:yy 乐器:yq 曾:z 翟:z 覃:q 单于:cy 尉迟:yc 万俟:mq 六合:lh 朝:c",
    )
)
_READING = re.compile("|".join(sorted(_READINGS, key=len, reverse=True)))


@lru_cache(maxsize=1)
def _letters() -> str:
    return (_DATA / "pinyin_initials.txt").read_text(encoding="ascii").strip()


def pinyin_initials(text: str) -> str:
    """Return the first pinyin letter of each Han character, other letters and digits as they are: 深圳华为 → szhw."""
    if not is_cjk(text):
        return ""
    text = _READING.sub(lambda match: _READINGS[match[0]], squash(text))
    letters = _letters()
    return "".join(letters[ord(c) - 0x4E00] if "\u4e00" <= c <= "\u9fff" else c for c in text).replace("?", "")


# --- search ----------------------------------------------------------------------------------------------------------


def search_document(names: Iterable[str] = (), texts: Iterable[str] = (), phones: Iterable[str] = ()) -> str:
    """Return one string for a `search_text` column, in which every term of `search_query` occurs as a substring.

    Each part is squashed; names also give their pinyin initials, all parts their German spelling (müller → mueller),
    phones only their digits (hand in the raw and the E.164 form).
    """
    names = dict.fromkeys(names)
    parts = [spelling for text in dict.fromkeys([*names, *texts]) for spelling in _spellings(text)]
    parts += [pinyin_initials(name) for name in names]
    parts += [_dialled(phone) for phone in phones]
    return " ".join(dict.fromkeys(filter(None, parts)))


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for: a row fits if one of the spellings is a substring of its search document.

    `kind` says which index can serve: "cjk" (cjk_grams of a spelling), "word" (trigrams), "short" (none: a filter).
    """

    spellings: tuple[str, ...]
    kind: str


_PHONE = re.compile(r"(?<!\w)[+(]*\d(?:[\s().\-/·]*\d){6,}(?!\w)")
_ZERO_FIRST = re.compile(r"[+(]*0[\d().\-/·]{2,}")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_MOST_TERMS = 10
_LONGEST_TERM = 100


def search_query(text: str) -> list[Term]:
    """Return the terms of what somebody typed into a search box; a row must fit all of them. [] finds nothing.

    Words are divided by spaces only; seven digits and more with phone punctuation between them are one number.
    """
    text = unicodedata.normalize("NFKC", clean(text[:1000]))
    chunks: list[tuple[str, ...]] = [(_dialled(number),) for number in _PHONE.findall(text)]
    chunks += map(_typed, _PHONE.sub(" ", text).split())
    terms = dict.fromkeys(
        tuple(spelling[:_LONGEST_TERM] for spelling in chunk) for chunk in chunks if chunk and chunk[0]
    )
    return [Term(spellings, _kind(spellings[0])) for spellings in terms][:_MOST_TERMS]


def _typed(word: str) -> tuple[str, ...]:
    """Return the spellings of a typed word; the beginning of a number ("0151", "(0151)") also without its zero."""
    begins_number = _ZERO_FIRST.fullmatch(word) and _dialled(word)
    return (*_spellings(word), _dialled(word)) if begins_number else _spellings(word)


def _spellings(text: str) -> tuple[str, ...]:
    """Return the squashed text, and its German spelling where that differs."""
    plain = squash(text)
    if not plain:
        return ()
    german = spelled_german(text)
    return (plain, german) if german else (plain,)


def spelled_german(text: str) -> str:
    """Return the squashed text as Germans write it without umlauts, Müller → mueller; "" where there are none."""
    if text.isascii():
        return ""
    composed = unicodedata.normalize("NFKC", text).casefold()
    return squash(composed.translate(_GERMAN)) if _GERMAN_LETTERS.search(composed) else ""


def _dialled(phone: str) -> str:
    """Return the digits that any way of writing a number shares: no trunk zero, no international 00."""
    return digits(_TRUNK_ZERO.sub("", phone)).lstrip("0")


def _kind(term: str) -> str:
    if is_cjk(term):
        return "cjk"
    return "word" if len(term) > 2 else "short"
