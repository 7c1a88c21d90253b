"""Who takes part in a trial, with how many customers? Imported when Django is ready."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import connection

from accounts.models import Team, User
from core.invariants import verdicts
from customers.inputs import CustomerData
from customers.models import Pool
from customers.services.bulk import create_customers
from publicpool.models import ReleaseReason, Rotation
from publicpool.services import release_customers
from publicpool.services.rotations import add_member, save_rotation

# Deliveries wait for a worker, and some trials have none.
ASIDE = {"customers.deliveries_of_known_events"}


def people(prefix: str, number: int, role: str = User.Role.SALESPERSON) -> list[User]:
    """New people of one team, without passwords."""
    team, _is_new = Team.objects.get_or_create(name_en="Sales")
    return User.objects.bulk_create(
        User(
            username=f"{prefix}{n}",
            name=f"{prefix.title()} {n}",
            email=f"{prefix}{n}@example.com",
            password="!",  # noqa: S106  nobody signs in with one
            role=role,
            team=team,
        )
        for n in range(number)
    )


def customers(holders: list[User], prefix: str, number: int, by: User, now: datetime) -> list[int]:
    """New customers, held by these people in turn; their ids."""
    items = [(CustomerData(name=f"{prefix} {n} GmbH", country="DE"), holders[n % len(holders)]) for n in range(number)]
    return create_customers(items, by=by, now=now, are_told_apart=True, deliver=False)


def pooled(holders: list[User], prefix: str, number: int, by: User, now: datetime) -> list[int]:
    """New customers that lie in the default pool, given back by who entered them; their ids."""
    ids = customers(holders, prefix, number, by, now)
    release_customers(ids=ids, reason=ReleaseReason.objects.get(key="no_need"), by=by, now=now)
    return ids


def rotation(members: list[User], by: User, now: datetime) -> Rotation:
    """A rotation of the default pool, of these people with weights 3, 2, 1, 3 …"""
    pool = Pool.objects.get(is_default=True)
    made = save_rotation(rotation=Rotation(name_en="Turns", pool=pool, is_active=True), by=by, now=now)
    for number, user in enumerate(members):
        add_member(rotation=made, user=user, weight=3 - number % 3, by=by, now=now)
    return made


def broken() -> Counter[str]:
    """The promises that do not hold, and by how many rows."""
    return Counter({one.says: one.broken for one in verdicts() if one.broken and one.key not in ASIDE})


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
