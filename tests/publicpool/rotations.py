"""What do the tests of rotations start from?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Team, User
from customers.models import Customer, OwnershipPeriod, Pool
from publicpool.inputs import Seat
from publicpool.models import Rotation, RotationEntry
from publicpool.services import add_member, save_rotation, save_with_members


def make_rotation(root: User, members: dict[User, int], now: datetime, **fields: Any) -> Rotation:
    """A rotation in use, of the default pool unless said otherwise, whose members joined an hour ago in this order."""
    fields = {"name_en": "North", "is_active": True, "pool": Pool.objects.get(is_default=True)} | fields
    at = now - timedelta(hours=1)
    relations = {name: fields.pop(name) for name in ("sources", "teams") if name in fields}
    rotation = save_rotation(rotation=Rotation(**fields), by=root, now=at, **relations)
    for user, weight in members.items():
        add_member(rotation=rotation, user=user, weight=weight, by=root, now=at)
    return rotation


def given(rotation: Rotation) -> str:
    """The first letters of those who got something, in the order of the ledger."""
    lines = RotationEntry.objects.filter(rotation=rotation, kind="given").order_by("seq")
    return "".join(line.user.username[0].upper() for line in lines.select_related("user"))


def passed(rotation: Rotation) -> list[list[tuple[str, str, str]]]:
    """Of each decision the turns that it passed: effect, whose, why."""
    names = dict(User.objects.values_list("pk", "username"))
    lines = RotationEntry.objects.filter(rotation=rotation, kind="given").order_by("seq")
    return [[(one[0], names[one[4]], one[5]["why"]) for one in line.data["passed"]] for line in lines]


def owners(customers: list[Customer]) -> str:
    """Whose each is now, by first letter; "-" for nobody's."""
    found = dict(Customer.objects.filter(pk__in=[one.pk for one in customers]).values_list("pk", "owner__username"))
    return "".join((found[one.pk] or "-")[0].upper() for one in customers)


def held_periods(user: User) -> int:
    return OwnershipPeriod.objects.filter(owner=user, reason="rotated").count()


def colleagues(number: int, team: Team) -> list[User]:
    """So many people of one team, whose names are as long as names are."""
    people = [
        User(username=f"p{n}", name=f"Person number {n:03}", email=f"p{n}@firm.example", team=team)
        for n in range(number)
    ]
    return User.objects.bulk_create(people)


def make_firm(root: User, members: list[User], now: datetime, **fields: Any) -> Rotation:
    """A rotation with these members at 1, 2, 3, 1, … and a month's limit each: one line of the ledger for all."""
    fields = {"name_en": "Everybody", "is_active": True, "pool": Pool.objects.get(is_default=True)} | fields
    seats = [Seat(one.pk, 1 + place % 3, a_month=50) for place, one in enumerate(members)]
    rotation = Rotation(**fields)
    at = now - timedelta(hours=1)
    return save_with_members(rotation=rotation, seats=seats, seen="", by=root, now=at, sources=[], teams=[])
