"""Which legal form does a company's name carry, and what is left without it?"""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.text import squash

_DATA = Path(__file__).parent / "data"
# Scripts that write form and name without a space: Han, kana, hangul, Thai.
_ATTACHED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True)
class _Side:
    """The forms that stand on one side of a name, by their letters without spaces ("sadecv")."""

    forms: dict[str, str]
    beginnings: frozenset[str]  # every part of a form's letters that starts at the side, to stop looking early
    attached: re.Pattern[str]


@dataclass(frozen=True)
class _Tables:
    end: _Side
    start: _Side
    start_if_end: _Side


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    forms: dict[str, dict[str, str]] = {"end": {}, "start": {}, "start?": {}}
    with (_DATA / "legal_forms.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for where in ("end", "start") if row["where"] == "both" else (row["where"],):
                for alias in row["aliases"].split("|"):
                    forms[where].setdefault(squash(join_ampersands(alias)), row["canonical"])
    return _Tables(_side(forms["end"], -1), _side(forms["start"], 1), _side(forms["start?"], 1))


def _side(forms: dict[str, str], direction: int) -> _Side:
    cut = (lambda letters, n: letters[-n:]) if direction < 0 else (lambda letters, n: letters[:n])
    beginnings = frozenset(cut(letters, n) for letters in forms for n in range(1, len(letters) + 1))
    # One character alone is a form only where it stands in brackets, (株): that is a word of its own by now.
    attached = sorted((form for form in forms if len(form) > 1 and _ATTACHED.search(form)), key=len, reverse=True)
    alternatives = "|".join(map(re.escape, attached)) or "(?!)"
    return _Side(forms, beginnings, re.compile(f"(?:{alternatives})$" if direction < 0 else f"^(?:{alternatives})"))


def join_ampersands(name: str) -> str:
    """Write "&" out, for "Müller & Söhne" and "Müller and Söhne" are one name, and "Müller Söhne" another."""
    return name.replace("&", " and ").replace("＆", " and ") if "&" in name or "＆" in name else name


def split_form(words: list[str]) -> tuple[list[str], list[str]]:
    """Take the legal forms off both ends of a folded name; return the words left (at least one) and canonical forms.

    Forms of letters may be written apart ("s a de c v"), but are not cut out of longer abbreviations (U.S.A., A.B.C.);
    several may follow one another ("corp ltd").
    """
    tables = _tables()
    found: list[str] = []
    if "".join(words) in tables.end.forms:
        return words, found
    while (cut := _end(words, tables.end)) is not None and cut[0] != ["the"]:
        words, form = cut
        found.append(form)
    for side in (tables.start, tables.start_if_end) if found else (tables.start,):
        if (cut := _start(words, side)) is not None:
            words, form = cut
            found.append(form)
    return words, found


def _end(words: list[str], side: _Side) -> tuple[list[str], str] | None:
    letters, best = "", None
    for index in range(len(words) - 1, 0, -1):
        letters = words[index] + letters
        if letters not in side.beginnings:
            break
        if letters in side.forms and not len(words[index]) == len(words[index - 1]) == 1:
            best = words[:index], side.forms[letters]
    if best is None and not words[-1].isascii() and (match := side.attached.search(words[-1])):
        rest = [*words[:-1], words[-1][: match.start()]]
        return ([word for word in rest if word], side.forms[match[0]]) if any(rest) else None
    return best


def _start(words: list[str], side: _Side) -> tuple[list[str], str] | None:
    letters, best = "", None
    for index in range(len(words) - 1):
        letters += words[index]
        if letters not in side.beginnings:
            break
        if letters in side.forms and not len(words[index]) == len(words[index + 1]) == 1:
            best = words[index + 1 :], side.forms[letters]
    if best is None and not words[0].isascii() and (match := side.attached.search(words[0])):
        rest = [words[0][match.end() :], *words[1:]]
        return ([word for word in rest if word], side.forms[match[0]]) if any(rest) else None
    return best


def canonical_form(text: str) -> str:
    """Return the canonical spelling of a legal form written alone ("G.m.b.H." → GmbH), "" where it is none."""
    letters = squash(join_ampersands(text))
    tables = _tables()
    return tables.end.forms.get(letters) or tables.start.forms.get(letters, "")
