"""Giving customers of the pool to somebody: one from its page, many from the list, each with its own result."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.forms import refuse
from core.pages.form import FormPage
from core.pages.gate import allow
from core.pages.selection import kept_selection
from customers.models import Customer

from ..allowance import in_words
from ..forms import GiveForm
from ..permissions import can_assign
from ..services import assign_customers
from .listing import PoolList, chosen
from .record import pooled_or_404

MOST = 500


class AssignPage(FormPage):
    """Give one customer to somebody."""

    request: SignedInRequest
    template_name = "publicpool/assign.html"
    title = _("Give to somebody")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.record = pooled_or_404(request, kwargs["pk"])  # type: ignore[arg-type]
        allow(can_assign(self.request.user, self.record.pool))
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> GiveForm:
        return GiveForm(data, by=self.request.user, pool=self.record.pool)

    def save(self, form: Any) -> str:
        (result,) = assign_customers(
            ids=[self.record.pk], by=self.request.user, now=timezone.now(), **form.cleaned_data
        )
        if result.refusal is not None:
            raise result.refusal
        seen = Customer.objects.visible_to(self.request.user).filter(pk=self.record.pk).exists()
        return self.record.get_absolute_url() if seen else self.list_url()

    def cancel_url(self) -> str:
        return reverse("publicpool:record", args=[self.record.pk])

    def list_url(self) -> str:
        return f"{reverse('publicpool:list')}?pool={self.record.pool_id}"

    def extra_context(self) -> dict[str, Any]:
        return {"save": _("Give")}


@require_POST
def assign_many(request: SignedInRequest) -> HttpResponse:
    """First answer with the form; sent with it (``go``), give and answer with what became of each row."""
    user, now = request.user, timezone.now()
    page = PoolList.of(request, request.POST.get("query", ""))
    allow(page.pool is not None and can_assign(user, page.pool))
    assert page.pool is not None
    ids = chosen(request, now, MOST)
    is_sent = "go" in request.POST
    form = GiveForm(request.POST if is_sent else None, by=user, pool=page.pool)
    context: dict[str, Any] = {
        "title": _("Give to somebody"),
        "form": form,
        "number": len(ids),
        "most": MOST,
        "kept": kept_selection(request),
        "query": request.POST.get("query", ""),
        "list_url": f"{reverse('publicpool:list')}?{page.query_to_keep()}",
    }
    status = 200
    if is_sent and 0 < len(ids) <= MOST and form.is_valid():
        try:
            results = assign_customers(ids=ids, by=user, now=now, **form.cleaned_data)
        except DomainError as refusal:
            refuse(form, refusal)
            status = refusal.status
        else:
            lines = [(one.customer, in_words(one.refusal) if one.refusal else "") for one in results]
            refused = sum(bool(why) for _customer, why in lines)
            context |= {"lines": lines, "refused": refused, "done": len(lines) - refused, "to": form.cleaned_data["to"]}
            return render(request, "publicpool/assigned.html", context)
    return render(
        request, "publicpool/assign_many.html", context, status=422 if form.errors and status == 200 else status
    )
