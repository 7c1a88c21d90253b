"""How does a value leave in a spreadsheet so that no program runs it, and come back as it was?

A text that a spreadsheet could take for a formula gets an apostrophe in front; our import takes it off again. The
apostrophe goes on top of those that are there already, so both ways lose nothing:
unsafe_cell(safe_cell(text)) == text for every text. Numbers stay numbers: -5 is no formula. Where one cell holds
several values, list_cell and list_part do the same for what divides them.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

# What no eye sees though Unicode counts it as a letter, a mark or a symbol.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\ufffd\U000e0100-\U000e01ef]"
)
# Full-width and small forms too: spreadsheets in East Asian locales read them as their ASCII twins.
_FORMULA_SIGNS = frozenset("=+-@＝＋－＠﹢﹣﹦﹫")


def _could_run(text: str) -> bool:
    """Is the first that is seen of it, behind any apostrophes, the beginning of a formula?

    Separators, controls and what Unicode has not assigned may be trimmed by one program or another.
    """
    for char in text.lstrip("'"):
        if unicodedata.category(char)[0] not in "ZC" and not _UNSEEN.match(char):
            return char in _FORMULA_SIGNS
    return False


def safe_cell(value: Any) -> Any:
    """Return `value` for a CSV or XLSX cell: text that could start a formula is marked, all else is as it was."""
    return f"'{value}" if isinstance(value, str) and _could_run(value) else value


def unsafe_cell(text: str) -> str:
    """Take off the mark that `safe_cell` put on; text without it is as it was."""
    return text[1:] if text.startswith("'") and _could_run(text[1:]) else text


# --- several values in one cell -----------------------------------------------------------------------

BETWEEN = "; "
# A slash divides between spaces only: links are full of them.
_DIVIDER = re.compile(r"[;；|｜、，,]|(?<=\s)/(?=\s)")
_MARKED = re.compile(r"\\([;；|｜、，,]|/(?=\s))")


def is_divided(text: str) -> bool:
    """Could a cell of this one value be taken for several?"""
    return bool(_DIVIDER.search(text))


def list_cell(values: Iterable[str]) -> str:
    """Write several values into one cell; what would divide one of them gets a backslash in front."""
    marked = (_DIVIDER.sub(r"\\\g<0>", value) for value in values)
    return BETWEEN.join(f"{value} " if value.endswith("\\") else value for value in marked)


def list_part(text: str) -> str:
    """Take off what `list_cell` put into one value; a divider behind a backslash divides nothing."""
    return _MARKED.sub(r"\1", text)
