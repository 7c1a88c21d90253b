"""Enter a customer, and change what is known of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.requests import SignedInRequest
from core.pages import CreatePage, UpdatePage
from core.pages.told import say

from .. import permissions, services, words
from ..forms import CustomerForm, FirstContactForm, NewCustomerForm, Points, points_initial
from ..models import Customer
from ..registries import pooled_pages
from .conflicts import ABOVE_SAVE, cards_of
from .verbs import after_losing


class SaysWhere:
    """A form whose refusal of the same company leads to the record that stands already, where one may see it."""

    def show(self: Any, form: Any, status: int = 200, refusal: Any = None) -> HttpResponse:
        pk = getattr(refusal, "customer_id", None)
        self.same = Customer.objects.visible_to(self.request.user).filter(pk=pk).first() if pk else None
        return super().show(form, status, refusal)  # type: ignore[misc]


class CustomerCreate(SaysWhere, CreatePage):
    request: SignedInRequest
    model = Customer
    found: Any = None
    title = _("New customer")
    template_name = "customers/customer_form.html"

    def may(self, user: Any) -> bool:
        return permissions.can_create(user)

    def cancel_url(self) -> str:
        return reverse("customers:list")

    def form(self, data: Any = None, files: Any = None) -> NewCustomerForm:
        self.points = Points(data, prefix="points")
        self.contact = FirstContactForm(data, prefix="contact")
        given = {name: self.request.GET[name] for name in ("name", "country", "code") if name in self.request.GET}
        return NewCustomerForm(data, initial=given, user=self.request.user, **words.defined())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        self.found = cards_of(self.request)
        if not all([form.is_valid(), self.points.is_valid(), self.contact.is_valid()]):
            return self.show(form, 422)
        # Whoever saves has been told: what the panel has not shown yet is shown first.
        if self.found.news(request.POST.get("seen", "")) and not self.found.blocks:
            return self.show(form, 409)
        return self.answer(form)

    def save(self, form: Any) -> str:
        data = form.data_of(self.points.points(), self.contact.contacts())
        customer = services.create_customer(data=data, by=self.request.user, now=timezone.now(), **form.holder())
        if customer.pool is not None:
            said = _("%(customer)s lies in the pool %(pool)s.") % {"customer": customer, "pool": customer.pool}
            say(self.request, said)
            if page := pooled_pages([customer.pk], self.request.user).get(customer.pk):
                return page
        return after_losing(self.request.user, customer)

    def extra_context(self) -> dict[str, Any]:
        more = {"points": self.points, "contact": self.contact, "same": self.same, "found": self.found}
        more |= {"above_save": ABOVE_SAVE}
        return super().extra_context() | more


class CustomerUpdate(SaysWhere, UpdatePage):
    request: SignedInRequest
    model = Customer
    title = _("Edit")
    template_name = "customers/customer_form.html"

    def may(self, user: Any, record: Any) -> bool:
        return permissions.can_edit(user, record)

    def form(self, data: Any = None, files: Any = None) -> CustomerForm:
        own = self.record.contact_points.filter(contact=None)
        self.points = Points(data, initial=points_initial(own), prefix="points")
        return CustomerForm(data, instance=self.record, **words.defined())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not all([form.is_valid(), self.points.is_valid()]):
            return self.show(form, 422)
        return self.answer(form)

    def save(self, form: Any) -> str:
        edited = set(form.changed_data)
        services.update_customer(
            customer=self.record,
            changes=form.changes(),
            tags=form.tag_names() if "tags" in edited else None,
            categories=form.categories() if any(name.startswith("category_") for name in edited) else None,
            points=self.points.points() if self.points.has_changed() else None,
            by=self.request.user,
            now=timezone.now(),
        )
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return {"points": self.points, "same": self.same, "above_save": ABOVE_SAVE}
