"""What follows from a sign-in or from days away, wherever they are written?"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils import timezone

from .middleware import SessionActivityMiddleware
from .models import User
from .services.away import keep_away


def note_sign_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A session that was just opened has been noted by allauth."""
    if request.session.session_key:
        SessionActivityMiddleware.is_due(request.session.session_key)


def note_second_factor(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Setting a second factor up is giving it: this session counts as signed in with it."""
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def keep_away_time(
    sender: Any, instance: User, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """Whoever writes a person's days away, they stay known when the next ones are entered."""
    is_written = update_fields is None or {"away_from", "away_to"} & set(update_fields)
    if is_written and not (created and instance.away_from is None):
        keep_away(instance, timezone.now())
