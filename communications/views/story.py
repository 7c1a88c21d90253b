"""The customer's story on one page: what a successor must know, from facts, dated, to be printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from core.pages import get_visible_or_404
from core.parsing.quoting import cut_quoted
from customers.clock import local_clock
from customers.models import Contact, ContactPoint, Customer, KeyDate, OwnershipPeriod, StatusChange
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
    return stories_of([customer], user, now)[0]


def stories_of(customers: Sequence[Customer], user: User, now: datetime) -> list[dict[str, Any]]:
    """The story of each of these customers, which the reader sees. Ten statements for all of them."""
    ids = [one.pk for one in customers]
    said = Communication.objects.visible_to(user).defer("search_text").select_related("author")
    by_people = said.filter(is_automatic=False).prefetch_related("contacts")
    newest = _first(by_people, ids, SAID, "-happened_at", "-pk")
    for one in (one for some in newest.values() for one in some):
        one.channel_label = channel_of(one.channel).label
        one.excerpt = cut_quoted(one.body)[0] if one.source == "mail" else one.body
    agreed = _first(said.exclude(agreement=""), ids, AGREED, "-happened_at", "-pk")
    told = _first(said.exclude(feedback=""), ids, AGREED, "-happened_at", "-pk")
    tasks = Task.objects.visible_to(user).filter(state__in=Task.OPEN).select_related("assignee")
    tasks_of = _first(tasks, ids, TASKS, "due_at", "pk")
    dates = KeyDate.objects.filter(on__gte=timezone.localdate(now))  # unscoped: the customers' own
    dates_of = _first(dates, ids, DATES, "on", "pk")
    periods = OwnershipPeriod.objects.select_related("owner", "pool")  # unscoped: the customers' own
    periods_of = _first(periods, ids, PERIODS, "-started_at", "-pk")
    changes = StatusChange.objects.select_related("before", "after", "by")  # unscoped: the customers' own
    changes_of = _first(changes, ids, PERIODS, "-at", "-pk")
    deals = Opportunity.objects.visible_to(user).open().select_related("stage", "owner").defer("search_text")
    deals_of = _first(deals, ids, DEALS, "-stage__position", "pk")
    people = people_of(ids)
    kinds = dict(KeyDate.Kind.choices)
    return [
        {
            "customer": customer,
            "now": now,
            "clock": local_clock(customer, now),
            "people": people.get(customer.pk, []),
            "periods": periods_of.get(customer.pk, []),
            "changes": changes_of.get(customer.pk, []),
            "said": newest.get(customer.pk, []),
            "excerpt": EXCERPT,
            "agreed": agreed.get(customer.pk, []),
            "told": told.get(customer.pk, []),
            "deals": deals_of.get(customer.pk, []),
            "tasks": tasks_of.get(customer.pk, []),
            "dates": [(kinds.get(one.kind, one.kind), one) for one in dates_of.get(customer.pk, [])],
        }
        for customer in customers
    ]


def _first(rows: QuerySet[Any], ids: Sequence[int], most: int, *order: str) -> dict[int, list[Any]]:
    """The first so many rows of each of these customers. One statement."""
    if len(ids) == 1:  # an index leads to the few of one
        return {ids[0]: list(rows.filter(customer=ids[0]).order_by(*order)[:most])}
    place = Window(RowNumber(), partition_by="customer", order_by=order)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.filter(customer__in=ids).annotate(_place=place).filter(_place__lte=most).order_by("_place"):
        found[row.customer_id].append(row)
    return found


def people_of(ids: Sequence[int]) -> dict[int, list[dict[str, object]]]:
    """Living contacts of each customer, and how they are reached; nothing to click for those who do not want to be."""
    contacts = list(Contact.objects.filter(customer__in=ids, archived_at=None))  # unscoped: the customers' own
    points = ContactPoint.objects.filter(contact__in=contacts).order_by("position", "pk")  # unscoped: their own
    of: dict[int | None, list[dict[str, str]]] = {}
    for point in points:
        link = href(point.kind, point.value, point.normal)
        of.setdefault(point.contact_id, []).append({"value": point.value, "href": link})
    found: dict[int, list[dict[str, object]]] = defaultdict(list)
    for contact in contacts:
        found[contact.customer_id].append({"contact": contact, "points": of.get(contact.pk, [])})
    return found
