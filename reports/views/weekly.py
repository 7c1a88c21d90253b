"""How does one's own weekly summary look? The same words as in the mail, as a page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from accounts.weekly import last_slot, next_slot
from core.zones import business_day

from ..weekly import summary_of


@require_safe
def weekly(request: SignedInRequest) -> HttpResponse:
    """The newest summary as it would be told now; who gets none sees the last seven days."""
    user, now = request.user, timezone.now()
    last, coming = last_slot(user, now), next_slot(user, now)
    summary = summary_of(user, last.day if last else business_day(now), now)
    return render(request, "reports/weekly.html", {"summary": summary, "next": coming.at if coming else None})
