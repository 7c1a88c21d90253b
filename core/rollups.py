"""How do sums that an app keeps beside its facts stay equal to them, and as of when are they?

Triggers on the tables of facts append the parts that a statement touches to StalePart, in the writing transaction: no
row is locked, nobody waits. A sweep takes the appended rows away and makes those parts anew in a later statement, which
therefore sees all that was committed with them; what is appended meanwhile stays for the next sweep. All of it is one
transaction a batch: killed anywhere it has done nothing, done twice it makes the same cells. ROLLUPS says of what.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Min, Subquery

from .models import StalePart
from .registries import INVARIANTS, ROLLUPS, Invariant, Rollup

if TYPE_CHECKING:
    from .demo import World

log = logging.getLogger(__name__)

# Parts that are made anew in one transaction.
BATCH = 500

# One sweep of a rollup at a time; the lock ends with its transaction, also where the process was killed.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('core.rollups'), hashtext(%s))"
_TRY = "SELECT pg_try_advisory_xact_lock(hashtext('core.rollups'), hashtext(%s))"
_NEXT = """
SELECT part::text FROM (
    SELECT DISTINCT part FROM core_stalepart WHERE rollup = %s AND part > %s::bigint[] ORDER BY part LIMIT %s
) AS next
"""
_ASKED = "asked AS (SELECT word::bigint[] AS part FROM unnest(%(parts)s::text[]) AS word)"
_TAKE = f"""
WITH {_ASKED} DELETE FROM core_stalepart stale USING asked WHERE stale.rollup = %(name)s AND stale.part = asked.part
"""  # noqa: S608  names of our own


def register(name: str, rollup: Rollup) -> None:
    """Add a rollup, and the promise that its cells are what their facts say."""
    ROLLUPS[name] = rollup
    INVARIANTS[f"rollup.{name}"] = Invariant(rollup.says, difference(name))


def sweep() -> int:
    """Make every stale part of every rollup anew; returns how many. One at work on the same rollup is left alone."""
    return sum(_sweep(name) for name in ROLLUPS)


def as_of(names: Iterable[str], now: datetime) -> datetime:
    """Since when at the latest do these rollups hold all that was written; ``now`` where nothing is stale."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(at) FROM core_stalepart WHERE rollup = ANY(%s)", [list(names)])
        (oldest,) = cursor.fetchone()
    return min(oldest, now) if oldest else now


def oldest_mark(name: str) -> Subquery:
    """Since when a part of this rollup is stale, else null: ``as_of`` within a statement that asks for more."""
    marks = StalePart.objects.filter(rollup=name).order_by().values("rollup")
    return Subquery(marks.annotate(_oldest=Min("at")).values("_oldest"))


def recompute(name: str) -> None:
    """Make all cells of a rollup anew, in one transaction; who writes facts meanwhile neither waits nor is lost."""
    one = ROLLUPS[name]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, [name])
        cursor.execute("DELETE FROM core_stalepart WHERE rollup = %s", [name])
        cursor.execute(f"DELETE FROM {one.table}")  # noqa: S608  names of our own
        cursor.execute(f"INSERT INTO {one.table} ({_columns(one)}) {_made(one, f'asked AS ({one.parts})')}")


def remake(name: str) -> partial[None]:
    """``recompute`` of one rollup, for the registries of what is made anew."""
    return partial(recompute, name)


def demo(world: World, now: datetime) -> None:
    """Make all of them when the demo firm has its facts."""
    for name in ROLLUPS:
        recompute(name)


def difference(name: str) -> str:
    """SQL of the cells that are not what a recomputation makes, of parts that are not stale; none is right."""
    one = ROLLUPS[name]
    asked = f"asked AS (SELECT part FROM ({one.parts}) AS every EXCEPT SELECT part FROM stale)"  # noqa: S608
    return f"""
    WITH stale AS (SELECT DISTINCT part FROM core_stalepart WHERE rollup = '{name}'),
    made AS ({_made(one, asked)}),
    kept AS (
        SELECT {_columns(one)} FROM {one.table} cell
        WHERE NOT EXISTS (SELECT FROM stale AS asked WHERE {one.of})
    )
    (SELECT 'kept' AS side, * FROM (TABLE kept EXCEPT ALL TABLE made) AS more)
    UNION ALL (SELECT 'made', * FROM (TABLE made EXCEPT ALL TABLE kept) AS less)
    """  # noqa: S608  names of our own


def present(name: str, which: str) -> str:
    """SQL of the cells as of this very moment: what is stale is made while it is read. ``which`` parts may be asked
    for is a condition on ``part``: keep it narrow, after an import thousands may be stale."""
    one = ROLLUPS[name]
    stale = f"SELECT DISTINCT part FROM core_stalepart WHERE rollup = '{name}' AND {which}"  # noqa: S608
    return f"""
    WITH asked AS MATERIALIZED ({stale})
    SELECT {_columns(one)} FROM {one.table} cell WHERE NOT EXISTS (SELECT FROM asked WHERE {one.of})
    UNION ALL SELECT {_columns(one)} FROM ({one.made}) AS made
    """  # noqa: S608  names of our own


def _sweep(name: str) -> int:
    """One walk over the stale parts in their order, so that one which fails keeps nobody behind it waiting."""
    done, after = 0, "{}"
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [name, after, BATCH])
            parts = [part for (part,) in cursor.fetchall()]
        if not parts:
            return done
        done += _make(name, parts)
        after = parts[-1]


def _make(name: str, parts: Sequence[str]) -> int:
    """Make these parts anew; where the database refuses, all but those that it refuses alone, which stay stale."""
    try:
        return _make_together(name, parts)
    except DatabaseError:
        if len(parts) == 1:
            log.exception("part %s of the rollup %s cannot be made", parts[0], name)
            return 0
    half = len(parts) // 2
    return _make(name, parts[:half]) + _make(name, parts[half:])


def _make_together(name: str, parts: Sequence[str]) -> int:
    one = ROLLUPS[name]
    given: dict[str, Any] = {"name": name, "parts": list(parts)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TRY, [name])
        if not cursor.fetchone()[0]:
            return 0
        # First taken, then made: each statement sees what was committed before it began, so the facts of every row
        # that the first one takes are there for the last one.
        cursor.execute(_TAKE, given)
        cursor.execute(f"WITH {_ASKED} DELETE FROM {one.table} cell USING asked WHERE {one.of}", given)  # noqa: S608
        cursor.execute(f"INSERT INTO {one.table} ({_columns(one)}) {_made(one, _ASKED)}", given)
    return len(parts)


def _columns(one: Rollup) -> str:
    return ", ".join(one.columns)


def _made(one: Rollup, asked: str) -> str:
    """SQL of the cells of the parts that the CTE ``asked`` selects."""
    return f"WITH {asked} SELECT {_columns(one)} FROM ({one.made}) AS made"  # noqa: S608  names of our own
