"""How do customers come into pools and out of them, and what goes with them? One way in, one way out.

Open tasks are cancelled, collaborations end, open deals lose their owner; contacts, history and files stay with the
customer. Set-based: a fixed number of statements for any number of customers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from customers import ledger
from customers.models import Collaborator, Customer, Event, OwnershipPeriod, Pool
from customers.services.ownership import Passing, pass_on
from followups.services import holding as tasks_of
from opportunities.services import holding as deals_of

from ..models import ReclaimRule, Release, ReleaseReason

if TYPE_CHECKING:
    from accounts.models import User

RULE = "publicpool.pooled"


@dataclass(frozen=True)
class Why:
    """Why a customer goes: somebody's reason, or a rule in a version."""

    reason: ReleaseReason | None = None
    note: str = ""
    rule: ReclaimRule | None = None
    version: int | None = None


def into_pools(
    customers: Sequence[Customer], pools: Mapping[int, Pool], whys: Mapping[int, Why], *, by: User | None, now: datetime
) -> list[Release]:
    """Put held, locked customers into pools; ``pools`` and ``whys`` by customer id. ``by`` None is a rule."""
    if not customers:
        return []
    ids = [customer.pk for customer in customers]
    former = {one.pk: (one.owner, one.owned_since or now, one.idle_since or now) for one in customers}
    ended = dict(OwnershipPeriod.objects.filter(customer__in=ids, ended_at=None).values_list("customer", "pk"))
    words = _("The customer went to the public pool.")
    tasks = tasks_of.let_go(ids, by=by, now=now, rule=RULE, reason=words)
    deals = deals_of.let_go(ids, by=by, now=now, rule=RULE)
    people = end_collaborations(ids)
    reason = OwnershipPeriod.Reason.RELEASED if by else OwnershipPeriod.Reason.RECLAIMED
    periods = pass_on([Passing(one, pool=pools[one.pk]) for one in customers], reason=reason, by=by, now=now)
    releases = []
    for period in periods:
        pk = period.customer_id
        owner, held_since, idle_since = former[pk]
        releases.append(
            Release(
                period=period,
                ended_period_id=ended[pk],
                customer=period.customer,
                pool=pools[pk],
                former=owner,
                held_since=held_since,
                idle_since=idle_since,
                by=by,
                reason=whys[pk].reason,
                note=whys[pk].note,
                rule=whys[pk].rule,
                rule_version=whys[pk].version,
                released_at=now,
                tasks=tasks.get(pk, []),
                opportunities=deals.get(pk, []),
                collaborators=[(one.user_id, one.role, one.added_by_id) for one in people.get(pk, ())],
            )
        )
    Release.objects.bulk_create(releases, batch_size=1000)
    ledger.append_many([_event(one, by, now) for one in releases])
    return releases


def end_collaborations(ids: Sequence[int]) -> dict[int, list[Collaborator]]:
    """End whatever collaborations there are at locked customers: {customer: what was}."""
    rows = Collaborator.objects.filter(customer__in=ids)
    found: dict[int, list[Collaborator]] = defaultdict(list)
    for one in rows:
        found[one.customer_id].append(one)
    if found:
        rows.delete()
    return found


def _event(release: Release, by: User | None, now: datetime) -> Event:
    payload: dict[str, int | None] = {"from": release.former_id, "pool": release.pool_id, "release": release.pk}
    if release.rule_id:
        payload |= {"rule": release.rule_id, "version": release.rule_version}
    return Event(
        kind="owner.released" if by else "owner.reclaimed",
        customer=release.customer,
        at=now,
        by=by,
        rule="" if by else f"publicpool.reclaimrule:{release.rule_id}",
        target_label=OwnershipPeriod._meta.label_lower,
        target_id=release.period_id,
        payload=payload,
    )


def out_of_pools(
    customers: Sequence[Customer],
    to: User | Mapping[int, User],
    *,
    reason: str,
    kind: str,
    by: User | None,
    now: datetime,
    rule: str,
    note: str = "",
) -> list[OwnershipPeriod]:
    """Give pooled, locked customers to somebody, or each to its own ({customer: person}), with the event ``kind``.

    Returns their new periods, in the order of ``customers``. ``by`` None is the rule.

    What waits at them goes along: open deals that nobody has, open plans.
    """
    if not customers:
        return []
    pools = {customer.pk: customer.pool_id for customer in customers}
    people = to if isinstance(to, Mapping) else dict.fromkeys(pools, to)
    passings = [Passing(customer, owner=people[customer.pk]) for customer in customers]
    periods = pass_on(passings, reason=reason, by=by, now=now, note=note)
    ledger.append_many(
        [
            Event(
                kind=kind,
                customer=period.customer,
                at=now,
                by=by,
                rule="" if by else rule,
                target_label=period._meta.label_lower,
                target_id=period.pk,
                payload={"pool": pools[period.customer_id], "to": period.owner_id},
            )
            for period in periods
        ]
    )
    holders = {pk: person.pk for pk, person in people.items()}
    deals_of.take_over(holders, by=by, now=now, rule=rule)
    tasks_of.take_over(holders)
    return periods
