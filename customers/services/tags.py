"""How do tags come onto a customer and off it?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from .. import ledger, permissions
from ..models import Customer
from .customers import tags_named
from .locking import lock_living, require

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def add_tags(*, customer: Customer, names: Sequence[str], by: User, now: datetime) -> Customer:
    """Put tags on a customer, new ones among them. Raises NotAllowed, CustomerIsArchived."""
    return _change(customer, by, now, add=names)


@transaction.atomic
def remove_tags(*, customer: Customer, names: Sequence[str], by: User, now: datetime) -> Customer:
    """Take tags off a customer. Raises NotAllowed, CustomerIsArchived."""
    return _change(customer, by, now, remove=names)


def _change(
    customer: Customer, by: User, now: datetime, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> Customer:
    customer = lock_living(customer)
    require(permissions.can_edit(by, customer))
    before = set(customer.tags.values_list("pk", flat=True))
    customer.tags.add(*tags_named(add))
    gone = {name.strip().casefold() for name in remove}
    customer.tags.remove(*[tag for tag in customer.tags.all() if tag.name.casefold() in gone])
    after = set(customer.tags.values_list("pk", flat=True))
    if after != before:
        payload = {"added": sorted(after - before), "removed": sorted(before - after)}
        ledger.append(kind="tags.changed", customer=customer, by=by, at=now, payload=payload)
    return customer
