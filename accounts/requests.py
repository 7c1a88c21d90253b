"""What does a view behind the door know about its request? That somebody is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from .models import User


class SignedInRequest(HttpRequest):
    """The request of a view behind LoginRequiredMiddleware; for annotations only."""

    user: User
    htmx: HtmxDetails
    # As which page it counts in the menu, where two items could claim it (core.registries.lit).
    lit_as: str
