"""How does a customer of the pool come to who claims it, with limits that hold whatever the number of tabs?

The pattern (reliability): lock the person, count the claims of the windows, take the customer under its lock, write
period and claim. Two at once wait for each other's person or customer; exactly one gets it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from customers.models import Customer, OwnershipPeriod, Pool
from customers.services.locking import lock_customers, lock_person

from .. import errors, permissions
from ..models import Claim
from ..quotas import Quota, cool_downs, fills, limits, quotas
from .pooling import out_of_pools

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User

RULE = "publicpool.claim"
# A click that arrives twice, or again after an answer that got lost, is the same click.
SAME_CLICK = timedelta(minutes=2)
RULES = {"a_day": _("claims a day"), "a_week": _("claims a week"), "a_month": _("claims a month")}
USED_UP = {
    "a_day": _("%(used)s of %(limit)s claimed today."),
    "a_week": _("%(used)s of %(limit)s claimed this week."),
    "a_month": _("%(used)s of %(limit)s claimed this month."),
}


@dataclass(frozen=True)
class Result:
    """What became of one of many: a claim, or the refusal in words."""

    customer: Customer
    claim: Claim | None = None
    refusal: DomainError | None = None


def claim_customer(*, customer: Customer, by: User, now: datetime) -> Claim:
    """Take one customer out of its pool for oneself.

    Raises NotInPool, NotAMember, ClaimLimitReached, AtCapacity, InCoolDown, AdminsAssign, CustomerIsBusy.
    """
    (result,) = claim_customers(ids=[customer.pk], by=by, now=now)
    if result.refusal is not None:
        raise result.refusal
    assert result.claim is not None
    return result.claim


@transaction.atomic
def claim_customers(*, ids: Iterable[int], by: User, now: datetime) -> list[Result]:
    """Take as many of these customers, in this order, as the rules allow; each gets its own result.

    Raises AdminsAssign and CustomerIsBusy for all of them. Ids of nothing are left out.
    """
    if not permissions.can_claim(by):
        raise errors.AdminsAssign
    wanted = list(dict.fromkeys(ids))
    lock_person(by.pk)
    locked = {customer.pk: customer for customer in lock_customers(wanted)}
    customers = [locked[pk] for pk in wanted if pk in locked]
    mine = set(Pool.objects.visible_to(by).values_list("pk", flat=True))
    counters: dict[int, _Counter] = {}
    results: list[Result] = []
    granted: list[Customer] = []
    for customer in customers:
        try:
            if repeated := _repeated(customer, by, now):
                results.append(Result(customer, claim=repeated))
                continue
            pool = _require_there(customer, mine)
            if pool.pk not in counters:
                here = [one.pk for one in customers if one.pool_id == pool.pk]
                counters[pool.pk] = _Counter(by, pool, now, here)
            counters[pool.pk].take(customer)
        except DomainError as refusal:
            results.append(Result(customer, refusal=refusal))
        else:
            granted.append(customer)
            results.append(Result(customer))
    made = _write(granted, counters, by, now)
    return [Result(one.customer, made.get(one.customer.pk, one.claim), one.refusal) for one in results]


def _require_there(customer: Customer, mine: set[int]) -> Pool:
    if customer.pool is None:
        if customer.owner is not None:
            message = _("%(name)s has taken this customer meanwhile.") % {"name": customer.owner}
            raise errors.NotInPool(message, rule=_("still in the pool"))
        raise errors.NotInPool(rule=_("still in the pool"))
    if customer.pool_id not in mine:
        raise errors.NotAMember(rule=_("member of the pool"))
    return customer.pool


def _repeated(customer: Customer, by: User, now: datetime) -> Claim | None:
    """The claim of the same click a moment ago."""
    if customer.owner_id != by.pk:
        return None
    since = now - SAME_CLICK
    return Claim.objects.filter(customer=customer, user=by, claimed_at__gte=since, period__ended_at=None).first()


class _Counter:
    """What one person has left in one pool while several are claimed; their row is locked."""

    def __init__(self, user: User, pool: Pool, now: datetime, customers: list[int]) -> None:
        self.pool = pool
        self.limits = limits(user, pool)
        self.quotas = {quota.key: quota for quota in quotas(user, pool, now, self.limits)}
        self.taken = self.filling = 0
        self.cooling = cool_downs(user, customers, pool, now)

    def take(self, customer: Customer) -> None:
        """Count one more. Raises the refusal of the first rule that says no; nothing is counted then."""
        for key in RULES:
            self._require(self.quotas[key], self.taken, errors.ClaimLimitReached, RULES[key], USED_UP[key])
        capacity = self.quotas["capacity"]
        says = _("You hold %(used)s of %(limit)s customers.")
        self._require(capacity, self.filling, errors.AtCapacity, _("holding capacity"), says)
        if ends_at := self.cooling.get(customer.pk):
            numbers = {"days": self.pool.cool_down_days}
            raise errors.InCoolDown(rule=_("cool-down"), numbers=numbers, ends_at=ends_at)
        self.taken += 1
        self.filling += fills(customer, self.pool)

    @staticmethod
    def _require(quota: Quota, more: int, error: type[DomainError], rule: object, says: object) -> None:
        used = quota.used + more
        if quota.limit is not None and used >= quota.limit:
            numbers = {"used": used, "limit": quota.limit}
            raise error(says % numbers, rule=rule, numbers=numbers, ends_at=quota.renews_at)  # type: ignore[operator,arg-type]


def _write(customers: list[Customer], counters: Mapping[int, _Counter], by: User, now: datetime) -> dict[int, Claim]:
    """Period, claim, ledger and open deals of each; a fixed number of statements."""
    pools = {customer.pk: counters[customer.pool_id or 0].pool for customer in customers}
    pooled = {customer.pk: customer.owned_since for customer in customers}
    reason = OwnershipPeriod.Reason.CLAIMED
    periods = out_of_pools(customers, by, reason=reason, kind="owner.claimed", by=by, now=now, rule=RULE)
    claims = []
    for period in periods:
        bounds = counters[pools[period.customer_id].pk].limits
        claims.append(
            Claim(
                period=period,
                customer=period.customer,
                pool=pools[period.customer_id],
                user=by,
                claimed_at=now,
                limit_a_day=bounds["a_day"],
                limit_a_week=bounds["a_week"],
                limit_a_month=bounds["a_month"],
                pooled_at=pooled[period.customer_id] or now,
            )
        )
    Claim.objects.bulk_create(claims)
    return {claim.customer_id: claim for claim in claims}
