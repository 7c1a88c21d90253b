"""How fast is a long ledger proven, beside reading and hashing its lines alone?

The ledger is made by the rotation's own arithmetic and written in bulk: no run gives so much out in a minute.
"""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator
from dataclasses import astuple
from datetime import datetime, timedelta
from itertools import cycle
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from core.loading import load_rows
from customers.models import Customer, Pool
from publicpool.models import Rotation, RotationEntry, RotationMember
from publicpool.models.rotating import said
from publicpool.proving import BATCH, prove
from publicpool.rotation.chain import first_link, link
from publicpool.rotation.replay import passed_as_data
from publicpool.rotation.turns import Wheel
from runner.console import say

from .client import WrongAnswer
from .figures import Figures
from .place import Place
from .stage import timed

PAIRS = 3
PEOPLE = 50
# One of so many decisions finds somebody away, or a customer in somebody's cool-down; so often weights change.
AWAY, COOL_DOWN, WEIGHED = 10, 15, 5000
COLUMNS = ("rotation_id", *RotationEntry.SAID, "at", "hash")
Kind = RotationEntry.Kind


def replays(here: Place, decisions: int) -> list[Figures]:
    """[replay]: a ledger of so many decisions of 50 people; the floor reads the same lines and hashes them."""
    connection.close()
    here.reset()
    with transaction.atomic():
        rotation = _ledger(decisions, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE publicpool_rotationentry")
        cursor.execute("CHECKPOINT")
    lines = rotation.seq
    figures = Figures("replay", f"{decisions:,} decisions", 4.0, rows=lines, unit="s")
    for pair in range(PAIRS):
        raw = timed(lambda: _hash_alone(rotation)) / 1000
        product = timed(lambda: _proven(rotation, decisions)) / 1000
        figures.add(product, [raw])
        figures.note = f"{lines / product:,.0f} lines/s"
        say(f"  replay {pair + 1}: raw {raw:.2f} s, product {product:.2f} s, {figures.note}")
    with CaptureQueriesContext(connection) as asked:
        _proven(rotation, decisions)
    figures.statements = len(asked)
    tracemalloc.start()  # slows, so it is not timed
    _proven(rotation, decisions)
    figures.note += f", {tracemalloc.get_traced_memory()[1] / 1e6:,.0f} MB at most"
    tracemalloc.stop()
    say(f"  {figures.note}")
    connection.close()
    return [figures]


def _proven(rotation: Rotation, decisions: int) -> None:
    proof = prove(rotation)
    if not proof.holds or proof.decisions != decisions:
        raise WrongAnswer(f"The ledger does not hold: {proof.fault}")


def _hash_alone(rotation: Rotation) -> None:
    """Read in batches of the same size, hash, compare; no turn is done once more."""
    columns = (*RotationEntry.SAID, "at", "hash")
    before, seq = first_link(rotation.pk), 0
    while rows := list(
        RotationEntry.objects.filter(rotation=rotation, seq__gt=seq).order_by("seq").values_list(*columns)[:BATCH]
    ):
        for *values, at, hashed in rows:
            before = link(before, said(dict(zip(RotationEntry.SAID, values, strict=True)), at))
            if before != hashed:
                raise WrongAnswer("A hash does not fit")
        seq = rows[-1][0]


def _ledger(decisions: int, now: datetime) -> Rotation:
    """A rotation whose ledger has so many decisions, the same each time, with accounts and place as they lead to."""
    at = now - timedelta(days=300)
    people = turners()
    pool = Pool.objects.get(is_default=True)
    rotation = Rotation.objects.create(name_en="Bench", pool=pool, created_at=at)
    wheel = Wheel()
    lines = list(_lines(rotation, wheel, people, decisions, at))
    load_rows(RotationEntry, COLUMNS, map(attrgetter(*COLUMNS), lines))
    rotation.wheel = wheel.as_data()
    rotation.save(update_fields=["seq", "hash", "wheel"])
    weights = dict(wheel.members)
    RotationMember.objects.bulk_create(
        RotationMember(
            rotation=rotation,
            user=person,
            position=place,
            weight=weights[person.pk],
            joined_at=at,
            **dict(zip(RotationMember.ACCOUNT, astuple(wheel.tallies[person.pk]), strict=True)),
        )
        for place, person in enumerate(people)
    )
    return rotation


def turners() -> list[User]:
    """People who have and had nothing yet."""
    return User.objects.bulk_create(
        User(username=f"turner{n}", name=f"Turner {n}", email=f"turner{n}@example.com") for n in range(PEOPLE)
    )


def _lines(
    rotation: Rotation, wheel: Wheel, people: list[User], decisions: int, at: datetime
) -> Iterator[RotationEntry]:
    dice = random.Random(7)  # noqa: S311  the same each time
    ids = [one.pk for one in people]
    customers = cycle(Customer.objects.living().order_by("pk").values_list("pk", flat=True)[:decisions])
    until = at.date().isoformat()
    rotation.hash = first_link(rotation.pk)
    for number in range(decisions):
        if number % WEIGHED == 0:
            members = [(pk, dice.randint(1, 5)) for pk in ids]
            wheel.set_members(members)
            data: dict[str, Any] = {"members": [list(pair) for pair in members]}
            yield linked(rotation, RotationEntry(kind=Kind.MEMBERS, at=at, data=data))
        away = dice.sample(ids, 3) if number % AWAY == 0 else ()
        cooling = dice.sample(ids, 3) if number % COOL_DOWN == 0 else ()
        decision = wheel.give(
            {pk: {"why": "away", "until": until} for pk in away},
            {pk: {"why": "cool_down", "until": at.isoformat()} for pk in cooling},
        )
        assert decision is not None  # fifty, and at most six cannot
        turn = decision.turn
        entry = RotationEntry(
            kind=Kind.GIVEN,
            at=at + timedelta(minutes=number),
            user_id=turn.member,
            customer_id=next(customers),
            cycle=turn.cycle,
            round=turn.round,
            place=turn.place,
            is_owed=decision.is_owed,
            data={"passed": passed_as_data(decision)},
        )
        yield linked(rotation, entry)


def linked(rotation: Rotation, entry: RotationEntry) -> RotationEntry:
    """The entry as the next line of this rotation's ledger, which stands on it then."""
    rotation.seq += 1
    entry.rotation_id, entry.seq = rotation.pk, rotation.seq
    entry.hash = rotation.hash = link(rotation.hash, entry.said())
    return entry
