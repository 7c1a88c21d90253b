"""How many strangers' customers did somebody get to know by name today? At most LIMIT, each in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import QuerySet

from . import ledger
from .models import Customer, Event

if TYPE_CHECKING:
    from accounts.models import User

LIMIT = 200
KIND = "customer.revealed"


def reveal(ids: Sequence[int], *, by: User, now: datetime) -> frozenset[int]:
    """Return which of these out-of-scope customers may be named to ``by``, after noting the new ones in the ledger.

    Days are those of the business time zone. What was named today is named again without counting.
    """
    if not ids:
        return frozenset()
    known = named_today(by, now)
    new = [pk for pk in ids if pk not in known][: max(0, LIMIT - len(known))]
    customers = Customer.objects.in_bulk(new)
    ledger.append_many([Event(kind=KIND, customer=customers[pk], at=now, by=by) for pk in new if pk in customers])
    return frozenset(known.intersection(ids)) | frozenset(new)


def named_today(by: User, now: datetime) -> frozenset[int]:
    """Strangers' records that were named to ``by`` since midnight, business time."""
    return frozenset(_of_today(by, now).values_list("customer_id", flat=True).distinct())


def _of_today(by: User, now: datetime) -> QuerySet[Event]:
    local = now.astimezone(settings.BUSINESS_ZONE)
    midnight = datetime.combine(local.date(), time(), settings.BUSINESS_ZONE)
    return Event.objects.filter(kind=KIND, by=by, at__gte=midnight)
