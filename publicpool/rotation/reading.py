"""What can still be read of a ledger's line that somebody bent in the database?

Lines are written by ``publicpool.services.book`` alone; whoever changes one may have put anything there. Pages show
that as what it is, and the proof names the line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from .turns import OWED, SKIPPED, WAITS, Why

# Effect, cycle, round, place, member, why.
Said: TypeAlias = tuple[str, int, int, int, int, Why]
EFFECTS = (SKIPPED, OWED, WAITS)
# What it raises where plain JSON is not what it should be.
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
# So much of what is unknown is shown.
SHOWN = 120


def turns_said(data: Any) -> tuple[list[Said], list[str]]:
    """The passed turns of a decision's data, and the words of what is none, an unknown effect among them."""
    found: list[Said] = []
    unknown: list[str] = []
    passed = data.get("passed", []) if isinstance(data, Mapping) else data
    for one in passed if isinstance(passed, list) else [passed]:
        if (
            isinstance(one, list)
            and len(one) == 6
            and one[0] in EFFECTS
            and all(map(_is_number, one[1:5]))
            and isinstance(one[5], Mapping)
        ):
            effect, cycle, number, place, member, why = one
            found.append((effect, cycle, number, place, member, why))
        else:
            unknown.append(words_of(one))
    return found, unknown


def members_said(members: Any) -> list[tuple[int, int]] | None:
    """(member, weight) in order; None for what is no list of those."""
    if not isinstance(members, Sequence) or isinstance(members, str):
        return None
    pairs = [tuple(one) for one in members if isinstance(one, list) and len(one) == 2 and all(map(_is_number, one))]
    return pairs if len(pairs) == len(members) else None


def words_of(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
