"""What people ask about customers that they met while entering one: ask, list, decide, withdraw."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.forms import Submitted
from core.pages import get_visible_or_404
from core.pages.form import FormPage
from core.pages.gate import allow

from .. import services
from ..forms import AskForm, DecisionForm
from ..models import Customer, CustomerRequest
from ..services.requests import may_decide
from .conflicts import met

PER_PAGE = 25
Kind, State = CustomerRequest.Kind, CustomerRequest.State
TITLES = {Kind.SHARE: _("Ask to share"), Kind.JOIN: _("Ask to join"), Kind.DISPUTE: _("It is another company")}


@require_safe
def requests(request: SignedInRequest) -> HttpResponse:
    """List what this person may decide on, and what was asked."""
    user = request.user
    rows = CustomerRequest.objects.visible_to(user).not_left_behind().select_related("customer", "by", "decided_by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    mine = CustomerRequest.objects.visible_to(user).to_decide(user)
    waiting = list(mine.select_related("customer", "by").order_by("at")[:PER_PAGE])
    return render(request, "customers/requests.html", {"page": page, "waiting": waiting})


class RequestNew(FormPage):
    """Ask about a customer that a hit named to this person; the hit's token proves it."""

    request: SignedInRequest
    template_name = "customers/request_new.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        given = request.POST or request.GET
        self.hit, self.kind = given.get("hit", ""), given.get("kind", "")
        if self.kind not in Kind.values:
            raise Http404
        self.customer, told = met(request, self.hit)
        self.typed = told["typed"]
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> AskForm:
        return AskForm(data)

    def cancel_url(self) -> str:
        return reverse("customers:requests")

    def extra_context(self) -> dict[str, Any]:
        return {
            "submission": Submitted(self.request).token,
            "title": TITLES[Kind(self.kind)],
            "customer": self.customer,
            "kind": self.kind,
            "hit": self.hit,
            "typed": self.typed,
            "save": _("Ask"),
        }

    def save_once(self, form: Any) -> str:
        return Submitted(self.request).once(lambda: self.save(form))

    def save(self, form: Any) -> str:
        made = services.ask_about(
            customer=self.customer,
            kind=self.kind,
            reason=form.cleaned_data["reason"],
            typed=self.typed,
            by=self.request.user,
            now=timezone.now(),
        )
        return reverse("customers:request", args=[made.pk])


class RequestPage(FormPage):
    """One request: what was asked and why; whoever may decides here."""

    request: SignedInRequest
    template_name = "customers/request.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = CustomerRequest.objects.visible_to(self.request.user)
        rows = rows.select_related("customer__owner", "customer__status", "by", "decided_by")
        self.asked = get_visible_or_404(rows, self.request.user, kwargs["pk"])
        self.may = self.asked.state == State.OPEN and may_decide(self.request.user, self.asked, self.asked.customer)
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> DecisionForm:
        return DecisionForm(data, is_dispute=self.asked.kind == Kind.DISPUTE)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        allow(self.may or self.asked.state != State.OPEN)
        if request.POST.get("decision") not in ("accept", "refuse"):  # never guessed
            return self.show(self.form(request.POST), 422)
        return super().post(request, **kwargs)

    def cancel_url(self) -> str:
        return reverse("customers:requests")

    def extra_context(self) -> dict[str, Any]:
        customer, user = self.asked.customer, self.request.user
        return {
            "title": TITLES[Kind(self.asked.kind)],
            "asked": self.asked,
            "may": self.may,
            "is_mine": self.asked.by_id == user.pk,
            "sees_customer": Customer.objects.visible_to(user).filter(pk=customer.pk).exists(),
            "may_enter": self.asked.may_be_used_by(user, timezone.now()),
        }

    def save(self, form: Any) -> str:
        services.decide_request(
            request=self.asked,
            accept=self.request.POST.get("decision") == "accept",
            answer=form.cleaned_data["answer"],
            difference=form.cleaned_data.get("difference", ""),
            by=self.request.user,
            now=timezone.now(),
        )
        return reverse("customers:request", args=[self.asked.pk])


@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    asked = get_visible_or_404(CustomerRequest.objects.visible_to(request.user), request.user, pk)
    services.withdraw_request(request=asked, by=request.user, now=timezone.now())
    return HttpResponseRedirect(reverse("customers:requests"))
