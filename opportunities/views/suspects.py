"""Inquiries that look like junk: managers say which are real."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.ids import ids_of
from core.pages.gate import allow
from core.paging import Order, paginate

from .. import permissions, services
from ..inquiries import ASKED, WHY
from ..models import Inquiry

PER_PAGE = 50
STATES = (Inquiry.State.SUSPECT, Inquiry.State.JUNK)


@require_safe
def suspects(request: SignedInRequest) -> HttpResponse:
    """What came and looks like junk, newest first; or what was said to be junk."""
    allow(permissions.can_see_inquiries(request.user))
    state = request.GET.get("state", "")
    state = state if state in STATES else Inquiry.State.SUSPECT
    rows = Inquiry.objects.visible_to(request.user).filter(state=state).select_related("form")
    page = paginate(rows, Order("received", "received_at", is_descending=True), request.GET, PER_PAGE)
    lines = [{"row": row, "why": WHY.get(row.why, row.why), "said": _said(row)} for row in page.rows]
    context = {"lines": lines, "page": page, "state": state, "size": PER_PAGE, "is_junk": state == Inquiry.State.JUNK}
    return render(request, "opportunities/suspects.html", context)


@require_POST
def suspects_decide(request: SignedInRequest) -> HttpResponse:
    """Make leads of the chosen ones, or put them away as junk."""
    allow(permissions.can_see_inquiries(request.user))
    ids = ids_of(request.POST.getlist("pk"))
    if request.POST.get("act") == "lead":
        services.accept_inquiries(ids=ids, by=request.user, now=timezone.now())
    elif request.POST.get("act") == "junk":
        services.junk_inquiries(ids=ids, by=request.user)
    back = reverse("opportunities:suspects")
    return HttpResponseRedirect(f"{back}?state=junk" if request.POST.get("state") == "junk" else back)


def _said(row: Inquiry) -> dict[str, object]:
    """What was typed, for whoever decides."""
    posted = row.posted
    who = [posted.get(name, "") for name in ("person", "company", "email", "phone")]
    rest = [(one.label, posted[name]) for name, one in ASKED.items() if name in posted and name != "message"]
    return {"who": " · ".join(filter(None, who)), "message": posted.get("message", ""), "rest": rest}
