"""How often may a password be tried, without an attacker being able to lock the owner out?

Counted before any hash is computed (allauth's limits, in the shared cache):

* a browser in which this person signed in before (it carries a signed cookie) has a count of its
  own for this account, which no other browser can use up;
* any other browser shares the counts of its address, of this account at its address, and of this
  account everywhere.

So an attacker at other addresses stops neither the owner's own devices nor, below the last and
widest limit, the owner's new ones. Source: OWASP, "Slow down online guessing attacks with device
cookies".
"""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import get_random_string

from .models import User

COOKIE = "device"
COOKIE_AGE_S = 180 * 24 * 3600
SALT = "accounts.device"
MOST_PEOPLE = 8  # who share a computer; the ninth takes the first one's place


def consume(request: HttpRequest, login: str) -> ratelimit.RateLimitUsage | None:
    """Count one attempt; None where a limit is reached. A right password rolls the usage back."""
    account = account_of(login)
    device, people = _read(request)
    if account in people:
        return _consume(request, "login_failed_known_device", f"{device}|{account}")
    usage = _consume(request, "login_failed", f"{ratelimit.get_ip(request)}|{account}")
    if usage is None:
        return None
    anywhere = _consume(request, "login_failed_anywhere", account)
    if anywhere is None:
        return None
    usage.usage += anywhere.usage
    return usage


def address_of(request: HttpRequest) -> str:
    """The visitor's address behind the trusted proxies; of IPv6 the network of a household."""
    return ratelimit.get_ip(request)


def forget_failures(request: HttpRequest, person: User) -> None:
    """A password reset by mail proved the owner: their counts begin anew."""
    account = str(person.pk)
    device, _people = _read(request)
    for action, key in (
        ("login_failed_known_device", f"{device}|{account}"),
        ("login_failed", f"{ratelimit.get_ip(request)}|{account}"),
        ("login_failed_anywhere", account),
    ):
        ratelimit.clear(request, app="allauth.account", action=action, key=key)


def remember_device(request: HttpRequest, response: HttpResponseBase, person: User) -> None:
    """Mark this browser as one in which ``person`` signed in."""
    device, people = _read(request)
    people = [*(pk for pk in people if pk != str(person.pk)), str(person.pk)][-MOST_PEOPLE:]
    response.set_cookie(
        COOKIE,
        signing.dumps([device or get_random_string(22), *people], salt=SALT),
        max_age=COOKIE_AGE_S,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def account_of(login: str) -> str:
    """One key for user name and e-mail of a person; unknown ones have a key too, so that answers are alike."""
    pk = User.objects.signing_in_as(login).values_list("pk", flat=True).first()
    return str(pk) if pk else f"unknown:{login.strip().casefold()}"


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        device, *people = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=COOKIE_AGE_S)
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return device, people


def _consume(request: HttpRequest, action: str, key: str) -> ratelimit.RateLimitUsage | None:
    return ratelimit.consume(request, app="allauth.account", action=action, key=key)
