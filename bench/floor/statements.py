"""What are the ideal statements? Those of bench/floor.sql, by name."""

import re
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "floor.sql"
_HEAD = re.compile(r"^-- name: (\w+).*\n", re.MULTILINE)


@cache
def statements() -> dict[str, str]:
    """Each statement of the file under the name in the comment above it."""
    _, *parts = _HEAD.split(FILE.read_text())
    found = {name: text.strip().rstrip(";") for name, text in zip(parts[::2], parts[1::2], strict=True)}
    return {name: _with_rows(text, found["rows"]) if name.startswith("list_") else text for name, text in found.items()}


def _with_rows(ids: str, rows: str) -> str:
    return f"WITH mine AS (\n{ids}\n)\n{rows}"
