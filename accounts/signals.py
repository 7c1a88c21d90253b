"""What follows from a sign-in, wherever it happens?"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from .middleware import SessionActivityMiddleware
from .models import User


def note_sign_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A session that was just opened has been noted by allauth."""
    if request.session.session_key:
        SessionActivityMiddleware.is_due(request.session.session_key)


def note_second_factor(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Setting a second factor up is giving it: this session counts as signed in with it."""
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
