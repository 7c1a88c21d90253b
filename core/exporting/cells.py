"""How does a value leave in a spreadsheet so that no program runs it, and come back as it was?

A text that a spreadsheet could take for a formula gets an apostrophe in front; our import takes it off again. The
apostrophe goes on top of those that are there already, so both ways lose nothing:
unsafe_cell(safe_cell(text)) == text for every text. Numbers stay numbers: -5 is no formula. Where one cell holds
several values, list_cell and list_part do the same for what divides them.
"""

import re
from collections.abc import Iterable
from typing import Any

_IGNORED = (
    "\\s\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff"
)
# Full-width and small forms too: spreadsheets in East Asian locales read them as their ASCII twins.
_FORMULA = re.compile(f"'*[{_IGNORED}]*[=+\\-@＝＋－＠﹢﹣﹦﹫]")


def safe_cell(value: Any) -> Any:
    """Return `value` for a CSV or XLSX cell: text that could start a formula is marked, all else is as it was."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def unsafe_cell(text: str) -> str:
    """Take off the mark that `safe_cell` put on; text without it is as it was."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text


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
