"""How is on the next page said what no row of it can show: where something went, and how it is taken back?"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest


def offer_undo(request: HttpRequest, text: str, url: str) -> None:
    """Say it on the next page that this person opens; ``url`` takes it back when it is posted to."""
    messages.info(request, text, extra_tags=url)


def say(request: HttpRequest, text: str) -> None:
    """Say on the next page what no row of it can show."""
    messages.info(request, text)
