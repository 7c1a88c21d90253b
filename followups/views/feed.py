"""The calendar feed: its page for whoever has it, and the secret address that programs read."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest

from .. import services
from ..feed import calendar_of
from ..models import Feed

# Readings of one address within a minute; programs come every hour, guessers more often.
MOST_A_MINUTE = 60


@require_safe
def page(request: SignedInRequest) -> HttpResponse:
    return _page(request)


@require_POST
def make(request: SignedInRequest) -> HttpResponse:
    """Make a new address and show it this once."""
    token = services.make_feed(by=request.user, now=timezone.now())
    return _page(request, request.build_absolute_uri(reverse("followups:feed_ics", args=[token])))


@require_POST
def end(request: SignedInRequest) -> HttpResponse:
    services.end_feed(by=request.user, now=timezone.now())
    return HttpResponseRedirect(reverse("followups:feed"))


def _page(request: SignedInRequest, link: str = "") -> HttpResponse:
    feed = Feed.objects.filter(user=request.user, revoked_at=None).first()  # unscoped: one's own
    return render(request, "followups/feed.html", {"feed": feed, "link": link})


@login_not_required
@require_safe
@cache_control(no_store=True)
def ics(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of whoever holds the token; 404 for one that is unknown, stopped, or of somebody who left."""
    now = timezone.now()
    if _is_too_often(request):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    feed = services.read_feed(token=token, now=now)
    if feed is None:
        raise Http404
    with translation.override(feed.user.language or translation.get_language()):
        host = request.get_host().partition(":")[0]
        body = calendar_of(feed.user, now, host=host, address=request.build_absolute_uri)
    return HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="gonghai.ics"', "X-Robots-Tag": "noindex"},
    )


def _is_too_often(request: HttpRequest) -> bool:
    key = f"feed:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, timeout=60)
    try:
        return cache.incr(key) > MOST_A_MINUTE
    except ValueError:  # its minute ended between the two
        return False
