"""What does a change to deals do to the sums that the funnel reads?

One definition, the view ``opportunities_contribution``: what each living deal adds. A service that changes deals,
their moves or their product lines does so within ``kept``, which takes the difference between before and after into
the cells, in the same transaction. Only a customer's country gets there by itself (a trigger, migration 0002).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeAlias

from django.db import connection, transaction

from .models import FunnelCell

# In the order in which cells are locked: whoever adds to several takes them in the same order.
_KEYS = ("owner_id", "pipeline_id", "kind", "month", "stage_id", "value", "currency")
_SUMS = ("n", "amount", "amount_base", "unrated")
_NONE = (Decimal(0),) * len(_SUMS)
_TYPES = ("bigint", "bigint", "text", "date", "bigint", "text", "text", "bigint", "numeric", "numeric", "bigint")
_KEY, _SUM = ", ".join(_KEYS), ", ".join(f"sum({name}) AS {name}" for name in _SUMS)

Sums: TypeAlias = dict[tuple[Any, ...], tuple[Decimal, ...]]

_READ = f"SELECT {_KEY}, {_SUM} FROM opportunities_contribution WHERE opportunity_id = ANY(%s) GROUP BY {_KEY}"  # noqa: S608  names of our own

_ADD = f"""
INSERT INTO opportunities_funnelcell AS cell ({_KEY}, {", ".join(_SUMS)})
SELECT * FROM unnest({", ".join(f"%s::{name}[]" for name in _TYPES)})
ON CONFLICT ({_KEY}) DO UPDATE SET {", ".join(f"{name} = cell.{name} + excluded.{name}" for name in _SUMS)}
RETURNING id, n
"""  # noqa: S608  names of our own

_ALL = f"{_KEY}, {', '.join(_SUMS)}"

# Everybody's sum is that over people: what nobody holds stands apart. The view is read once.
_WHOLE = f"""
WITH own AS MATERIALIZED (SELECT {_KEY}, {_SUM} FROM opportunities_contribution GROUP BY {_KEY})
SELECT {_ALL} FROM own
UNION ALL
SELECT {FunnelCell.EVERYBODY} AS {_KEY}, {_SUM} FROM own WHERE owner_id <> {FunnelCell.NOBODY}
GROUP BY {_KEY.removeprefix("owner_id, ")}
"""  # noqa: S608  names of our own

# The cells that are not what a recomputation makes; none is right.
DIFFERENCE = f"""
SELECT {_KEY}, kept.n AS kept, made.n AS made
FROM (SELECT * FROM opportunities_funnelcell WHERE n <> 0) AS kept
FULL JOIN ({_WHOLE}) AS made USING ({_KEY})
WHERE ({", ".join(f"kept.{name}" for name in _SUMS)}) IS DISTINCT FROM ({", ".join(f"made.{name}" for name in _SUMS)})
"""  # noqa: S608  names of our own


@contextmanager
def kept(ids: Iterable[int]) -> Iterator[set[int]]:
    """Take into the cells what the block changes at these deals, whose rows the caller has locked.

    Yields their ids as a set, to which the block adds those of the deals it makes.
    Two statements where nothing of it counts, else three or four, for one deal as for thousands. Runs in the caller's
    transaction, and should be the last thing in it that takes long: until it ends, others who change deals of the
    same month and stage wait. Where the block raises, nothing is written.
    """
    keep = set(ids)
    before = _contributions(keep)
    yield keep
    _add(_difference(before, _contributions(keep)))


def recompute() -> None:
    """Make every cell anew; changes under way wait, or are added when they end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE opportunities_funnelcell IN EXCLUSIVE MODE")
        cursor.execute("DELETE FROM opportunities_funnelcell")
        cursor.execute(f"INSERT INTO opportunities_funnelcell ({_ALL}) {_WHOLE}")


def _contributions(ids: Iterable[int]) -> Sums:
    """What these deals add, at their owner's level and at everybody's."""
    if not (asked := list(ids)):
        return {}
    sums: Sums = {}
    with connection.cursor() as cursor:
        cursor.execute(_READ, [asked])
        for owner, *rest in cursor.fetchall():
            key, values = tuple(rest[: len(_KEYS) - 1]), tuple(rest[len(_KEYS) - 1 :])
            for level in (owner, FunnelCell.EVERYBODY) if owner != FunnelCell.NOBODY else (owner,):
                known = sums.get((level, *key), _NONE)
                sums[level, *key] = tuple(one + more for one, more in zip(known, values, strict=True))
    return sums


def _difference(before: Sums, after: Sums) -> Sums:
    found = {
        key: tuple(new - old for new, old in zip(after.get(key, _NONE), before.get(key, _NONE), strict=True))
        for key in before.keys() | after.keys()
    }
    return {key: found[key] for key in sorted(found) if any(found[key])}


def _add(sums: Sums) -> None:
    """Add to the cells; those that come down to nothing go."""
    if not sums:
        return
    columns = list(zip(*(key + values for key, values in sums.items()), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [list(column) for column in columns])
        if empty := [pk for pk, n in cursor.fetchall() if n == 0]:
            cursor.execute("DELETE FROM opportunities_funnelcell WHERE id = ANY(%s) AND n = 0", [empty])
