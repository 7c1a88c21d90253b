"""The page of one order; entering, correcting and voiding it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import SignedInRequest
from core.money import rounded
from core.pages import CreatePage, UpdatePage, get_visible_or_404
from core.pages.detail import DetailPage
from core.pages.gate import allow
from core.zones import business_day
from customers.models import Customer, KeyDate, Status

from .. import permissions, services
from ..forms.orders import BaseLines, Lines, OrderForm, VoidForm, lines_initial, order_initial
from ..models import Opportunity, Order
from ..services.orders import lines_of
from ..tables.orders import margin_of


class OrderPage(DetailPage):
    request: SignedInRequest
    model = Order
    template_name = "opportunities/order.html"

    def get_queryset(self) -> QuerySet[Any]:
        rows = Order.objects.select_related(  # unscoped: the gate adds the scope
            "customer__status", "customer__owner", "seller", "opportunity", "created_by", "voided_by"
        )
        return rows.prefetch_related("lines", "customer__collaborators")

    def extra_context(self, record: Order) -> dict[str, Any]:
        user = self.request.user
        deals = Opportunity.objects.visible_to(user)
        margin = margin_of(record)
        return {
            "order": record,
            "deal": deals.filter(pk=record.opportunity_id).first() if record.opportunity_id is not None else None,
            "lines": [
                (line, rounded(line.quantity * line.price * (100 - line.discount) / 100, record.currency))
                for line in record.lines.all()
            ],
            "margin": margin,
            "share": margin * 100 / record.amount if margin is not None and record.amount else None,
            "may_edit": permissions.can_edit_order(user, record),
            "may_void": permissions.can_void_order(user, record),
            "wants_date": self.wants_date(record.customer),
        }

    def wants_date(self, customer: Customer) -> bool:
        """A retained customer should carry the day of the next order."""
        if customer.status.key != Status.RETAINED:
            return False
        dates = KeyDate.objects.visible_to(self.request.user).filter(customer=customer)
        return not dates.filter(kind=KeyDate.Kind.RENEWAL).exists()


class WritesOrders:
    """What entering and correcting share: a form, its lines, who may have sold it."""

    request: SignedInRequest
    record: Any
    template_name = "opportunities/order_form.html"
    lines: BaseLines

    def sellers(self, customer: Customer | None, order: Order | None = None) -> QuerySet[User]:
        """Whom the reader may name: those whom they may make owner, and who holds the customer or sold it so far."""
        user = self.request.user
        wanted = Q(pk=user.pk)
        if user.is_admin:
            wanted = Q(is_active=True)
        elif user.managed_team_ids:
            wanted |= Q(team_id__in=user.managed_team_ids, is_active=True)
        if customer is not None:
            wanted |= Q(pk=customer.owner_id)
        if order is not None:
            wanted |= Q(pk=order.seller_id)
        return User.objects.visible_to(user).filter(wanted).order_by("name", "pk")

    def deals(self, customer: Customer | None, order: Order | None = None) -> QuerySet[Opportunity]:
        """Won opportunities of the customer, and the one it was made of."""
        if customer is None:
            return Opportunity.objects.none()  # unscoped: nothing
        seen = Opportunity.objects.visible_to(self.request.user).filter(customer=customer)
        wanted = Q(outcome=Opportunity.Outcome.WON)
        if order is not None and order.opportunity_id:
            wanted |= Q(pk=order.opportunity_id)
        return seen.filter(wanted)

    def post(self: Any, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.answer(self.form(request.POST))

    def is_valid(self, form: OrderForm) -> bool:
        return all([form.is_valid(), self.lines.is_valid()])


class OrderCreate(WritesOrders, CreatePage):
    """A new order: ``?opportunity=`` makes it of a won one, ``?customer=`` says for whom."""

    request: SignedInRequest
    model = Order
    title = _("New order")

    def may(self, user: Any) -> bool:
        return self.customer is None or permissions.can_create_order(user, self.customer)

    @cached_property
    def opportunity(self) -> Opportunity | None:
        pk = self.request.GET.get("opportunity", "")
        if not pk:
            return None
        rows = Opportunity.objects.select_related("customer", "owner")  # unscoped: the gate adds the scope
        deal = get_visible_or_404(rows, self.request.user, pk)
        allow(deal.outcome == Opportunity.Outcome.WON and deal.customer_id is not None)
        return deal

    @cached_property
    def customer(self) -> Customer | None:
        if self.opportunity is not None:
            return get_visible_or_404(Customer, self.request.user, self.opportunity.customer_id)
        pk = self.request.GET.get("customer", "")
        return get_visible_or_404(Customer, self.request.user, pk) if pk else None

    def form(self, data: Any = None, files: Any = None) -> OrderForm:
        start: dict[str, Any] = {"ordered_on": business_day(timezone.now()), "seller": self.request.user}
        lines = []
        if self.opportunity is not None:
            draft = services.draft_of(self.opportunity, business_day(timezone.now()))
            start, lines = order_initial(draft), lines_initial(draft.lines)
            if lines:
                start["amount"] = None
        elif self.customer is not None:
            start |= {name: getattr(self.customer, name) for name in ("currency", "payment_terms", "incoterm")}
        self.lines = Lines(data, initial=lines, prefix="lines")
        return OrderForm(
            data,
            initial=start,
            user=self.request.user,
            customer=self.customer,
            sellers=self.sellers(self.customer),
            deals=self.deals(self.customer),
        )

    def save(self, form: OrderForm) -> str:
        data = form.data_of(self.lines.lines())
        order = services.create_order(data=data, by=self.request.user, now=timezone.now())
        return order.get_absolute_url()

    def cancel_url(self) -> str:
        if self.opportunity is not None:
            return self.opportunity.get_absolute_url()
        if self.customer is not None:
            return reverse("opportunities:orders_of_customer", args=[self.customer.pk])
        return reverse("opportunities:orders")

    def extra_context(self) -> dict[str, Any]:
        there = self.opportunity.orders.valid().count() if self.opportunity is not None else 0
        more = {"lines": self.lines, "customer": self.customer, "opportunity": self.opportunity, "there": there}
        return super().extra_context() | more


class OrderUpdate(WritesOrders, UpdatePage):
    request: SignedInRequest
    model = Order
    title = _("Edit the order")

    def get_queryset(self) -> QuerySet[Any]:
        rows = Order.objects.select_related("customer__owner", "seller", "opportunity")  # unscoped: the gate scopes it
        return rows.prefetch_related("lines", "customer__collaborators")

    def may(self, user: Any, record: Any) -> bool:
        return permissions.can_edit_order(user, record)

    def form(self, data: Any = None, files: Any = None) -> OrderForm:
        lines = lines_initial(lines_of(self.record))
        self.lines = Lines(data, initial=lines, prefix="lines")
        start = order_initial(self.record)
        if lines:
            start["amount"] = None
        return OrderForm(
            data,
            initial=start,
            user=self.request.user,
            customer=self.record.customer,
            sellers=self.sellers(self.record.customer, self.record),
            deals=self.deals(self.record.customer, self.record),
        )

    def save(self, form: OrderForm) -> str:
        # One that the reader does not see is not in the form: it stays.
        hidden = self.record.opportunity if self.record.opportunity not in form.deals else None
        data = form.data_of(self.lines.lines(), hidden)
        services.update_order(order=self.record, data=data, by=self.request.user, now=timezone.now())
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return {"lines": self.lines, "customer": self.record.customer}


class OrderVoid(UpdatePage):
    request: SignedInRequest
    model = Order
    title = _("Void the order")
    template_name = "customers/verb.html"

    def get_queryset(self) -> QuerySet[Any]:
        return Order.objects.select_related("customer__owner", "seller")  # unscoped: the gate adds the scope

    def may(self, user: Any, record: Any) -> bool:
        return permissions.can_void_order(user, record)

    def form(self, data: Any = None, files: Any = None) -> VoidForm:
        return VoidForm(data)

    def save(self, form: VoidForm) -> str:
        reason = form.cleaned_data["reason"]
        services.void_order(order=self.record, reason=reason, by=self.request.user, now=timezone.now())
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return {"save": _("Void the order")}
