"""In which language and colours shall it be shown? Works signed out, by cookie, as well."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from ..middleware import THEME_COOKIE
from ..models import User
from ..services import choose_language, choose_theme

YEAR_S = 365 * 24 * 3600


def own_path(request: HttpRequest) -> str:
    """The page to go back to: a path of our own, never another host."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose a language; the account remembers it, the cookie serves before signing in."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    if isinstance(request.user, User):
        choose_language(language=code, by=request.user)
    response = HttpResponseRedirect(own_path(request))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR_S, secure=request.is_secure(), samesite="Lax")
    return response


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Choose light, dark or as the device; the account remembers it, the cookie serves before signing in."""
    name = request.POST.get("theme", "")
    if name not in User.Theme.values:
        return HttpResponseBadRequest()
    if isinstance(request.user, User):
        choose_theme(theme=name, by=request.user)
    response = HttpResponseRedirect(own_path(request))
    response.set_cookie(THEME_COOKIE, name, max_age=YEAR_S, secure=request.is_secure(), samesite="Lax")
    return response
