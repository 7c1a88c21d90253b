"""How is a business card written so that phones and mail programs read it? vCard 3.0 (RFC 2426).

3.0 and not 4.0, which Outlook does not read; what neither has a property for goes by the names that the address
books of iOS and Android use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_LONGEST_LINE = 75  # octets, without the line break
# A property: its name with parameters, and its text or the components of a structured one.
Property = tuple[str, str | Sequence[str]]


def card(properties: Iterable[Property]) -> str:
    """One card; properties without any text are left out, but N and FN, which must be there."""
    lines = ["BEGIN:VCARD", "VERSION:3.0"]
    for name, value in properties:
        parts = [value] if isinstance(value, str) else list(value)
        if any(parts) or name in ("N", "FN"):
            lines.append(f"{name}:{';'.join(map(_escaped, parts))}")
    lines.append("END:VCARD")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    text = re.sub(r"([\\,;])", r"\\\1", text)
    return re.sub(r"\r\n?|\n", r"\\n", text)


def _folded(line: str) -> str:
    """Break a long line with a space in front of what goes on, never inside a character."""
    pieces, piece, room = [], "", _LONGEST_LINE
    for char in line:
        size = len(char.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", _LONGEST_LINE - 1
        piece += char
        room -= size
    return "\r\n ".join([*pieces, piece])
