"""How fast does a rotation give a pool out, beside bare statements that write the same rows?

Ids, turns and hashes of the bare statements are made before the clock runs; they write the very ledger, hash for hash.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict, astuple
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.registries import NOTICES
from core.loading import take_ids
from core.zones import business_day
from customers.models import Customer, OwnershipPeriod, Pool
from customers.registries import CONSUMERS
from customers.services.locking import lock_customers
from opportunities.rollup import DIFFERENCE
from publicpool.models import ReleaseReason, Rotation, RotationEntry, RotationMember
from publicpool.proving import prove
from publicpool.rotation.replay import passed_as_data
from publicpool.rotation.turns import Wheel
from publicpool.services.book import Book
from publicpool.services.pooling import Why, into_pools
from publicpool.services.rotating import BATCH, rule_of, run_rotation
from publicpool.waiting import waiting
from runner.console import say

from . import bare
from .client import WrongAnswer
from .figures import Figures
from .place import Place
from .rotating import PEOPLE, linked, turners
from .stage import timed

PAIRS = 3
MOST_WEIGHT = 5
NOTICE = "customers_rotated"
Words: TypeAlias = dict[str, Any]
# What both wrote, table by table, and the last hash of the ledger.
Written: TypeAlias = dict[str, int | str]


def rotations(here: Place, rows: int) -> list[Figures]:
    """[rotation]: so many customers wait; raw and product in turn, each on the same database, at the same moment."""
    connection.close()
    here.reset()
    rotation, by = _set_up(rows)
    connection.close()
    figures = Figures("rotation", f"{rows:,} customers to {PEOPLE} people", 2.0, rows=rows, unit="s")
    with here.kept():
        now = timezone.now()
        for pair in range(PAIRS):
            times, written = [], []
            for is_raw in (True, False):
                connection.close()
                here.reset()
                if is_raw:
                    act = partial(_give_raw, rotation, _planned(rotation, by, now, rows), by, now)
                else:
                    act = partial(_give, rotation, by, now, rows)
                times.append(timed(act) / 1000)
                written.append(_written(rotation, rows))
            _compare(*written)
            figures.add(times[1], [times[0]])
            figures.note = f"raw {rows / times[0]:,.0f}/s, product {rows / times[1]:,.0f}/s"
            say(f"  rotation {pair + 1}: {figures.note}")
        connection.close()
        here.reset()
        figures.statements = _statements(rotation, by, now, min(rows, BATCH))
        figures.note += f", SQL of a batch of {min(rows, BATCH):,}"
        connection.close()
    return [figures]


def _set_up(rows: int) -> tuple[Rotation, User]:
    """So many wait in the default pool, with whatever goes into it with them; nothing keeps anybody from taking."""
    now, dice = timezone.now(), random.Random(7)  # noqa: S311  the same each time
    Pool.objects.filter(is_default=True).update(capacity=1_000_000, cool_down_days=0)
    pool, by = Pool.objects.get(is_default=True), User.objects.get(username="root")
    there = Customer.objects.filter(pool=pool).count()
    held = Customer.objects.living().filter(owner__isnull=False).order_by("pk").values_list("pk", flat=True)
    ids = list(held[: max(0, rows - there)])
    if there + len(ids) < rows:
        raise WrongAnswer(f"Only {there + len(ids):,} customers can wait")
    why = Why(reason=ReleaseReason.objects.get(key="no_need"))
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            locked = lock_customers(ids[start : start + BATCH])
            into_pools(locked, {one.pk: pool for one in locked}, {one.pk: why for one in locked}, by=by, now=now)
    Rotation.objects.update(is_active=False)  # the demo's own come first, and take theirs
    rotation = Rotation.objects.create(name_en="Bench", pool=pool, created_at=now, is_active=True)
    RotationMember.objects.bulk_create(
        RotationMember(
            rotation=rotation, user=person, position=place, weight=dice.randint(1, MOST_WEIGHT), joined_at=now
        )
        for place, person in enumerate(turners())
    )
    with transaction.atomic():
        book = Book(rotation.pk)
        book.write_members(by=by, now=now)
        book.close()
    return Rotation.objects.get(pk=rotation.pk), by


def _give(rotation: Rotation, by: User, now: datetime, rows: int) -> None:
    run = run_rotation(rotation=rotation, by=by, now=now, most=rows)
    if run is None or run.done != rows:
        raise WrongAnswer(f"Of {rows:,} customers {run.done if run else 0:,} were given")


def _statements(rotation: Rotation, by: User, now: datetime, rows: int) -> int:
    """How many statements the product sends for one batch, the transaction's own two left out."""
    with CaptureQueriesContext(connection) as asked:
        _give(rotation, by, now, rows)
    sent = [one["sql"] for one in asked]
    return sent.index("COMMIT") - sent.index("BEGIN") - 1


# --- the bare statements ------------------------------------------------------------------------------


def _planned(rotation: Rotation, by: User, now: datetime, rows: int) -> list[Words]:
    """What each batch writes. Nobody is away, full or in a cool-down, so that the turns follow from the weights."""
    rotation = Rotation.objects.get(pk=rotation.pk)
    members = {one.user_id: one for one in RotationMember.objects.filter(rotation=rotation)}
    wheel = Wheel.of_data(rotation.wheel)
    ids = list(waiting(rotation, now).values_list("pk", flat=True)[:rows])
    periods = take_ids(OwnershipPeriod, rows)
    batches = []
    for start in range(0, rows, BATCH):
        lines = []
        for customer, period in zip(ids[start : start + BATCH], periods[start : start + BATCH], strict=True):
            decision = wheel.give({}, {})
            assert decision is not None  # fifty, and nothing keeps them
            turn = decision.turn
            entry = RotationEntry(
                kind=RotationEntry.Kind.GIVEN,
                at=now,
                by=by,
                user_id=turn.member,
                customer_id=customer,
                period_id=period,
                cycle=turn.cycle,
                round=turn.round,
                place=turn.place,
                data={"passed": passed_as_data(decision)},
            )
            lines.append(linked(rotation, entry))
        words: Words = {name: [getattr(line, name) for line in lines] for name in bare.OF_LINE}
        words["data"] = [json.dumps(line.data) for line in lines]
        words |= {"last_seq": rotation.seq, "last_hash": rotation.hash, "wheel": json.dumps(wheel.as_data())}
        accounts = [(members[user].pk, *astuple(tally)) for user, tally in wheel.tallies.items()]
        words |= dict(zip(("members", *RotationMember.ACCOUNT), map(list, zip(*accounts, strict=True)), strict=True))
        batches.append(words)
    return batches


def _give_raw(rotation: Rotation, batches: list[Words], by: User, now: datetime) -> None:
    """A transaction a batch, as the product has it: lock what waits, write."""
    kinds = ("owner.rotated", "opportunity.assigned")
    wants = [(kind, name) for kind in kinds for name, consumer in sorted(CONSUMERS.items()) if kind in consumer.kinds]
    common = {
        "rotation": rotation.pk,
        "pool": rotation.pool_id,
        "by": by.pk,
        "now": now,
        "today": business_day(now),
        "rule": rule_of(rotation),
        "kinds": [kind for kind, _name in wants],
        "consumers": [name for _kind, name in wants],
        "notice": NOTICE,
        "mail": "due" if NOTICES[NOTICE].by_mail else "",
    }
    with connection.cursor() as cursor:
        cursor.execute(bare.RUN, common)
        common["run"] = cursor.fetchone()[0]
        for batch in batches:
            words = common | batch | {"batch": len(batch["seq"])}
            with transaction.atomic():
                cursor.execute(bare.LOCK, words)
                cursor.execute(bare.NEXT, words)
                if [pk for (pk,) in cursor.fetchall()] != words["customer_id"]:
                    raise WrongAnswer("Others wait than those that were planned for")
                for sql in bare.GIVE:
                    cursor.execute(sql, words)
                cursor.execute(bare.DEALS, words)
                if deals := cursor.fetchall():
                    words |= dict(zip(("deals", "of", "to"), map(list, zip(*deals, strict=True)), strict=True))
                    for sql in bare.HAND:
                        cursor.execute(sql, words)
                for sql in bare.CLOSE:
                    cursor.execute(sql, words)
        cursor.execute(bare.END, common)


# --- whether both did the same ------------------------------------------------------------------------


def _written(rotation: Rotation, rows: int) -> Written:
    """How many rows each table has now. Raises WrongAnswer where the ledger or the funnel's sums do not hold."""
    proof = prove(rotation)
    if not proof.holds or proof.decisions != rows:
        raise WrongAnswer(f"The ledger has {proof.decisions:,} decisions: {proof.fault and asdict(proof.fault)}")
    written: Written = {"last hash": proof.hash}
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCE)
        if cursor.fetchone():
            raise WrongAnswer("The funnel's sums are not what a recomputation makes")
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608  names of our own
                written[model._meta.label] = cursor.fetchone()[0]
        cursor.execute(bare.HOLDINGS)
        written["who holds what since when"] = cursor.fetchone()[0]
    return written


def _compare(raw: Written, product: Written) -> None:
    if strange := [f"{name}: {raw[name]}, {product[name]}" for name in raw if raw[name] != product[name]]:
        raise WrongAnswer(f"The bare statements did not write what the product wrote: {'; '.join(strange)}")
