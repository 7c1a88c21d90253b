"""How does a customer come to somebody, and pass to somebody else? Every change is a period and a ledger row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from accounts.services.notices import notify
from core.querysets import update_rows

from .. import ledger, permissions
from ..identity_keys import repeat_owners
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
    """Pass one locked customer on, as ``pass_on`` does."""
    (period,) = pass_on([Passing(customer, owner, pool)], reason=reason, by=by, now=now, note=note)
    return period


@dataclass(frozen=True)
class Passing:
    """To whom a locked customer goes, or into which pool; ``counts_from`` as OwnershipPeriod has it."""

    customer: Customer
    owner: User | None = None
    pool: Pool | None = None
    counts_from: datetime | None = None


def pass_on(
    passings: Sequence[Passing], *, reason: str, by: User | None, now: datetime, note: str = ""
) -> list[OwnershipPeriod]:
    """End the open periods of locked customers, begin the next ones and set the facts that repeat them.

    The only writer of owner (on the identity keys too), pool, ``owned_since`` and, with a new contact,
    ``idle_since``. Six statements for any number. A clock that stands or jumped back cannot make an empty period:
    it starts at least 1 µs after the one before.
    """
    by_id = {one.customer.pk: one for one in passings}
    last: dict[int, OwnershipPeriod] = {}
    for period in OwnershipPeriod.objects.filter(customer__in=by_id).order_by("customer", "started_at"):
        last[period.customer_id] = period
    starts = {
        pk: max(now, last[pk].ended_at or last[pk].started_at + timedelta(microseconds=1)) if pk in last else now
        for pk in by_id
    }
    ended = Greatest(Value(now), F("started_at") + timedelta(microseconds=1))
    OwnershipPeriod.objects.filter(customer__in=by_id, ended_at=None).update(ended_at=ended)
    periods = OwnershipPeriod.objects.bulk_create(
        [
            OwnershipPeriod(
                customer=one.customer,
                owner=one.owner,
                pool=one.pool,
                started_at=starts[pk],
                counts_from=one.counts_from,
                reason=reason,
                note=note,
                by=by,
            )
            for pk, one in by_id.items()
        ],
        batch_size=1000,
    )
    rows = []
    for pk, one in by_id.items():
        customer, since = one.customer, one.counts_from or starts[pk]
        customer.owner, customer.pool, customer.owned_since = one.owner, one.pool, since
        customer.idle_since = max(filter(None, (customer.last_followed_at, since)))
        customer.archived_at = None
        rows.append((pk, customer.owner_id, customer.pool_id, since, customer.idle_since, None))
    update_rows(Customer, ["owner", "pool", "owned_since", "idle_since", "archived_at"], rows)
    repeat_owners(by_id)
    return periods


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
