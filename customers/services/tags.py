"""How do tags come onto a customer and off it?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from .. import ledger, permissions
from ..models import Customer, Event, Tag
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


@transaction.atomic
def merge_tags(*, keep: Tag, gone: Tag, by: User, now: datetime) -> int:
    """Put ``keep`` wherever ``gone`` is, and remove ``gone``; returns on how many customers it was.

    0 where somebody else merged either away meanwhile. Raises NotAllowed.
    """
    require(permissions.can_merge_tags(by) and keep.pk != gone.pk)
    if len(Tag.objects.select_for_update().filter(pk__in=(keep.pk, gone.pk)).order_by("pk")) < 2:
        return 0
    links = Customer.tags.through._default_manager
    had = set(links.filter(tag=gone).values_list("customer_id", flat=True))
    has = set(links.filter(tag=keep, customer__in=had).values_list("customer_id", flat=True))
    links.bulk_create([links.model(customer_id=pk, tag_id=keep.pk) for pk in sorted(had - has)], ignore_conflicts=True)
    ledger.append_many(
        [
            Event(
                kind="tags.changed",
                customer_id=pk,
                by=by,
                at=now,
                payload={"added": [] if pk in has else [keep.pk], "removed": [gone.pk]},
            )
            for pk in sorted(had)
        ]
    )
    gone.delete()
    return len(had)


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
