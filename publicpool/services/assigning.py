"""How does a manager, an admin of the pool or an admin give customers of the pool to somebody?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.services.notices import notify
from core.exceptions import DomainError, NotAllowed
from customers.models import Customer, OwnershipPeriod, Pool
from customers.services.errors import PersonIsGone
from customers.services.locking import lock_customers

from .. import errors, permissions
from ..quotas import cool_downs
from .pooling import out_of_pools

if TYPE_CHECKING:
    from accounts.models import User

RULE = "publicpool.assign"


@dataclass(frozen=True)
class Result:
    """What became of one of many: given, or the refusal in words."""

    customer: Customer
    refusal: DomainError | None = None


@transaction.atomic
def assign_customers(*, ids: Iterable[int], to: User, by: User, now: datetime, reason: str = "") -> list[Result]:
    """Give as many of these pooled customers to somebody as one may; each gets its own result.

    Limits do not count assignments, capacity only warns (the page says it). Somebody in the cool-down gets a customer
    only with a reason. Raises PersonIsGone and CustomerIsBusy for all of them.
    """
    if not to.is_active:
        raise PersonIsGone(field="to")
    customers = lock_customers(ids)
    pools = {pool.pk: pool for pool in Pool.objects.visible_to(by)}
    allowed = {pk: permissions.can_assign(by, pool, to) for pk, pool in pools.items()}
    cooling: dict[int, datetime] = {}
    for pk, pool in pools.items():
        if here := [one.pk for one in customers if one.pool_id == pk]:
            cooling |= cool_downs(to, here, pool, now)
    results = []
    for customer in customers:
        refusal: DomainError | None = None
        if customer.pool_id is None:
            refusal = errors.NotInPool(rule=_("still in the pool"))
        elif not allowed.get(customer.pool_id):
            refusal = NotAllowed()
        elif customer.pk in cooling and not reason.strip():
            refusal = errors.OverrideNeedsReason(rule=_("cool-down"), ends_at=cooling[customer.pk], field="reason")
        results.append(Result(customer, refusal))
    given = [one.customer for one in results if one.refusal is None]
    said, words = OwnershipPeriod.Reason.ASSIGNED, reason.strip()
    periods = out_of_pools(given, to, reason=said, kind="owner.assigned", by=by, now=now, rule=RULE, note=words)
    for period in periods:
        notify(to=[to], kind="customer_given", by=by, target=period.customer, now=now, key=f"given:{period.pk}")
    return results
