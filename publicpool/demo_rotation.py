"""Which rotations are at work in the demo firm, and what did they decide in the last ten weeks?

All of it by the services with a moved clock, so that ledger, accounts, heads and figures tell what was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.models import AwayTime, Notification, User
from core.demo import World
from core.zones import business_day
from customers.models import Customer, Pool
from opportunities.inputs import OpportunityData, OrderData
from opportunities.models import Opportunity
from opportunities.services import create_opportunity, create_order, win_opportunity

from .demo import claim, given_up
from .models import ReleaseReason, Rotation
from .services import add_member, run_rotation, save_rotation
from .services.heads import write_heads
from .services.pooling import Why, into_pools
from .waiting import waiting

# Given back, then claimed so long ago that computed weights count it: who, share of all, one of how many was won.
GIVEN_BACK_AGO, CLAIMED_AGO, CLAIMS_A_DAY = 216, 205, 5
CLAIMED = (("katarzyna", Decimal("0.4"), 3), ("lin.xiaowen", Decimal("0.35"), 6), ("alice", Decimal("0.25"), 9))
# Claimed a few weeks ago, one of so many in the firm: days ago, who, one of how many was won.
LATELY, LATELY_SHARE = {58: ("alice", 2), 41: ("charlie", 2), 27: ("katarzyna", 3)}, 300
# One of so many customers was claimed then.
SHARE = 60
EUROPE = ("GB", "FR", "IT", "ES", "SE", "NO", "IE", "PT")
# How many days ago they ran; the one for Europe gives out all that waits.
SINCE = 72
EUROPE_RAN = (71, 45, 31, 15, 6)
REST_RAN = tuple(range(70, 0, -6))
LEADS_RAN = (20, 12, 7, 4)
# Bob was away then, days ago: his turns were used up.
AWAY = (34, 28)


def rotations(world: World, now: datetime) -> None:
    """Three of them: 3:2:1 by hand, one by conversion, one of leads; their history day by day, with the heads."""
    people, root = world.made["people"], world.made["people"]["root"]
    default = Pool.objects.get(is_default=True)
    _long_ago(world, default, now)
    since = now - timedelta(days=SINCE)
    europe = Rotation(
        name_en="Europe in turn", name_zh="欧洲客户轮流分配", pool=default, countries=",".join(EUROPE), position=10
    )
    rest = Rotation(
        name_en="All others, by conversion",
        name_zh="其余按转化率分配",
        pool=default,
        weights_by="conversion",
        position=20,
    )
    leads = Rotation(name_en="Inquiries in turn", name_zh="询盘轮流分配", position=30)
    _begin(europe, {"alice": 3, "bob": 2, "chen.jiahao": 1}, people, since)
    _begin(rest, dict.fromkeys(("katarzyna", "lin.xiaowen", "alice", "youssef"), 1), people, since)
    _begin(leads, {"sofia": 2, "charlie": 1}, people, since)
    bob, away = people["bob"], [business_day(now) - timedelta(days=ago) for ago in AWAY]
    AwayTime.objects.create(user=bob, first_on=away[0], last_on=away[1])
    for ago in range(SINCE, -1, -1):
        at = now - timedelta(days=ago, hours=1)
        if ago == AWAY[0]:
            User.objects.filter(pk=bob.pk).update(away_from=away[0], away_to=away[1])
        if ago == AWAY[1] - 1:
            User.objects.filter(pk=bob.pk).update(away_from=None, away_to=None)
        write_heads(at)
        if ago in LATELY:
            name, of = LATELY[ago]
            number = max(2, min(CLAIMS_A_DAY, world.size // LATELY_SHARE))
            for deal in _won(people[name], claim(people[name], number, at), of, at, after=(3, 17)):
                _order(deal, at + timedelta(days=17))
        for rotation, days, most in (
            (europe, EUROPE_RAN, world.size // 200),
            (rest, REST_RAN, world.size // 1000),
            (leads, LEADS_RAN, 1),
        ):
            if ago in days:
                _run(rotation, root, at, most)
    kinds = ("customers_rotated", "leads_rotated")
    old = Notification.objects.filter(kind__in=kinds, created_at__lt=now - timedelta(days=2))
    old.update(read_at=now - timedelta(days=2))


def _begin(rotation: Rotation, weights: dict[str, int], people: dict[str, User], at: datetime) -> None:
    rotation.is_active = True
    save_rotation(rotation=rotation, by=people["root"], now=at)
    for name, weight in weights.items():
        add_member(rotation=rotation, user=people[name], weight=weight, by=people["root"], now=at)


def _run(rotation: Rotation, root: User, at: datetime, most: int) -> None:
    """Give out at most so many of those that waited then."""
    if number := min(most, waiting(rotation, at).filter(entered__lt=at).count()):
        run_rotation(rotation=rotation, by=root, now=at, most=number)


def _long_ago(world: World, pool: Pool, now: datetime) -> None:
    """Customers that were claimed half a year ago and made into deals, or not: what weights are computed from."""
    people, wanted = world.made["people"], world.size // SHARE
    reasons = list(ReleaseReason.objects.filter(asks_why=False, is_active=True))
    at = now - timedelta(days=GIVEN_BACK_AGO)
    made = 0
    for owner in people.values():
        for customers in given_up(owner, at, "potential", -(-wanted // len(people)) if made < wanted else 0):
            whys = {one.pk: Why(reason=reasons[0]) for one in customers}
            made += len(into_pools(customers, {one.pk: pool for one in customers}, whys, by=owner, now=at))
    for name, share, of in CLAIMED:
        ids: Sequence[int] = ()
        day = now - timedelta(days=CLAIMED_AGO)
        while len(ids) < int(share * made) and (more := claim(people[name], CLAIMS_A_DAY, day)):
            ids, day = [*ids, *more], day + timedelta(days=2)
        _won(people[name], ids, of, day, after=(12, 52))


def _won(owner: User, ids: Sequence[int], of: int, day: datetime, after: tuple[int, int]) -> list[Opportunity]:
    """One of so many of these is won by their new owner; ``after`` how many days the deal begins and ends."""
    deals = []
    began, ended = (day + timedelta(days=days) for days in after)
    for customer in Customer.objects.filter(pk__in=ids, owner=owner).order_by("pk")[::of]:
        amount = Decimal(4000 + customer.pk % 90 * 100)
        data = OpportunityData(
            "Trial order", customer=customer, amount=amount, currency="USD", expected_on=ended.date()
        )
        deal = create_opportunity(data=data, by=owner, now=began, deliver=False)
        deals.append(win_opportunity(opportunity=deal, by=owner, now=ended, reason="Samples approved"))
    return deals


def _order(deal: Opportunity, at: datetime) -> None:
    assert deal.customer is not None
    assert deal.owner is not None
    data = OrderData(f"TO-{deal.pk}", deal.customer, business_day(at), "USD", amount=deal.amount, opportunity=deal)
    create_order(data=data, by=deal.owner, now=at, deliver=False)
