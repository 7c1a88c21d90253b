"""By which terms does an index of millions find the names that are like one?"""

from collections.abc import Iterable, Mapping

from core.text import is_cjk

from .company_names import CompanyName, name_key, normalise_name
from .name_parts import name_parts

# Weighed in one look-up. Of 250 names with one or two slips in a table of 150,000 names a thousand find 95 %, two
# thousand 98 % in twice the time.
ROWS = 1_000
_MOST_TERMS = 24
_INITIALS = range(3, 7)


def grams(name: str | CompanyName) -> list[str]:
    """Return the distinct terms of a company's name by which an index finds it, in their order.

    Of letters each three neighbours of the wide name (name_key without form), its ends marked ("^si", …, "ns$"); of
    Chinese, Japanese and Korean each two, and the sound of its own words as letters; of names with initials of three
    to six letters these ("=ibm"). A slip of the pen breaks three terms, or two, and leaves the rest.
    """
    parsed = normalise_name(name) if isinstance(name, str) else name
    parts = name_parts(parsed.core)
    wide = name_key(parsed, with_form=False)
    found = _pairs(wide) if is_cjk(wide) else _triples(wide)
    if parts.latin is not None:
        found += _triples("".join(parts.latin.own))
    latin = parts.latin or parts
    whole = "".join(latin.own)
    found += [f"={letters}" for letters in {parts.initials, whole} if len(letters) in _INITIALS and letters.isascii()]
    return list(dict.fromkeys(found))


def _triples(text: str) -> list[str]:
    marked = f"^{text}$"
    return [marked[i : i + 3] for i in range(len(marked) - 2)]


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)] or [text]


def rarest(terms: Iterable[str], frequency: Mapping[str, int], n: int = 3, rows: int = ROWS) -> list[str]:
    """Choose the terms to look for, a row of the index being a candidate if it has any of them.

    `frequency` says in how many rows a term stands. The `n` rarest of each script are taken, then more as long as
    they find at most `rows` rows together. Terms that the table does not know cost nothing and count for nothing:
    they are mostly slips of the pen, but may be newer than the table.
    """
    wanted = list(dict.fromkeys(terms))
    new = [term for term in wanted if not frequency.get(term)]
    known = sorted((term for term in wanted if frequency.get(term)), key=lambda term: frequency[term])
    chosen: list[str] = []
    cost = 0
    for is_of_script in (is_cjk, lambda term: not is_cjk(term)):
        for place, term in enumerate(term for term in known if is_of_script(term)):
            if place >= n and cost + frequency[term] > rows:
                break
            chosen.append(term)
            cost += frequency[term]
    return [*chosen, *new][:_MOST_TERMS]
