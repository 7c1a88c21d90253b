"""What does somebody read on a page?"""

from __future__ import annotations

import re


def words(html: bytes) -> str:
    """What stands there, without tags, single blanks between."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.decode()))
