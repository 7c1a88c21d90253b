"""How large, how many and how deep are the parts of a raw mail, before anything parses it?"""

from __future__ import annotations

import re

# A boundary's declaration, a line that could be one, and a mail within the mail.
_MARKS = re.compile(
    rb"""\bboundary\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))
    |^--(\S[^\r\n]{0,200}?)[ \t]*\r?$
    |^(content-type:\s*message/(?:rfc822|global)\b)""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


def measure(raw: bytes, most_parts: int, most_depth: int) -> tuple[int, int]:
    """Return how many parts a mail has and how deep they lie; stops counting beyond the bounds. Linear."""
    declared: set[bytes] = set()
    open_now: list[bytes] = []  # boundaries from the outside in; b"" is a mail within
    parts, deepest = 1, 0
    for mark in _MARKS.finditer(raw):
        quoted, bare, line, inner = mark.groups()
        if quoted or bare:
            declared.add(quoted or bare)
        elif inner:
            open_now.append(b"")
            parts += 1
        elif line in declared:
            parts += 1
            if line in open_now:
                del open_now[open_now.index(line) + 1 :]
            else:
                open_now.append(line)
        elif line.endswith(b"--") and line[:-2] in open_now:
            del open_now[open_now.index(line[:-2]) :]
        deepest = max(deepest, len(open_now))
        if parts > most_parts or deepest > most_depth:
            break
    return parts, deepest
