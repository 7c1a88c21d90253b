"""The page of one pooled customer: what masked.py allows, who held it, why it is here, and what can be done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.ids import BIGGEST_ID
from customers.models import Customer

from .. import masked
from ..allowance import allowance
from ..permissions import can_assign, can_claim, can_reveal
from ..tables import cause


@require_safe
def record(request: SignedInRequest, pk: int) -> HttpResponse:
    """The masked page; whoever sees the customer in full is led there."""
    return record_page(request, pk, timezone.now())


def record_page(request: SignedInRequest, pk: int, now: datetime, refusal: DomainError | None = None) -> HttpResponse:
    """The page as it is now, with a refusal in place where there was one; what is not visible does not exist."""
    user, pk = request.user, min(pk, BIGGEST_ID)
    status = refusal.status if refusal else 200
    customer = _pooled(request, pk)
    if customer is not None:
        context = _context(request, customer, now) | {"refusal": refusal}
        return render(request, "publicpool/record.html", context, status=status)
    mine = Customer.objects.visible_to(user).filter(pk=pk).first()
    if mine is not None:
        return HttpResponseRedirect(mine.get_absolute_url())
    gone = masked.seen_lately(user, now).select_related("owner").filter(pk=pk).first()
    if gone is None:
        raise Http404
    return render(request, "publicpool/gone.html", {"customer": gone, "refusal": refusal}, status=status)


def pooled_or_404(request: SignedInRequest, pk: int) -> Any:
    """One pooled customer with what may be shown of it."""
    customer = _pooled(request, pk)
    if customer is None:
        raise Http404
    return customer


def _pooled(request: SignedInRequest, pk: int) -> Any:
    return masked.whole(masked.pooled(request.user)).filter(pk=min(pk, BIGGEST_ID)).first()


def _context(request: SignedInRequest, customer: Any, now: datetime) -> dict[str, Any]:
    user = request.user
    quota = allowance(user, customer.pool, now)
    return {
        "customer": customer,
        "pool": customer.pool,
        "periods": masked.periods(customer),
        "cause": cause(customer._why),
        "quota": quota,
        "may_claim": can_claim(user),
        "may_assign": can_assign(user, customer.pool),
        "may_reveal": can_reveal(user),
        "tags": customer._tags,
        "categories": customer._categories,
        "former": masked.holders(customer._former),
    }
