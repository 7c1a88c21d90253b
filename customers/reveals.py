"""How many strangers' customers did somebody get to know by name today? At most LIMIT, each in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import QuerySet

from . import ledger
from .models import Event

if TYPE_CHECKING:
    from accounts.models import User

LIMIT = 200
KIND = "customer.revealed"


def reveal(ids: Sequence[int], *, by: User, now: datetime) -> frozenset[int]:
    """Return all out-of-scope customers named to ``by`` today, these among them as far as LIMIT goes.

    The new ones are noted in the ledger. Days are those of the business time zone; what was named today is named
    again without counting.
    """
    known = named_today(by, now)
    new = [pk for pk in dict.fromkeys(ids) if pk not in known][: max(0, LIMIT - len(known))]
    ledger.append_many([Event(kind=KIND, customer_id=pk, at=now, by=by) for pk in new])
    return known.union(new)


def named_today(by: User, now: datetime) -> frozenset[int]:
    """Strangers' records that were named to ``by`` since midnight, business time."""
    return frozenset(_of_today(by, now).order_by().values_list("customer_id", flat=True).distinct())


def _of_today(by: User, now: datetime) -> QuerySet[Event]:
    local = now.astimezone(settings.BUSINESS_ZONE)
    midnight = datetime.combine(local.date(), time(), settings.BUSINESS_ZONE)
    return Event.objects.filter(kind=KIND, by=by, at__gte=midnight)
