"""Ask for more time before a rule takes a customer, and decide on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.requests import SignedInRequest
from core.pages import UpdatePage
from core.pages.gate import allow, get_visible_or_404
from core.zones import business_day
from customers.models import Customer

from .. import permissions
from ..holder_forms import DecisionForm, MoreTimeForm
from ..models import Extension, PoolSettings
from ..services import ask_for_more_time, decide_extension


class MoreTimePage(UpdatePage):
    request: SignedInRequest
    model = Customer
    title = _("Ask for more time")
    template_name = "customers/verb.html"

    def may(self, user: Any, record: Customer) -> bool:
        return permissions.can_ask_for_more_time(user, record)

    def form(self, data: Any = None, files: Any = None) -> MoreTimeForm:
        return MoreTimeForm(data)

    def save(self, form: MoreTimeForm) -> str:
        reason = form.cleaned_data["reason"]
        ask_for_more_time(customer=self.record, reason=reason, by=self.request.user, now=timezone.now())
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return {"save": _("Ask")}


class DecisionPage(UpdatePage):
    """Grant or refuse more time; the record is the customer, the wish stands in the form's head."""

    request: SignedInRequest
    model = Customer
    title = _("More time?")
    template_name = "publicpool/extension.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = Extension.objects.select_related("customer__owner", "by")  # unscoped: the gate scopes
        self.extension = get_visible_or_404(rows, self.request.user, kwargs["pk"])
        if self.extension.customer.owner_id is None:
            raise Http404
        self.record = self.extension.customer
        allow(permissions.can_decide_extension(self.request.user, self.extension))
        return super(UpdatePage, self).dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> DecisionForm:
        until = business_day(timezone.now()) + timedelta(days=PoolSettings.get().extension_days)
        return DecisionForm(data, initial={"until": until})

    def save(self, form: DecisionForm) -> str:
        data = form.cleaned_data
        decide_extension(
            extension=self.extension,
            is_granted=data["decision"] == "grant",
            until=data["until"],
            answer=data["answer"],
            by=self.request.user,
            now=timezone.now(),
        )
        return self.record.get_absolute_url()

    def extra_context(self) -> dict[str, Any]:
        return {"save": _("Decide"), "extension": self.extension}
