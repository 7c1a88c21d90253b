"""Headers and contacts of a customer: add, correct, choose the main one, remove."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from core.custom_fields import fields_of
from core.forms import Submitted
from core.pages import UpdatePage, get_visible_or_404
from core.pages.gate import allow
from core.text import clean

from .. import permissions, services, words
from ..forms import ContactForm, HeaderForm, Points, points_initial
from ..identity import check_code
from ..models import Contact, Customer, CustomerName
from .conflicts import ABOVE_SAVE
from .editing import SaysWhere


class PartPage(UpdatePage):
    """A form for something that belongs to a customer; ``part`` is the row, None while it is new."""

    request: SignedInRequest
    model = Customer
    template_name = "customers/verb.html"
    part_model: Any
    tab: str
    part: Any = None

    def may(self, user: Any, record: Any) -> bool:
        return permissions.can_edit(user, record)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "part_pk" in kwargs:
            self.part = find_part(self.request, self.part_model, kwargs["pk"], kwargs["part_pk"])
        return super().dispatch(request, *args, **kwargs)

    def save_once(self, form: Any) -> str:
        return self.save(form) if self.part else Submitted(self.request).once(lambda: self.save(form))

    def extra_context(self) -> dict[str, Any]:
        return {"submission": None if self.part else Submitted(self.request).token}

    def done_url(self) -> str:
        return reverse(f"customers:{self.tab}", args=[self.record.pk])


def find_part(request: SignedInRequest, model: Any, pk: int, part_pk: int) -> Any:
    """A row that belongs to the visible customer of the address; Http404 else."""
    customer = get_visible_or_404(Customer, request.user, pk)
    rows = model.objects.visible_to(request.user).filter(customer=customer).select_related("customer__owner")
    return get_visible_or_404(rows, request.user, part_pk)


# --- headers ------------------------------------------------------------------------------------------


class HeaderPage(SaysWhere, PartPage):
    part_model = CustomerName
    tab = "headers"
    title = _("Header")

    def form(self, data: Any = None, files: Any = None) -> HeaderForm:
        header = self.part
        now = (
            {"name": header.name, "kind": header.kind, "country": str(header.country), "code": header.code}
            if header
            else {"country": str(self.record.country)}
        )
        return HeaderForm(data, initial=now)

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | {"same": self.same, "above_save": ABOVE_SAVE}

    def save(self, form: Any) -> str:
        who: dict[str, Any] = {"by": self.request.user, "now": timezone.now()}
        if self.part:
            services.update_header(header=self.part, **form.cleaned_data, **who)
        else:
            services.add_header(customer=self.record, **form.cleaned_data, **who)
        return self.done_url()


@require_POST
def make_main(request: SignedInRequest, pk: int, part_pk: int) -> HttpResponse:
    header = find_part(request, CustomerName, pk, part_pk)
    allow(permissions.can_edit(request.user, header.customer))
    services.make_main(header=header, by=request.user, now=timezone.now())
    return HttpResponseRedirect(reverse("customers:headers", args=[pk]))


@require_POST
def remove_header(request: SignedInRequest, pk: int, part_pk: int) -> HttpResponse:
    header = find_part(request, CustomerName, pk, part_pk)
    allow(permissions.can_edit(request.user, header.customer))
    services.remove_header(header=header, by=request.user, now=timezone.now())
    return HttpResponseRedirect(reverse("customers:headers", args=[pk]))


@require_safe
def code_check(request: SignedInRequest) -> HttpResponse:
    """Say below the field whether a tax or credit code can be right; looks nowhere but at its digits."""
    code, country = clean(request.GET.get("code", ""))[:60], clean(request.GET.get("country", ""))[:2]
    return render(request, "customers/_code_check.html", {"found": check_code(country, code) if code else None})


# --- contacts -----------------------------------------------------------------------------------------


class ContactPage(PartPage):
    part_model = Contact
    tab = "contacts"
    title = _("Contact")
    template_name = "customers/contact_form.html"

    def form(self, data: Any = None, files: Any = None) -> ContactForm:
        initial = points_initial(self.part.points.all()) if self.part else []
        self.points = Points(data, initial=initial, prefix="points")
        return ContactForm(data, instance=self.part, custom_fields=fields_of(words.CONTACT))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not self.points.is_valid():
            form.is_valid()
            return self.show(form, 422)
        return self.answer(form)

    def save(self, form: Any) -> str:
        services.save_contact(
            customer=self.record,
            contact=self.part,
            data=form.data_of(self.points.points()),
            by=self.request.user,
            now=timezone.now(),
        )
        return self.done_url()

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | {"points": self.points, "above_save": ABOVE_SAVE}


@require_POST
def archive_contact(request: SignedInRequest, pk: int, part_pk: int) -> HttpResponse:
    contact = find_part(request, Contact, pk, part_pk)
    allow(permissions.can_edit(request.user, contact.customer))
    services.archive_contact(contact=contact, by=request.user, now=timezone.now())
    return HttpResponseRedirect(reverse("customers:contacts", args=[pk]))


@require_POST
def restore_contact(request: SignedInRequest, pk: int, part_pk: int) -> HttpResponse:
    contact = find_part(request, Contact, pk, part_pk)
    allow(permissions.can_edit(request.user, contact.customer))
    services.restore_contact(contact=contact, by=request.user, now=timezone.now())
    return HttpResponseRedirect(reverse("customers:contacts", args=[pk]))
