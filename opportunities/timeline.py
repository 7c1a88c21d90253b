"""What happened to a lead, to an opportunity? The ledger's lines of its own and of what hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from core.ids import id_of
from customers.models import Event
from customers.registries import EVENT_LINES
from customers.timeline import PAGE, told

from .models import Lead, Opportunity
from .registries import PARTS

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.requests import SignedInRequest


def events_of_lead(lead: Lead, user: User) -> QuerySet[Event]:
    """Events of a lead and of its parts that the reader sees, newest first; two statements."""
    parts = {label: part.of_lead(lead) for label, part in PARTS.items()}
    return _events(lead, parts, user).filter(customer=None)


def events_of_opportunity(opportunity: Opportunity, user: User) -> QuerySet[Event]:
    """Events of an opportunity and of its parts that the reader sees, newest first; at its customer, if it has one."""
    parts = {label: part.of_opportunity(opportunity) for label, part in PARTS.items()}
    events = _events(opportunity, parts, user)
    if opportunity.customer_id is None:
        return events.filter(customer=None)
    # One that was begun before its customer was known keeps its own lines of that time.
    own = Q(customer=None, target_label=opportunity._meta.label_lower)
    return events.filter(own | Q(customer=opportunity.customer_id))


def _events(record: Lead | Opportunity, parts: dict[str, QuerySet[Any]], user: User) -> QuerySet[Event]:
    # Ids first: with subqueries PostgreSQL would not go by the ledger's index of targets.
    about = Q(target_label=record._meta.label_lower, target_id=record.pk)
    for label, rows in parts.items():
        ids = list(rows.visible_to(user).order_by().values_list("pk", flat=True))  # type: ignore[attr-defined]
        if ids:
            about |= Q(target_label=label, target_id__in=ids)
    rows = Event.objects.filter(about, kind__in=list(EVENT_LINES))
    return rows.select_related("by").order_by("-at", "-pk")


def page_of(events: QuerySet[Event], request: SignedInRequest) -> dict[str, Any]:
    """A page of events with their lines, for _timeline.html; ``before`` names the last event of the page before."""
    asked, before = request.GET, request.GET.get("before", "")
    if place := id_of(before):
        last = events.filter(pk=place).values_list("at", "pk").first()
        if last:
            events = events.filter(at__lte=last[0]).exclude(at=last[0], pk__gte=last[1])
    found = list(events[: PAGE + 1])
    kept = {"in": asked["in"]} if "in" in asked else {}
    older = "?" + urlencode({"before": found[PAGE - 1].pk} | kept) if len(found) > PAGE else ""
    return {"entries": told(found[:PAGE], request.user), "is_older": bool(before), "older": older}
