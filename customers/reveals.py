"""How many strangers' records did somebody get to know by name today? At most LIMIT, each in the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.db.models import QuerySet

from core.zones import business_day, midnight

from . import ledger
from .conflicts import Hit, Subject
from .models import Customer, Event
from .registries import HITS, HitLine

if TYPE_CHECKING:
    from accounts.models import User

LIMIT = 200
KIND = "customer.revealed"


def reveal(ids: Sequence[Subject], *, by: User, now: datetime) -> frozenset[Subject]:
    """Return all out-of-scope records named to ``by`` today, these among them as far as LIMIT goes.

    The new ones are noted in the ledger. Days are those of the business time zone; what was named today is named
    again without counting.
    """
    known = named_today(by, now)
    new = [pk for pk in dict.fromkeys(ids) if pk not in known][: max(0, LIMIT - len(known))]
    ledger.append_many([Event(kind=KIND, at=now, by=by, **_columns(subject)) for subject in new])
    return known.union(new)


def _columns(subject: Subject) -> dict[str, Any]:
    if isinstance(subject, int):
        return {"customer_id": subject}
    return {"target_label": subject[0], "target_id": subject[1]}


def named_today(by: User, now: datetime) -> frozenset[Subject]:
    """Strangers' records that were named to ``by`` since midnight, business time."""
    rows = _of_today(by, now).order_by().values_list("customer_id", "target_label", "target_id").distinct()
    return frozenset(customer or (label, cast(int, target)) for customer, label, target in rows)  # it names either


def _of_today(by: User, now: datetime) -> QuerySet[Event]:
    return Event.objects.filter(kind=KIND, by=by, at__gte=midnight(business_day(now)))


# --- whom is it about? ---------------------------------------------------------------------------------


def lines_of_others(hits: Sequence[Hit], to: User) -> dict[Subject, HitLine]:
    """What may be said of the hits that are no customers; a fixed number of statements."""
    ids: dict[str, set[int]] = defaultdict(set)
    for hit in hits:
        if not isinstance(hit.subject, int):
            ids[hit.subject[0]].add(hit.subject[1])
    drawn = ((label, HITS[label](numbers, to)) for label, numbers in ids.items() if label in HITS)
    return {(label, pk): line for label, lines in drawn for pk, line in lines.items()}


def is_known(hit: Hit, mine: Collection[int], others: Mapping[Subject, HitLine]) -> bool:
    """Does the reader see the record itself?"""
    if hit.customer_id:
        return hit.customer_id in mine
    return hit.subject in others and bool(others[hit.subject].url)


def strangers(hits: Sequence[Hit], to: User) -> list[Subject]:
    """The records among the hits that this person does not see, each once."""
    ids = {hit.customer_id for hit in hits if hit.customer_id}
    mine = set(Customer.objects.visible_to(to).filter(pk__in=ids).values_list("pk", flat=True))
    others = lines_of_others(hits, to)
    return list(dict.fromkeys(hit.subject for hit in hits if not is_known(hit, mine, others)))
