"""The hand-over sheets of a departure: each customer's story on a page of its own, for whoever has it now."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Departure
from accounts.requests import SignedInRequest
from core.ids import id_of
from core.pages import get_visible_or_404
from core.paging import Order, paginate
from core.querysets import count_in_one
from customers.models import Customer

from .story import stories_of

# Each is a printed page or two.
PAGE = 20


@require_safe
def sheets(request: SignedInRequest, pk: int) -> HttpResponse:
    """The customers that a departure handed to people; those in a pool are nobody's to be handed over."""
    found = Departure.objects.select_related("person")  # unscoped: the gate adds the scope
    departure = get_visible_or_404(found, request.user, pk)
    ids = departure.handed.filter(kind="customers").values("object_id")
    rows = Customer.objects.visible_to(request.user).filter(pk__in=ids).select_related("owner", "status", "source")
    if one := id_of(request.GET.get("customer")):
        rows = rows.filter(pk=one)
    page = paginate(
        rows.defer("search_text", "search_public"), Order("id", "pk"), request.GET, PAGE, count_in_one(rows)
    )
    now = timezone.now()
    stories = stories_of(page.rows, request.user, now)
    context = {"departure": departure, "person": departure.person, "page": page, "stories": stories, "now": now}
    return render(request, "communications/handover.html", context)
