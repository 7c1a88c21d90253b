"""How does somebody give a customer back to the pool, and take that back within ten minutes?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services.notices import notify
from core.exceptions import DomainError, NotAllowed
from customers import ledger
from customers.models import Collaborator, Customer, OwnershipPeriod, Pool
from customers.services.errors import CustomerIsArchived, PersonIsGone
from customers.services.locking import lock_customers, lock_person, require
from customers.services.ownership import Passing, pass_on
from followups.services import holding as tasks_of
from opportunities.services import holding as deals_of

from .. import errors, permissions
from ..models import Claim, Extension, ReclaimWarning, Release, ReleaseReason
from ..quotas import fills, quotas
from ..routing import Routes
from .pooling import RULE, Why, into_pools

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Result:
    """What became of one of many: a release, or the refusal in words."""

    customer: Customer
    release: Release | None = None
    refusal: DomainError | None = None


@transaction.atomic
def release_customer(
    *,
    customer: Customer,
    reason: ReleaseReason | None,
    by: User,
    now: datetime,
    note: str = "",
    pool: Pool | None = None,
) -> Release:
    """Give one customer back; ``pool`` None lets the routes decide.

    Raises ReasonMissing, WordsMissing, StrangePool, NotHeld, NotAllowed, CustomerIsArchived, CustomerIsBusy.
    """
    (result,) = release_customers(ids=[customer.pk], reason=reason, by=by, now=now, note=note, pool=pool)
    if result.refusal is not None:
        raise result.refusal
    assert result.release is not None
    return result.release


@transaction.atomic
def release_customers(
    *,
    ids: Iterable[int],
    reason: ReleaseReason | None,
    by: User,
    now: datetime,
    note: str = "",
    pool: Pool | None = None,
) -> list[Result]:
    """Give as many of these customers back as one may; each gets its own result. Who held them is told.

    Raises ReasonMissing, WordsMissing, StrangePool and CustomerIsBusy for all of them.
    """
    if reason is None:
        raise errors.ReasonMissing(field="reason")
    if reason.asks_why and not note.strip():
        raise errors.WordsMissing(field="note")
    if pool is not None and not (pool.is_active and Pool.objects.visible_to(by).filter(pk=pool.pk).exists()):
        raise errors.StrangePool(field="pool")
    customers = lock_customers(ids)
    refused = {one.pk: refusal for one in customers if (refusal := _refusal(one, by))}
    gone = [one for one in customers if one.pk not in refused]
    routes = Routes()
    pools = {one.pk: pool or routes.pool_of(one) for one in gone}
    why = Why(reason=reason, note=note.strip())
    releases = into_pools(gone, pools, dict.fromkeys(pools, why), by=by, now=now)
    made = {release.customer_id: release for release in releases}
    for release in releases:
        key = f"released:{release.pk}"
        notify(to=[release.former], kind="customer_released", by=by, target=release.customer, now=now, key=key)
    return [Result(one, made.get(one.pk), refused.get(one.pk)) for one in customers]


def _refusal(customer: Customer, by: User) -> DomainError | None:
    if customer.is_archived:
        return CustomerIsArchived()
    if customer.owner is None:
        return errors.NotHeld()
    return None if permissions.can_release(by, customer) else NotAllowed()


@transaction.atomic
def undo_release(*, release: Release, by: User, now: datetime) -> Release:
    """Take a release back while the customer is still free: the former holder has it, with tasks, deals and clocks.

    The quota of the claim does not come back, nor is it used again. Doing it twice is once.
    Raises TooLateToUndo, TakenMeanwhile, AtCapacity, PersonIsGone, NotAllowed, CustomerIsBusy.
    """
    former = lock_person(release.former_id)  # before the customer, as a claim does: it counts what the person holds
    (customer,) = lock_customers([release.customer_id])
    release = Release.objects.select_for_update(no_key=True, of=("self",)).select_related("pool").get(pk=release.pk)
    if release.undone_at is not None:
        return release
    require(release.by_id == by.pk)
    if now > release.released_at + Release.UNDO:
        raise errors.TooLateToUndo
    if customer.is_archived or OwnershipPeriod.objects.filter(pk=release.period_id, ended_at=None).first() is None:
        raise errors.TakenMeanwhile
    if not former.is_active:
        raise PersonIsGone
    _require_room(release, customer, former, now)
    reason = OwnershipPeriod.Reason.RESTORED
    passing = Passing(customer, owner=former, counts_from=release.held_since)
    (period,) = pass_on([passing], reason=reason, by=by, now=now)
    # Who takes back what they gave was told of its day, and has asked for more time once.
    for model in (ReclaimWarning, Extension):
        model.objects.filter(period=release.ended_period_id).update(period=period)
    Collaborator.objects.bulk_create(
        [
            Collaborator(customer=customer, user_id=user, role=role, added_by_id=added_by, added_at=now)
            for user, role, added_by in release.collaborators
        ],
        ignore_conflicts=True,
    )
    tasks_of.bring_back(release.tasks, by=by, now=now, rule=RULE)
    if release.opportunities:
        deals_of.give_back(dict(release.opportunities), by=by, now=now, rule=RULE)
    release.undone_at = now
    release.save(update_fields=["undone_at"])
    ledger.append(
        kind="owner.restored",
        customer=customer,
        by=by,
        at=now,
        target=period,
        payload={"from": None, "to": release.former_id, "release": release.pk},
    )
    return release


def _require_room(release: Release, customer: Customer, former: User, now: datetime) -> None:
    """Giving back makes room for no claim beyond the capacity: of both one comes back. Raises AtCapacity."""
    claimed = Claim.objects.filter(user=former, claimed_at__gte=release.released_at)
    if fills(customer, release.pool) and claimed.exists():
        capacity = quotas(former, release.pool, now)[-1]
        if capacity.is_used_up:
            raise errors.AtCapacity(numbers={"used": capacity.used, "limit": capacity.limit})
