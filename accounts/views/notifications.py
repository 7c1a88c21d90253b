"""What should this person know, and what have they read?"""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.pages import get_visible_or_404
from core.templatetags.ui import at_most

from ..models import Notification
from ..notices import lines_of
from ..requests import SignedInRequest
from ..services import mark_all_read, mark_read

PER_PAGE = 30
MOST_COUNTED = 99


@require_safe
def notifications(request: SignedInRequest) -> HttpResponse:
    """The inbox: unread first asked for, or all; each line is scoped to the reader as of now."""
    shows_unread = request.GET.get("show") == "unread"
    rows = Notification.objects.visible_to(request.user).select_related("actor")
    page = Paginator(rows.unread() if shows_unread else rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": lines_of(page, request.user), "shows_unread": shows_unread}
    return render(request, "accounts/notifications.html", context)


@require_safe
def unread(request: SignedInRequest) -> HttpResponse:
    """The number at the bell, which htmx asks for every minute; empty for none."""
    count = Notification.objects.visible_to(request.user).unread()[: MOST_COUNTED + 1].count()
    return HttpResponse(at_most(count, MOST_COUNTED) if count else "")


@require_POST
def open_notification(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark a notice read and lead to what it is about; where that is gone, back to the inbox."""
    notice = get_visible_or_404(Notification, request.user, pk)
    mark_read(notification=notice, now=timezone.now())
    line = lines_of([notice], request.user)[0].line
    return HttpResponseRedirect(line.url if line and line.url else reverse("accounts:notifications"))


@require_POST
def read_notification(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark one notice read and stay in the inbox."""
    mark_read(notification=get_visible_or_404(Notification, request.user, pk), now=timezone.now())
    return HttpResponseRedirect(reverse("accounts:notifications") + _shown(request))


@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """Mark everything read."""
    mark_all_read(by=request.user, now=timezone.now())
    return HttpResponseRedirect(reverse("accounts:notifications"))


def _shown(request: SignedInRequest) -> str:
    return "?show=unread" if request.POST.get("show") == "unread" else ""
