"""What lies in the pools of the demo firm, who gave it back and who took it, and which rules are at work?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from accounts.models import User
from core.demo import World
from customers.models import Customer, Event, EventDelivery, OwnershipPeriod, Pool, PoolMember, Status

from .countdown import Clock, within
from .models import PoolRoute, ReclaimRule, ReclaimRuleVersion, ReleaseReason
from .rules import spec_of
from .services import ask_for_more_time, claim_customers
from .services.pooling import Why, into_pools
from .services.warning import warn_due

LIMITS = {"a_day": 5, "a_week": 20, "a_month": 60, "capacity": 800}
# One customer of so many lies in a pool.
SHARE = 10
# Given up are those who answered no more, and now and then some who never did.
GIVEN_UP = ("contacted", "contacted", "potential")
# Who is spoken with comes back after so many days without contact; the idlest are in the pool already.
IDLE_DAYS = 270
# How many days ago there were releases.
RELEASED_AGO = (75, 48, 33, 17, 8, 3)
# Who claimed so many, how many days ago.
CLAIMS = (("alice", 4, 5), ("bob", 2, 6), ("charlie", 5, 3), ("katarzyna", 3, 12), ("youssef", 4, 1))
EXTENSIONS = (
    ("alice", "The samples are with their quality control"),
    ("bob", "They decide after the fair in spring"),
)
REGION = ("DE", "AT", "CH")


def pools(world: World, now: datetime) -> None:
    """Fill the pools by way of the services."""
    random, people = world.random("pool"), world.made["people"]
    default = Pool.objects.get(is_default=True)
    Pool.objects.filter(pk=default.pk).update(**LIMITS)
    region = Pool.objects.create(
        name_en="German-speaking countries", name_zh="德语区", position=default.position + 10, **LIMITS
    )
    dana = people["dana"]
    PoolMember.objects.create(pool=region, team=dana.team)
    PoolMember.objects.create(pool=region, user=dana, is_admin=True)
    PoolRoute.objects.create(pool=region, countries=",".join(REGION), position=10)
    reasons = list(ReleaseReason.objects.filter(asks_why=False, is_active=True))
    wanted = world.size // SHARE - Customer.objects.filter(pool__isnull=False).count()
    wanted += sum(number for _name, number, _ago in CLAIMS)
    made = 0
    turns = [(ago, owner) for ago in RELEASED_AGO for owner in people.values()]
    for turn, (ago, owner) in enumerate(turns):
        at = now - timedelta(days=ago, hours=2)
        number = max(0, wanted * (turn + 1) // len(turns) - made)  # with what those before had not to give
        for customers in given_up(owner, at, GIVEN_UP[turn % len(GIVEN_UP)], number):
            into = {one.pk: region if str(one.country) in REGION else default for one in customers}
            whys = {one.pk: Why(reason=random.choice(reasons)) for one in customers}
            made += len(into_pools(customers, into, whys, by=owner, now=at))
    for name, number, ago in CLAIMS:
        claim(people[name], number, now - timedelta(days=ago, hours=1))


def rules(world: World, now: datetime) -> None:
    """Switch rules on that leave most customers where they are, and warn: after all that moved customers."""
    people = world.made["people"]
    _rule(people["root"], now)
    for name, why in EXTENSIONS:
        _ask(people[name], why, now - timedelta(hours=1))
    # What happened long ago calls nobody now.
    EventDelivery.objects.filter(event__at__lt=now).delete()


def given_up(owner: User, at: datetime, status: str, number: int) -> Iterator[list[Customer]]:
    """Customers of this person that were idle by then, and with which nothing has happened since; in batches."""
    later = Event.objects.filter(customer=OuterRef("pk"), at__gte=at - timedelta(days=1))
    idle = Customer.objects.filter(
        owner=owner,
        grade__in=("", "C", "D"),
        protected_until=None,
        group=None,
        last_order_on=None,
        idle_since__lt=at - timedelta(days=30),
    ).exclude(Exists(later))
    rows = idle.filter(status__key=status).select_related("owner", "status").order_by("idle_since", "pk")
    customers = list(rows[:number])
    for place in range(0, len(customers), 1000):
        yield customers[place : place + 1000]


def claim(person: User, number: int, at: datetime) -> list[int]:
    """Claim what came last into pools that this person sees; the ids."""
    there = Customer.objects.pooled_for(person).filter(owned_since__lt=at).order_by("-owned_since", "pk")
    mine = OwnershipPeriod.objects.filter(customer=OuterRef("pk"), owner=person)
    ids = list(there.exclude(Exists(mine)).values_list("pk", flat=True)[:number])
    claim_customers(ids=ids, by=person, now=at)
    return ids


def _rule(root: User, now: datetime) -> None:
    """One rule at work, beside the default ones that are off; its owners know since the day before yesterday."""
    rule = ReclaimRule.objects.create(
        name_en=f"Contacted, then idle for {IDLE_DAYS} days",
        name_zh=f"已联系后 {IDLE_DAYS} 天未跟进",
        kind="idle",
        days=IDLE_DAYS,
        position=5,
        is_active=True,
        created_at=now - timedelta(days=30),
        updated_at=now - timedelta(days=30),
    )
    rule.statuses.add(Status.objects.get(key="contacted"))
    ReclaimRuleVersion.objects.create(
        rule=rule, number=1, data=spec_of(rule).as_data(), is_active=True, made_at=rule.created_at, made_by=root
    )
    warn_due(now - timedelta(days=2))
    warn_due(now)


def _ask(person: User, why: str, now: datetime) -> None:
    """Ask for more time for the first of one's own that would go."""
    clock = Clock.load(now)
    mine = set(Customer.objects.filter(owner=person).values_list("pk", flat=True))
    first = next((one for one in within(clock, clock.today + timedelta(days=40)) if one.customer_id in mine), None)
    if first:
        ask_for_more_time(customer=Customer.objects.get(pk=first.customer_id), reason=why, by=person, now=now)
