"""Claiming one customer of the pool, or many: the answer stands in the rows, and so does every refusal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from core.exceptions import DomainError
from core.ids import BIGGEST_ID

from .. import errors, masked
from ..allowance import allowance, in_words
from ..answers import answers_of
from ..services import claim_customers
from ..services.claiming import Result
from .listing import PoolList, chosen
from .record import record_page

# So many are claimed at once.
MOST = 200


@require_POST
def claim(request: SignedInRequest, pk: int) -> HttpResponse:
    """Claim one customer: from the list its row is answered, from its own page that page."""
    user, now = request.user, timezone.now()
    customer = masked.seen_lately(user, now).filter(pk=min(pk, BIGGEST_ID)).first()
    if customer is None:
        raise Http404
    result = _claimed(request, [pk], now)[0]
    if request.POST.get("at") == "record":
        if result.refusal is None:
            return HttpResponseRedirect(customer.get_absolute_url())
        return record_page(request, pk, now, result.refusal)
    if request.htmx:
        context = _in_list(request, [result], now)
        return render(request, "publicpool/claimed.html", context)
    if result.refusal is None:
        messages.info(request, _("%(customer)s is yours now.") % {"customer": customer})
    else:
        messages.error(request, f"{customer}: {in_words(result.refusal)}")
    return HttpResponseRedirect(f"{reverse('publicpool:list')}?{request.POST.get('query', '')}")


@require_POST
def claim_many(request: SignedInRequest) -> HttpResponse:
    """Claim the chosen rows in their order as far as the limits go; each tells what became of it."""
    now = timezone.now()
    ids = chosen(request, now, MOST)
    refusal: DomainError | None = None
    results: list[Result] = []
    if len(ids) > MOST:
        refusal = errors.TooManyAtOnce(numbers={"limit": MOST})
    else:
        try:
            results = claim_customers(ids=ids, by=request.user, now=now)
        except DomainError as error:
            refusal = error
    context = _in_list(request, results, now) | {"refusal": refusal}
    context["refused"] = [one for one in context["answers"] if not one.is_claimed]
    context["done"] = len(results) - len(context["refused"])
    part = "#said" if request.htmx else ""
    return render(request, f"publicpool/claimed_many.html{part}", context, status=refusal.status if refusal else 200)


def _claimed(request: SignedInRequest, ids: list[int], now: datetime) -> list[Result]:
    try:
        return claim_customers(ids=ids, by=request.user, now=now)
    except DomainError as refusal:  # of an admin, or while the row is busy
        rows = masked.seen_lately(request.user, now).filter(pk__in=ids)
        return [Result(customer, refusal=refusal) for customer in rows]


def _in_list(request: SignedInRequest, results: list[Result], now: datetime) -> dict[str, Any]:
    """The answers as rows of the list they were claimed from, and what is left to claim there."""
    page = PoolList.of(request, request.POST.get("query", ""))
    answers = answers_of(page.make_table(page.chosen_columns()), results)
    quota = allowance(request.user, page.pool, now) if page.pool else []
    return {
        "answers": answers,
        "pool": page.pool,
        "quota": quota,
        "list_url": f"{reverse('publicpool:list')}?{page.query_to_keep()}",
    }
