"""What can people set for themselves: name, language, absence, address, which notices are mailed?"""

from __future__ import annotations

import copy
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.exceptions import DomainError
from core.pages.form import FormPage
from core.pages.told import say

from ..forms import EmailForm, ProfileForm
from ..fresh import fresh_sign_in
from ..registries import NOTICES, SHOWN_AT
from ..requests import SignedInRequest
from ..services import ask_for_email, change_profile, choose_mailed_notices, come_back, confirm_email
from ..services.profile import email_of_link
from .absence import say_deputy_is_away


class ProfilePage(FormPage):
    request: SignedInRequest
    template_name = "accounts/profile.html"
    title = gettext_lazy("Profile")

    def form(self, data: Any = None, files: Any = None) -> ProfileForm:
        # A copy: what is typed and refused must not show in the bar above the page.
        return ProfileForm(data, instance=copy.copy(self.request.user))

    def save(self, form: ProfileForm) -> str:
        change_profile(**form.cleaned_data, by=self.request.user, now=timezone.now())
        say(self.request, _("Saved."))  # seen by everybody: nothing on the page shows it
        say_deputy_is_away(
            self.request, **{word: form.cleaned_data[word] for word in ("deputy", "away_from", "away_to")}
        )
        return reverse("accounts:profile")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "back" not in request.POST:
            return super().post(request, **kwargs)
        come_back(by=self.request.user, now=timezone.now())
        return redirect("accounts:profile")

    def extra_context(self) -> dict[str, Any]:
        user = self.request.user
        return {"is_away": user.is_away(timezone.now()), "shown_at": SHOWN_AT.get("weekly_on")}

    def cancel_url(self) -> str:
        return ""


@method_decorator(fresh_sign_in, name="dispatch")
class EmailPage(FormPage):
    """Ask for another address; it changes when the link sent there is opened."""

    request: SignedInRequest
    template_name = "accounts/change_email.html"
    title = gettext_lazy("Change e-mail address")

    def form(self, data: Any = None, files: Any = None) -> EmailForm:
        return EmailForm(data)

    def save(self, form: EmailForm) -> str:
        ask_for_email(email=form.cleaned_data["email"], by=self.request.user)
        messages.info(
            self.request,
            _("A link was sent to %(email)s. Open it within a day, signed in.") % {"email": form.cleaned_data["email"]},
        )
        return reverse("accounts:profile")

    def cancel_url(self) -> str:
        return reverse("accounts:profile")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email_page(request: SignedInRequest, token: str) -> HttpResponse:
    """Show which address a link proves; taking it is a press of a button, for links are opened by scanners too."""
    try:
        if request.method == "POST":
            confirm_email(token=token, by=request.user, now=timezone.now())
            return redirect("accounts:profile")
        context: dict[str, Any] = {"email": email_of_link(token, request.user)}
        status = 200
    except DomainError as refusal:
        context, status = {"refusal": refusal}, refusal.status
    return render(request, "accounts/confirm_email.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def notice_choices(request: SignedInRequest) -> HttpResponse:
    """Which kinds of notices come by mail as well?"""
    if request.method == "POST":
        choose_mailed_notices(kinds=request.POST.getlist("mail"), by=request.user)
        return HttpResponseRedirect(reverse("accounts:notice_choices"))
    mailed = request.user.mailed_notices
    kinds = [
        {"key": key, "label": kind.label, "by_mail": mailed.get(key, kind.by_mail)} for key, kind in NOTICES.items()
    ]
    return render(request, "accounts/notice_choices.html", {"kinds": kinds})
