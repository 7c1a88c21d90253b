"""By which names may a reader know what a rotation gave out or is going to give out?

A ledger names customers and leads by number; the name stands beside it only where the reader sees the row, in full or
in the pool.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from customers.models import Customer
from opportunities.models import Lead

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Named:
    """A customer or lead as this reader may know it; without a name by its number alone."""

    number: int
    name: str = ""
    url: str = ""
    country: str = ""


def named_customers(ids: Iterable[int], user: User) -> dict[int, Named]:
    """Each of these customers, with its name where the reader sees it in full or in a pool. One statement."""
    ids = set(ids)
    seen = Q(pk__in=Customer.objects.visible_to(user).values("pk"))
    pooled = Q(pk__in=Customer.objects.pooled_for(user).values("pk"))
    found = {pk: Named(pk) for pk in ids}
    rows = Customer.objects.filter(seen | pooled, pk__in=ids)
    for pk, name, country, pool in rows.values_list("pk", "name", "country", "pool"):
        page = "publicpool:record" if pool else "customers:detail"
        found[pk] = Named(pk, name, reverse(page, args=[pk]), str(country or ""))
    return found


def named_leads(ids: Iterable[int], user: User) -> dict[int, Named]:
    """Each of these leads, with its name where the reader sees it. One statement."""
    ids = set(ids)
    seen = Lead.objects.visible_to(user).filter(pk__in=ids).defer("search_text", "remarks", "utm", "consent_text")
    return {pk: Named(pk) for pk in ids} | {
        one.pk: Named(one.pk, one.name, one.get_absolute_url(), str(one.country or "")) for one in seen
    }
