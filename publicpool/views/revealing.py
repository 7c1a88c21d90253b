"""An admin's look at what is masked: asked for with a reason, shown once, noted for good."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.forms import refuse
from core.pages.form import FormPage
from core.pages.gate import allow
from customers.models import Contact, ContactPoint, Customer

from ..forms import RevealForm
from ..permissions import can_reveal
from ..services import reveal_customer
from .record import pooled_or_404


class RevealPage(FormPage):
    """Ask why; the answer to the form is the contact data itself, on no address of its own."""

    request: SignedInRequest
    template_name = "publicpool/reveal.html"
    title = _("Show contact data")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.record = pooled_or_404(request, kwargs["pk"])  # type: ignore[arg-type]
        allow(can_reveal(self.request.user))
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> RevealForm:
        return RevealForm(data)

    def cancel_url(self) -> str:
        return reverse("publicpool:record", args=[self.record.pk])

    def extra_context(self) -> dict[str, Any]:
        return {"save": _("Show")}

    def answer(self, form: Any) -> HttpResponse:
        if not form.is_valid():
            return self.show(form, 422)
        try:
            row = reveal_customer(customer=self.record, by=self.request.user, now=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            refuse(form, refusal)
            return self.show(form, refusal.status, refusal)
        # Noted above: what follows is the one place that reads beyond masked.py for somebody who does not hold it.
        whole = Customer.objects.get(pk=self.record.pk)  # unscoped: noted above
        people = Contact.objects.filter(customer=whole, archived_at=None)  # unscoped: noted above
        points = ContactPoint.objects.filter(customer=whole).filter(contact=None)  # unscoped: noted above
        context = {
            "customer": whole,
            "people": people.prefetch_related("points"),
            "points": points,
            "row": row,
            "record_url": self.cancel_url(),
        }
        return render(self.request, "publicpool/revealed.html", context)
