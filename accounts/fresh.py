"""Did this person prove who they are just now? Sensitive acts ask again after ten minutes."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def signed_in_freshly(request: HttpRequest) -> bool:
    """Was a password or second factor given in this session within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds?

    Signing in counts as well as confirming later; allauth by itself counts only the latter.
    """
    records = get_authentication_records(request, request.user) if request.user.is_authenticated else []
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


def used_second_factor(request: HttpRequest) -> bool:
    """Was the second factor given, or set up, in this very session?"""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def fresh_sign_in(view: View) -> View:
    """Let a view be reached only freshly signed in; else the password is asked for, then it goes on."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not signed_in_freshly(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return asking
