"""Who was asked to join, and how is somebody asked?"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from core.exceptions import DomainError
from core.forms import refuse
from core.pages import get_visible_or_404
from core.pages.form import FormPage
from core.pages.gate import allow

from ..forms import InvitationForm
from ..fresh import fresh_sign_in
from ..models import Invitation
from ..permissions import can_change_invitation, can_invite, can_see_people
from ..requests import SignedInRequest
from ..services import invite_person, resend_invitation, revoke_invitation

PER_PAGE = 50


@require_safe
def invitations(request: SignedInRequest) -> HttpResponse:
    """All invitations, open ones and those answered, the latest first."""
    allow(can_see_people(request.user))
    rows = Invitation.objects.visible_to(request.user).select_related("team", "created_by", "accepted_by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    rows_shown = [{"invitation": invitation, "state": invitation.state(now)} for invitation in page]
    return render(request, "accounts/invitations.html", {"page": page, "rows": rows_shown})


@method_decorator(fresh_sign_in, name="dispatch")
class InvitePage(FormPage):
    """Invite by mail. The answer shows the link once, to be handed over another way too."""

    request: SignedInRequest
    template_name = "accounts/form.html"
    title = _("Invite a person")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        allow(can_invite(request.user))
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> InvitationForm:
        return InvitationForm(data, initial={"language": translation.get_language()})

    def extra_context(self) -> dict[str, Any]:
        return {"save": _("Send invitation"), "back": _("Invitations")}

    def cancel_url(self) -> str:
        return reverse("accounts:invitations")

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            invitation, link = invite_person(**form.cleaned_data, by=request.user, now=timezone.now())
        except DomainError as refusal:
            refuse(form, refusal)
            return self.show(form, refusal.status)
        return _show_link(request, invitation, link)


@require_POST
@fresh_sign_in
def resend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a new link; the old one stops working."""
    invitation = get_visible_or_404(Invitation, request.user, pk)
    allow(can_change_invitation(request.user, invitation))
    link = resend_invitation(invitation=invitation, by=request.user, now=timezone.now())
    return _show_link(request, invitation, link)


@require_POST
@fresh_sign_in
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_visible_or_404(Invitation, request.user, pk)
    allow(can_change_invitation(request.user, invitation))
    revoke_invitation(invitation=invitation, by=request.user, now=timezone.now())
    return HttpResponseRedirect(reverse("accounts:invitations"))


def _show_link(request: SignedInRequest, invitation: Invitation, link: str) -> HttpResponse:
    # No redirect: the link is kept nowhere, and a reload is refused because the invitation is open.
    return render(request, "accounts/invited.html", {"invitation": invitation, "link": link})
