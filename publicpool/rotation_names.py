"""By which names may a reader know what a rotation gave out or is going to give out?

A ledger names customers and leads by number; the name stands beside it only where the reader sees the row, in full or
in the pool.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    """Each of these customers, with its name where the reader sees it in full or in a pool. Two statements."""
    ids = set(ids)
    found = {pk: Named(pk) for pk in ids}
    columns = ("pk", "name", "country")
    for pk, name, country in Customer.objects.pooled_for(user).filter(pk__in=ids).values_list(*columns):
        found[pk] = Named(pk, name, reverse("publicpool:record", args=[pk]), str(country or ""))
    for pk, name, country in Customer.objects.visible_to(user).filter(pk__in=ids).values_list(*columns):
        found[pk] = Named(pk, name, reverse("customers:detail", args=[pk]), str(country or ""))
    return found


def named_leads(ids: Iterable[int], user: User) -> dict[int, Named]:
    """Each of these leads, with its name where the reader sees it. One statement."""
    ids = set(ids)
    seen = Lead.objects.visible_to(user).filter(pk__in=ids).defer("search_text", "remarks", "utm", "consent_text")
    return {pk: Named(pk) for pk in ids} | {
        one.pk: Named(one.pk, one.name, one.get_absolute_url(), str(one.country or "")) for one in seen
    }
