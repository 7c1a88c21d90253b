"""How does an invited person make their account?"""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from core.exceptions import DomainError
from core.forms import refuse

from ..forms import JoinForm
from ..services import accept_invitation
from ..services.invitations import InvitationGone, find_open


@method_decorator([login_not_required, never_cache, sensitive_post_parameters()], name="dispatch")
class JoinPage(View):
    """Name, user name and password, once. Wrong, old, used and withdrawn links answer alike."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: str) -> HttpResponseBase:
        invitation = find_open(kwargs["token"], timezone.now())
        if invitation is None:
            return render(request, "accounts/invitation_gone.html", status=InvitationGone.status)
        self.invitation = invitation
        if request.user.is_authenticated:  # else they would join as whoever sits at this screen
            return render(request, "accounts/join_signed_in.html", {"invitation": self.invitation}, status=409)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.show(JoinForm(invitation=self.invitation))

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        form = JoinForm(request.POST, invitation=self.invitation)
        if not form.is_valid():
            return self.show(form, 422)
        data = form.cleaned_data
        try:
            person = accept_invitation(
                token=token,
                username=data["username"],
                name=data["name"],
                password=data["password1"],
                time_zone=data["time_zone"],
                now=timezone.now(),
            )
        except InvitationGone as gone:
            return render(request, "accounts/invitation_gone.html", status=gone.status)
        except DomainError as refusal:
            refuse(form, refusal)
            return self.show(form, refusal.status)
        return perform_login(request, person)

    def show(self, form: JoinForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "invitation": self.invitation}
        return render(self.request, "accounts/join.html", context, status=status)
