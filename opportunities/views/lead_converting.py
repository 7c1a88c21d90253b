"""Make a lead a customer with contact and opportunity, and take that back within a day."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.forms import Form, Submitted
from core.pages import UpdatePage, get_visible_or_404
from core.pages.gate import allow
from customers.models import Contact, Customer
from customers.permissions import can_edit
from customers.views.conflicts import cards_of
from customers.views.editing import SaysWhere

from .. import permissions, services, words
from ..conflicts import subject_of
from ..forms.converting import ConvertForms
from ..models import Conversion, Lead
from ..services.converting import what_stays

# What stands above the button while a new customer is entered.
ABOVE_SAVE = "customers/_conflict_save.html"


class ConvertPage(SaysWhere, UpdatePage):
    """Three forms in one: customer, contact, opportunity. ``?customer=`` puts it onto one that stands."""

    request: SignedInRequest
    model = Lead
    title = _("Convert")
    template_name = "opportunities/lead_convert.html"
    found: Any = None
    sent: ConvertForms

    def may(self, user: Any, record: Lead) -> bool:
        return permissions.can_work_lead(user, record) and record.is_open

    @cached_property
    def onto(self) -> Customer | None:
        """The customer that was chosen, if the reader may edit it; Http404 for one that is not seen."""
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        chosen = data.get("customer", "")
        if not chosen:
            return None
        customer = get_visible_or_404(Customer, self.request.user, chosen)
        allow(can_edit(self.request.user, customer))
        return customer

    def form(self, data: Any = None, files: Any = None) -> Any:
        asked = self.request.GET
        given: dict[str, Any] = {
            name: asked[name] for name in ("name", "country", "city", "website", "code") if name in asked
        }
        if self.onto is not None:
            given["customer"] = self.onto.pk
        people: list[Contact] = []
        if self.onto is not None:
            people = list(
                Contact.objects.visible_to(self.request.user).filter(customer=self.onto, archived_at=None)[:50]
            )
        self.sent = ConvertForms(data, lead=self.record, user=self.request.user, given=given, people=people)
        return self.sent.becomes

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if self.onto is None:
            self.found = cards_of(self.request, but=[subject_of(self.record)])
        if not self.sent.is_valid():
            return self.show(form, 422)
        # Whoever saves has been told: what the panel has not shown yet is shown first.
        if self.found is not None and self.found.news(request.POST.get("seen", "")) and not self.found.blocks:
            return self.show(form, 409)
        return self.answer(form)

    def refused(self, form: Any) -> Any:
        return form

    def is_valid(self, form: Any) -> bool:
        return self.sent.is_valid()

    def save_once(self, form: Any) -> str:
        return Submitted(self.request).once(lambda: self.save(form))

    def save(self, form: Any) -> str:
        data = self.sent.conversion()
        services.convert_lead(lead=self.record, data=data, by=self.request.user, now=timezone.now())
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return {
            "lead": self.record,
            "who": self.sent.who,
            "deal": self.sent.deal,
            "has_pipelines": words.pipelines(in_use=True).count() > 1,
            "onto_customer": self.onto,
            "onto": self.request.path,
            "found": self.found,
            "same": self.same,
            "save": self.title,
            "submission": Submitted(self.request).token,
            "above_save": ABOVE_SAVE if self.onto is None else "",
        }


@require_POST  # it writes down which strangers' records were named
def convert_check(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer with the panel of hits for what stands in the form now, each with the way to put the lead onto it."""
    lead = get_visible_or_404(Lead, request.user, pk)
    allow(permissions.can_work_lead(request.user, lead))
    onto = reverse("opportunities:lead_convert", args=[pk])
    context = {"found": cards_of(request, but=[subject_of(lead)]), "is_live": True, "onto": onto}
    return render(request, "customers/_conflicts.html", context)


class UndoPage(UpdatePage):
    """What goes back and what stays, before it is done."""

    request: SignedInRequest
    model = Lead
    title = _("Undo the conversion")
    template_name = "opportunities/lead_undo.html"

    @cached_property
    def conversion(self) -> Conversion:
        """The open conversion of the lead; Http404 where it has none."""
        rows = Conversion.objects.visible_to(self.request.user).filter(lead=self.record, undone_at=None)
        found = rows.select_related("lead__owner", "customer", "contact", "opportunity").first()
        if found is None:
            raise Http404
        return found

    def may(self, user: Any, record: Lead) -> bool:
        return permissions.can_undo_conversion(user, self.conversion)

    def form(self, data: Any = None, files: Any = None) -> Form:
        return Form(data)

    def save(self, form: Any) -> str:
        services.undo_conversion(conversion=self.conversion, by=self.request.user, now=timezone.now())
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        user = self.request.user
        sees = Customer.objects.visible_to(user).filter(pk=self.conversion.customer_id).exists()
        return {
            "conversion": self.conversion,
            "stays": what_stays(self.conversion, user),
            "made": self.conversion.made,
            "sees_customer": sees,
            "save": self.title,
        }
