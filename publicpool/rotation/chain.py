"""How does each line of a rotation's ledger vouch for all before it?

``hash = sha256(hash of the line before + "\\n" + the line as JSON)``, in hexadecimal; the JSON is ASCII, its keys in
order, without spaces. So whoever has the lines and one hash that was told them can recompute it with five lines of
any language, and a line that was changed, taken out, put in or moved shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def first_link(rotation: int) -> str:
    """What the first line of a rotation hangs on."""
    return hashlib.sha256(f"rotation {rotation}".encode()).hexdigest()


def link(before: str, line: Mapping[str, Any]) -> str:
    """The hash of a line of plain JSON values after the line with the hash ``before``."""
    return hashlib.sha256(f"{before}\n{text_of(line)}".encode("ascii")).hexdigest()


def text_of(line: Mapping[str, Any]) -> str:
    """A line of plain JSON values as it is hashed."""
    return json.dumps(line, sort_keys=True, separators=(",", ":"))
