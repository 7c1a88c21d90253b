"""Which customers are like this one, and are they told apart?"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from core.pages import UpdatePage, get_visible_or_404

from .. import permissions, services
from ..conflicts import find, probes_of
from ..forms import TellApartForm
from ..hits_shown import show
from ..identity_keys import no_conflicts_of
from ..models import Customer, SaidDifferent
from .conflicts import met


@require_http_methods(["GET", "HEAD", "POST"])
def similar(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look for customers that may be this one; asked for by a button, for it notes whom it names."""
    customer = get_visible_or_404(Customer, request.user, pk)
    said = SaidDifferent.objects.visible_to(request.user).of(customer).select_related("by")
    apart = no_conflicts_of(customer)
    seen = Customer.objects.visible_to(request.user).filter(pk__in=apart).in_bulk()
    context: dict[str, Any] = {
        "customer": customer,
        "said": [{"row": row, "other": seen.get(row.other_than(customer))} for row in said],
        "found": None,
    }
    if request.method == "POST":
        probes = probes_of(customer)
        hits = find(probes, but=apart)
        cards = show(list(zip(probes, hits, strict=True)), to=request.user, now=timezone.now())
        best = {card.hit.subject: card for some in reversed(cards) for card in some.cards}
        for card in best.values():
            card.may_tell_apart = card.may_tell_apart or permissions.can_tell_apart(request.user, customer)
        context["found"] = sorted(best.values(), key=lambda card: (not card.hit.is_block, -card.hit.score))
    return render(request, "customers/similar.html", context)


class TellApartPage(UpdatePage):
    """Say that a similar customer is not this one; the token of the hit tells which."""

    request: SignedInRequest
    model = Customer
    title = _("It is another company")
    template_name = "customers/verb.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        get_visible_or_404(Customer, self.request.user, kwargs["pk"])
        self.hit = request.POST.get("hit") or request.GET.get("hit", "")
        self.other, _told = met(request, self.hit)
        if self.other.pk == kwargs["pk"]:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def may(self, user: Any, record: Any) -> bool:
        return permissions.can_tell_apart(user, record) or permissions.can_tell_apart(user, self.other)

    def form(self, data: Any = None, files: Any = None) -> TellApartForm:
        return TellApartForm(data, initial={"hit": self.hit})

    def save(self, form: Any) -> str:
        services.tell_apart(
            customer=self.record,
            other=self.other,
            kind=form.cleaned_data["difference"],
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            now=timezone.now(),
        )
        return reverse("customers:similar", args=[self.record.pk])

    def cancel_url(self) -> str:
        return reverse("customers:similar", args=[self.record.pk])
