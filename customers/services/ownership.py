"""How does a customer come to somebody, and pass to somebody else? Every change is a period and a ledger row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services.notices import notify

from .. import ledger, permissions
from ..identity_keys import repeat_owner
from ..models import Collaborator, Customer, OwnershipPeriod, Pool
from .errors import PersonIsGone, SameOwner
from .locking import lock_living, require

if TYPE_CHECKING:
    from accounts.models import User

Reason = OwnershipPeriod.Reason


def open_period(
    customer: Customer,
    *,
    owner: User | None = None,
    pool: Pool | None = None,
    reason: str,
    by: User | None,
    now: datetime,
    note: str = "",
) -> OwnershipPeriod:
    """End the open period of a locked customer, begin the next one and set the facts that repeat it.

    The only writer of owner (on the identity keys too), pool, ``owned_since`` and, with a new contact,
    ``idle_since``. A clock that stands or jumped back cannot make an empty period: it starts at least
    1 µs after the one before.
    """
    last = customer.periods.order_by("-started_at").first()
    at = now if last is None else max(now, (last.ended_at or last.started_at + timedelta(microseconds=1)))
    if last is not None and last.ended_at is None:
        OwnershipPeriod.objects.filter(pk=last.pk).update(ended_at=at)
    period = OwnershipPeriod.objects.create(
        customer=customer, owner=owner, pool=pool, started_at=at, reason=reason, note=note, by=by
    )
    customer.owner, customer.pool, customer.owned_since = owner, pool, at
    customer.idle_since = max(filter(None, (customer.last_followed_at, at)))
    customer.archived_at = None
    customer.save(update_fields=["owner", "pool", "owned_since", "idle_since", "archived_at"])
    repeat_owner(customer)
    return period


def close_period(customer: Customer, *, now: datetime) -> None:
    """End the open period of a locked customer that is archived or merged: nobody holds it any more."""
    last = customer.periods.order_by("-started_at").first()
    if last is not None and last.ended_at is None:
        at = max(now, last.started_at + timedelta(microseconds=1))
        OwnershipPeriod.objects.filter(pk=last.pk).update(ended_at=at)
    customer.owner = customer.pool = customer.owned_since = customer.idle_since = None
    customer.archived_at = now
    customer.save(update_fields=["owner", "pool", "owned_since", "idle_since", "archived_at"])


@transaction.atomic
def transfer_customer(
    *,
    customer: Customer,
    to: User,
    by: User,
    now: datetime,
    reason: str = "",
    keep_collaborators: bool = True,
) -> Customer:
    """Give a held customer to another person, with all its contacts, history and files.

    Raises NotAllowed, PersonIsGone, SameOwner, CustomerIsArchived.
    """
    customer = lock_living(customer)
    require(permissions.can_transfer(by, customer, to))
    if not to.is_active:
        raise PersonIsGone(field="to")
    if customer.owner_id == to.pk:
        raise SameOwner(field="to")
    former = customer.owner
    period = open_period(customer, owner=to, reason=Reason.TRANSFERRED, by=by, now=now, note=reason)
    gone = Collaborator.objects.filter(customer=customer)
    (gone.filter(user=to) if keep_collaborators else gone).delete()
    ledger.append(
        kind="owner.transferred",
        customer=customer,
        by=by,
        at=now,
        target=period,
        payload={"from": former.pk if former else None, "to": to.pk},
    )
    notify(to=[to], kind="customer_given", by=by, target=customer, now=now, key=f"given:{period.pk}")
    if former is not None:
        notify(to=[former], kind="customer_taken", by=by, target=customer, now=now, key=f"taken:{period.pk}")
    return customer
