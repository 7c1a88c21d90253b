"""In which language, zone and colours does this person read; and did they sign in well enough?"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from .fresh import used_second_factor
from .models import User
from .permissions import needs_second_factor

THEME_COOKIE = "theme"
Answer = Callable[[HttpRequest], HttpResponse]


class PreferencesMiddleware:
    """Language: the person's, else the cookie, else the browser's. Zone: the person's, else the firm's."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        person = user if isinstance(user, User) else None
        language = (person.language if person else "") or translation.get_language_from_request(request)
        request.LANGUAGE_CODE = language
        request.theme = person.theme if person else _theme_of_cookie(request)  # type: ignore[attr-defined]
        zone = ZoneInfo(person.time_zone) if person else settings.BUSINESS_ZONE
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", language)
        return response


def _theme_of_cookie(request: HttpRequest) -> str:
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in User.Theme.values else User.Theme.AUTO


class SecondFactorMiddleware:
    """With REQUIRE_SECOND_FACTOR managers and admins get nothing, the admin site included, before their second factor.

    It must have been given in this very session: a session opened with a stolen password stays
    shut also after the owner has set a second factor up.
    """

    # What is needed to give or set up the second factor, or to leave.
    OPEN = frozenset(
        {
            "account_logout",
            "account_reauthenticate",
            "accounts:language",
            "accounts:theme",
            "javascript-catalog",
            "mfa_activate_totp",
            "mfa_reauthenticate",
        }
    )

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User) or not needs_second_factor(user):
            return None
        if not getattr(view, "login_required", True) or used_second_factor(request):
            return None
        if request.resolver_match is not None and request.resolver_match.view_name in self.OPEN:
            return None
        has_one = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
        next_page = request.get_full_path() if request.method == "GET" else "/"
        page = reverse("mfa_reauthenticate" if has_one else "mfa_activate_totp")
        return HttpResponseRedirect(f"{page}?{urlencode({'next': next_page})}")


class SessionActivityMiddleware:
    """Note when and from where each session was last used, at most once a minute and process.

    allauth's own middleware writes on every request. The minute is kept in this process, not in
    the session or the cache: a lost note costs one update and nothing else.
    """

    EVERY_S = 60
    REMEMBERED = 10_000
    noted: dict[str, float] = {}

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated and self.is_due(key):
            UserSession.objects.create_from_request(request)
        return self.get_response(request)

    @classmethod
    def is_due(cls, key: str) -> bool:
        """Is it time to note this session again? Answering yes counts as having noted it."""
        present = time.monotonic()
        if present - cls.noted.get(key, -cls.EVERY_S) < cls.EVERY_S:
            return False
        if len(cls.noted) >= cls.REMEMBERED:
            cls.noted.clear()
        cls.noted[key] = present
        return True
