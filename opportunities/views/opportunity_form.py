"""Enter an opportunity, change what is known of it, and what is open in the same group of companies."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from core.ids import id_of
from core.pages import CreatePage, UpdatePage, get_visible_or_404
from core.pages.gate import allow
from customers.models import Customer

from .. import permissions, services, words
from ..forms.opportunities import (
    Lines,
    NewOpportunityForm,
    OpportunityForm,
    People,
    contacts_of,
    lines_initial,
    people_initial,
)
from ..models import Opportunity, Stage
from .opportunity_verbs import with_relations


def open_in_group(customer: Customer | None, user: Any) -> list[Opportunity]:
    """Open opportunities of the other companies of the customer's group.

    Whoever sees one company of a group knows of the others' deals the product, stage, amount and owner, no more
    (domain.md), wherever they lie; ``is_seen`` says whether the reader may open it.
    """
    if customer is None or customer.group_id is None:
        return []
    seen = Opportunity.objects.visible_to(user).filter(pk=OuterRef("pk"))
    rows = Opportunity.objects.open().filter(  # unscoped: as domain.md says
        customer__group=customer.group_id, customer__archived_at=None
    )
    others = rows.exclude(customer=customer).select_related("customer__status", "customer__owner", "stage", "owner")
    only = ("product", "amount", "currency", "amount_base", "stage", "owner", "outcome", "archived_at")
    names = ("customer__name", "customer__country", "customer__status", "customer__owner", "customer__last_followed_at")
    return list(others.only(*only, *names).annotate(is_seen=Exists(seen)).order_by("-stage_at", "-pk")[:20])


@require_safe
def group_check(request: SignedInRequest) -> HttpResponse:
    """What is open in the group of the chosen ``customer``, and its people: asked for while the form is filled in."""
    asked = id_of(request.GET.get("customer"))
    customer = Customer.objects.visible_to(request.user).filter(pk=asked).first() if asked else None
    people = People(prefix="people", form_kwargs={"contacts": contacts_of(customer, request.user)})
    context = {"deals": open_in_group(customer, request.user), "people": people, "is_swapped": True}
    return render(request, "opportunities/_group_check.html", context)


class EntersLines:
    """The form sets below the form: product lines and people."""

    def is_valid(self: Any, form: Any) -> bool:
        return all([form.is_valid(), self.lines.is_valid(), self.people.is_valid()])

    def group_context(self: Any, customer: Customer | None) -> dict[str, Any]:
        return {"lines": self.lines, "people": self.people, "deals": open_in_group(customer, self.request.user)}


class OpportunityCreate(EntersLines, CreatePage):
    """A new opportunity; ``?customer=`` names with whom."""

    request: SignedInRequest
    model = Opportunity
    title = _("New opportunity")
    template_name = "opportunities/form.html"

    def may(self, user: Any) -> bool:
        return permissions.can_create_opportunity(user)

    @cached_property
    def customer(self) -> Customer | None:
        """With whom: the one chosen in the form, else the one of the address."""
        pk = self.request.POST.get("customer", self.request.GET.get("customer", ""))
        if not pk:
            return None
        rows = Customer.objects.select_related("owner").prefetch_related("collaborators")  # unscoped: the gate scopes
        customer = get_visible_or_404(rows, self.request.user, pk)
        allow(permissions.can_create_opportunity(self.request.user, customer))
        return customer

    @cached_property
    def stages(self) -> QuerySet[Stage]:
        rows = words.stages(in_use=True).filter(kind=Stage.Kind.OPEN, pipeline__is_active=True)
        return rows.select_related("pipeline").order_by("pipeline__position", "pipeline", "position", "pk")

    def form(self, data: Any = None, files: Any = None) -> NewOpportunityForm:
        customer, user = self.customer, self.request.user
        self.lines = Lines(data, prefix="lines")
        self.people = People(data, prefix="people", form_kwargs={"contacts": contacts_of(customer, user)})
        asked = self.request.GET
        first: dict[str, Any] = {name: asked[name] for name in ("title", "stage") if name in asked}
        if customer:
            first |= {"customer": customer.pk, "currency": customer.currency, "incoterm": customer.incoterm}
            first["source"] = customer.source_id
        fields = words.opportunity_fields()
        return NewOpportunityForm(data, user=user, stages=self.stages, custom_fields=fields, initial=first)

    def save(self, form: NewOpportunityForm) -> str:
        data = form.data_of(self.lines.lines(), self.people.people())
        return services.create_opportunity(data=data, by=self.request.user, now=timezone.now()).get_absolute_url()

    def cancel_url(self) -> str:
        if self.customer:
            return reverse("opportunities:of_customer", args=[self.customer.pk])
        return reverse("opportunities:list")

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | self.group_context(self.customer) | {"customer": self.customer}


class OpportunityUpdate(EntersLines, UpdatePage):
    request: SignedInRequest
    model = Opportunity
    title = _("Edit")
    template_name = "opportunities/form.html"

    def get_queryset(self) -> QuerySet[Any]:
        return with_relations().prefetch_related("lines", "people")

    def may(self, user: Any, record: Any) -> bool:
        return permissions.can_work_opportunity(user, record)

    def form(self, data: Any = None, files: Any = None) -> OpportunityForm:
        contacts = contacts_of(self.record.customer, self.request.user)
        self.lines = Lines(data, prefix="lines", initial=lines_initial(self.record))
        self.people = People(
            data, prefix="people", initial=people_initial(self.record), form_kwargs={"contacts": contacts}
        )
        fields = words.opportunity_fields()
        return OpportunityForm(data, instance=self.record, user=self.request.user, custom_fields=fields)

    def save(self, form: OpportunityForm) -> str:
        moves_away = "customer" in form.changed_data
        services.update_opportunity(
            opportunity=with_relations().get(pk=self.record.pk),  # the form wrote on its own copy
            changes=form.changes(),
            lines=self.lines.lines() if self.lines.has_changed() else None,
            people=self.people.people() if self.people.has_changed() and not moves_away else None,
            by=self.request.user,
            now=timezone.now(),
        )
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return self.group_context(self.record.customer)
