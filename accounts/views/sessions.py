"""Where is this person signed in, and how do they end it?"""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from ..devices import device_of
from ..requests import SignedInRequest
from ..services import end_session, end_sessions, living_sessions


@require_safe
def sessions(request: SignedInRequest) -> HttpResponse:
    """List the browsers one is signed in with: device, address, last activity."""
    rows = [
        {
            "session": session,
            "device": device_of(session.user_agent),
            "is_current": session.session_key == request.session.session_key,
        }
        for session in living_sessions(of=request.user, now=timezone.now())
    ]
    return render(request, "accounts/sessions.html", {"rows": rows})


@require_POST
def end_one(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign one of one's own browsers out; the present one is led to the door."""
    end_session(session=get_object_or_404(living_sessions(of=request.user, now=timezone.now()), pk=pk))
    return HttpResponseRedirect(reverse("accounts:sessions"))


@require_POST
def end_others(request: SignedInRequest) -> HttpResponse:
    """Sign all one's other browsers out."""
    end_sessions(of=request.user, keep=request.session.session_key or "")
    return HttpResponseRedirect(reverse("accounts:sessions"))
