"""The customer's story on one page: what a successor must know, from facts, dated, to be printed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from core.pages import get_visible_or_404
from core.parsing.quoting import cut_quoted
from customers.clock import local_clock
from customers.models import ContactPoint, Customer, KeyDate, OwnershipPeriod, StatusChange
from customers.reach import href
from followups.models import Task
from opportunities.models import Opportunity

from ..channels import channel_of
from ..models import Communication

if TYPE_CHECKING:
    from accounts.models import User

SAID, AGREED, TASKS, DEALS, DATES, PERIODS, EXCERPT = 12, 8, 15, 10, 8, 10, 280


@require_safe
def story(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything on this page is read from rows; nothing is invented. A fixed number of statements."""
    rows = Customer.objects.select_related("owner", "status", "source")  # unscoped: the gate scopes it
    customer = get_visible_or_404(rows.defer("search_text", "search_public"), request.user, pk)
    return render(request, "communications/story.html", story_of(customer, request.user, timezone.now()))


def story_of(customer: Customer, user: User, now: datetime) -> dict[str, Any]:
    """What a story tells a reader who sees the customer. Ten statements."""
    said = Communication.objects.visible_to(user).filter(customer=customer).defer("search_text")
    by_people = said.filter(is_automatic=False).select_related("author").prefetch_related("contacts")
    newest: list[Any] = list(by_people[:SAID])
    for one in newest:
        one.channel_label = channel_of(one.channel).label
        one.excerpt = cut_quoted(one.body)[0] if one.source == "mail" else one.body
    tasks = Task.objects.visible_to(user).filter(customer=customer, state__in=Task.OPEN)
    dates = KeyDate.objects.filter(customer=customer, on__gte=timezone.localdate(now))  # unscoped: its own
    periods = OwnershipPeriod.objects.filter(customer=customer).select_related("owner", "pool")  # unscoped: its own
    changes = StatusChange.objects.filter(customer=customer)  # unscoped: its own
    deals = Opportunity.objects.visible_to(user).open().filter(customer=customer).select_related("stage", "owner")
    return {
        "customer": customer,
        "now": now,
        "clock": local_clock(customer, now),
        "people": people_of(customer),
        "periods": list(periods.order_by("-started_at")[:PERIODS]),
        "changes": list(changes.select_related("before", "after", "by").order_by("-at")[:PERIODS]),
        "said": newest,
        "excerpt": EXCERPT,
        "agreed": list(said.exclude(agreement="").select_related("author")[:AGREED]),
        "told": list(said.exclude(feedback="").select_related("author")[:AGREED]),
        "deals": list(deals.defer("search_text").order_by("-stage__position", "pk")[:DEALS]),
        "tasks": list(tasks.select_related("assignee").order_by("due_at", "pk")[:TASKS]),
        "dates": [(dict(KeyDate.Kind.choices).get(one.kind, one.kind), one) for one in dates.order_by("on")[:DATES]],
    }


def people_of(customer: Customer) -> list[dict[str, object]]:
    """Living contacts with how they are reached; nothing to click for those who do not want to be."""
    contacts = list(customer.contacts.filter(archived_at=None))
    points = ContactPoint.objects.filter(contact__in=contacts).order_by("position", "pk")  # unscoped: its own
    of: dict[int | None, list[dict[str, str]]] = {}
    for point in points:
        link = href(point.kind, point.value, point.normal)
        of.setdefault(point.contact_id, []).append({"value": point.value, "href": link})
    return [{"contact": contact, "points": of.get(contact.pk, [])} for contact in contacts]
