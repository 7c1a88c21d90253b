"""How heavy is a page that a test was given?"""

from __future__ import annotations

import re

from django.http import HttpResponseBase


def weight(page: HttpResponseBase) -> int:
    """Bytes of a page as it is sent, before compression. The addresses of its files carry their hashes, as in use."""
    content: bytes = page.content  # type: ignore[attr-defined]
    assert re.search(rb"/static/js/theme\.[0-9a-f]{12}\.js", content)
    return len(content)
