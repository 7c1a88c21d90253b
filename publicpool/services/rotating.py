"""How are waiting customers and leads given out in turn: by hand, by the clock, as they arrive?

In batches, each a transaction under the lock on the rotation (publicpool.services.book): a run that is split, repeated
or beside another one makes the same sequence as one run. What somebody else has under a lock comes next time.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects

from accounts.services.notices import notify_selected
from core.exceptions import DomainError
from core.zones import business_day
from customers.models import Customer, OwnershipPeriod
from customers.services.locking import require
from opportunities.models import Lead
from opportunities.services.leads import hand_leads

from .. import errors, permissions, stops
from ..models import Rotation, RotationEntry, Run
from ..rotation.turns import Decision, Wheel
from ..standing import Standing
from ..waiting import beyond, waiting
from .book import Book
from .pooling import out_of_pools
from .rotations import weigh_anew
from .runs import finished, started

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

BATCH = 1000
# What passing a customer on reads and writes: not its texts.
COLUMNS = ("owner", "pool", "status", "last_followed_at", "owned_since", "idle_since", "archived_at")
# (entered, id) of the last one that was looked at.
Place: TypeAlias = tuple[datetime, int]


def rule_of(rotation: Rotation) -> str:
    """How events name the rotation that acted."""
    return f"publicpool.rotation:{rotation.pk}"


def run_rotation(
    *,
    rotation: Rotation,
    by: User,
    now: datetime,
    most: int | None = None,
    told: Callable[[int], object] = lambda given: None,
) -> Run | None:
    """Give out what waits, at most so many; the run, None where nothing waited and none is worth keeping.

    ``told`` hears within the transaction of each batch how many are given; what it raises takes that batch back and
    ends the run. Raises NotAllowed, RotationIsOff, CustomerIsBusy.
    """
    require(permissions.can_run_rotation(by, rotation))
    if not rotation.is_active:
        raise errors.RotationIsOff
    return _run(rotation, by=by, now=now, most=most, told=told)


def rotate_due(now: datetime) -> list[Run]:
    """Run every rotation that runs by itself and is due; one that fails does not keep the others."""
    runs = []
    for rotation in Rotation.objects.in_use().order_by("position", "pk"):
        try:
            if is_due(rotation, now) and (run := _run(rotation, by=None, now=now)):
                runs.append(run)
        except DomainError as refusal:  # somebody holds a lock: the next sweep is soon
            log.info("rotation %s waits: %s", rotation.pk, refusal.message)
        except Exception:
            log.exception("rotation %s", rotation.pk)
    return runs


def is_due(rotation: Rotation, now: datetime) -> bool:
    """Does it run by itself at this moment? A daily one that could not run at its hour does so later on that day."""
    if rotation.automatic_since is None or not rotation.is_active:
        return False
    if rotation.runs == Rotation.Runs.ON_ARRIVAL:
        return waiting(rotation, now, is_automatic=True).exists()
    today = business_day(now)
    if rotation.runs != Rotation.Runs.DAILY or now.astimezone(settings.BUSINESS_ZONE).time() < rotation.runs_at:
        return False
    if stops.rest(today, today)(today):
        return False
    return not Run.objects.filter(rotation=rotation, kind=Run.Kind.ROTATE, on=today, is_automatic=True).exists()


def _run(
    rotation: Rotation,
    *,
    by: User | None,
    now: datetime,
    most: int | None = None,
    told: Callable[[int], object] = lambda given: None,
) -> Run | None:
    run = started(Run.Kind.ROTATE, now, rotation=rotation, is_automatic=by is None)
    last: Place | None = None
    try:
        while most is None or run.done < most:
            size = BATCH if most is None else min(BATCH, most - run.done)
            last = _batch(run, rotation.pk, last, size, by, now, told)
            if last is None:
                break
    except BaseException:
        run.refresh_from_db()  # what the batches before gave stays given, and counted
        finished(run, now)
        raise
    return finished(run, now, keeps_left=by is not None)


@transaction.atomic
def _batch(
    run: Run,
    rotation: int,
    last: Place | None,
    size: int,
    by: User | None,
    now: datetime,
    told: Callable[[int], object],
) -> Place | None:
    """Give out the next ones; the place to go on from, None where it is over."""
    book = Book(rotation)
    if not book.rotation.is_active:
        return None
    weigh_anew(book, now)
    standing = Standing(book.rotation, book.members, now)
    rows = waiting(book.rotation, now, is_automatic=by is None)
    found: list[Place] = list(beyond(rows, last).values_list("entered", "pk")[:size])
    if not found or book.wheel.is_stuck(standing.blocked):
        book.close()
        run.left_alone += len(found)
        return None
    locked = lock_free(rows, [pk for _entered, pk in found])
    decisions = decide(book.wheel, standing, locked)
    _give(book, run, [row for row in locked if row.pk in decisions], decisions, standing, by, now)
    run.looked_at += len(found)
    run.done += len(decisions)
    run.left_alone += len(found) - len(decisions)
    run.save(update_fields=["looked_at", "done", "left_alone"])  # a run that is killed has counted what it gave
    told(run.done)
    return found[-1]


def lock_free(rows: QuerySet[Any], ids: Sequence[int]) -> list[Any]:
    """Lock those of these rows that still wait and that nobody else has under a lock, in their order."""
    table: Any = rows.model._default_manager
    taken = table.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk__in=ids).order_by("pk")
    if rows.model is Customer:
        taken = taken.only(*COLUMNS)
    locked = {row.pk: row for row in taken}
    # Asked again under the lock: who was quicker has it.
    still = list(rows.filter(pk__in=locked.keys()).values_list("pk", flat=True))
    found = [locked[pk] for pk in still]
    prefetch_related_objects(found, *(("owner", "status") if rows.model is Customer else ("owner",)))
    return found


def decide(wheel: Wheel, standing: Standing, rows: Sequence[Any]) -> dict[int, Decision]:
    """Whose each of these is, by id; those that nobody can have are left out. The preview asks it too."""
    unfit = standing.unfit(rows)
    found: dict[int, Decision] = {}
    for row in rows:
        decision = wheel.give(standing.blocked, unfit.get(row.pk, {}))
        if decision is not None:
            found[row.pk] = decision
            standing.took(decision.turn.member, row)
    return found


def _give(
    book: Book,
    run: Run,
    rows: Sequence[Any],
    decisions: Mapping[int, Decision],
    standing: Standing,
    by: User | None,
    now: datetime,
) -> None:
    """Pass the rows on, write the lines, tell the people."""
    to = {pk: standing.people[decision.turn.member] for pk, decision in decisions.items()}
    rule = rule_of(book.rotation)
    periods: dict[int, OwnershipPeriod] = {}
    if book.rotation.is_of_leads:
        hand_leads(rows, to, by=by, now=now, rule=rule)
    else:
        reason = OwnershipPeriod.Reason.ROTATED
        made = out_of_pools(rows, to, reason=reason, kind="owner.rotated", by=by, now=now, rule=rule)
        periods = {period.customer_id: period for period in made}
    for row in rows:
        about = {"lead" if isinstance(row, Lead) else "customer": row.pk}
        book.write_given(decisions[row.pk], by=by, now=now, run=run, period=periods.get(row.pk), **about)
    tell(book.close(), by=by, now=now)


# One row a person, with what it says.
_TOLD = """
    SELECT told.recipient_id, NULL::bigint AS target_id, told.params, told.key
    FROM jsonb_to_recordset(%s::jsonb) AS told(recipient_id bigint, params jsonb, key text)
"""


def tell(lines: Sequence[RotationEntry], *, by: User | None, now: datetime) -> None:
    """One notice a person and batch, all in one statement; whoever started the run is not told."""
    by_person: dict[int, list[RotationEntry]] = defaultdict(list)
    for line in lines:
        if line.user_id is not None and (by is None or line.user_id != by.pk):
            by_person[line.user_id].append(line)
    if not by_person:
        return
    told = []
    for pk, mine in by_person.items():
        params = {"n": len(mine), "ids": [line.lead_id or line.customer_id for line in mine[:5]]}
        told.append({"recipient_id": pk, "params": params, "key": f"rotated:{mine[0].rotation_id}:{mine[0].seq}"})
    kind = "leads_rotated" if lines[-1].lead_id else "customers_rotated"
    notify_selected(rows=_TOLD, values=[json.dumps(told)], kind=kind, now=now)
