"""How much did each member of a rotation receive, how much by the weights that held, and which turns were passed?

Expected of each decision is the member's share of the weights of its turn's cycle: of 77 things at 3:2:1, 38.5 for the
first. What was received differs by the part of a cycle that is not over, and by turns that others took.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import connection
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce

from .models import RotationEntry
from .rotation.reading import members_said
from .rotation.turns import OWED, SKIPPED

if TYPE_CHECKING:
    from .rotation.turns import Plan

Kind = RotationEntry.Kind
# A rotation and a person.
Member: TypeAlias = tuple[int, int]

# What was given, by the turn's cycle, and the turns that were passed, by effect and reason.
_TURNS = """
    WITH line AS (
        SELECT rotation_id, user_id, cycle, is_owed, data
        FROM publicpool_rotationentry
        WHERE rotation_id = ANY(%(rotations)s) AND kind = 'given'
            AND (%(start)s::timestamptz IS NULL OR at >= %(start)s)
            AND (%(end)s::timestamptz IS NULL OR at < %(end)s)
    )
    SELECT rotation_id, user_id, '', cycle::text, count(*), count(*) FILTER (WHERE is_owed) FROM line GROUP BY 1, 2, 4
    UNION ALL
    SELECT rotation_id, (one ->> 4)::numeric::bigint, one ->> 0, one -> 5 ->> 'why', count(*), 0
    FROM line, jsonb_path_query(data, 'strict $.passed[*] ? (@[4].type() == "number")', silent => true) one
    GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class InForce:
    """Members and weights of one line of a ledger, and the cycle since which they hold."""

    seq: int
    since: int
    plan: Plan

    @property
    def sum(self) -> int:
        return sum(weight for _member, weight in self.plan)


class Plans:
    """Which weights held in which cycle of which rotation?"""

    def __init__(self, found: Mapping[int, list[InForce]]) -> None:
        self._of = found

    def of_cycle(self, rotation: int, cycle: int) -> InForce | None:
        """The last line of members before the cycle began; None where there is none, which no whole ledger has."""
        plans = self._of.get(rotation, [])
        place = bisect_right(plans, cycle, key=lambda one: one.since)
        return plans[place - 1] if place else None

    def before(self, rotation: int, seq: int) -> InForce | None:
        """The line of members before this one."""
        plans = self._of.get(rotation, [])
        place = next((n for n, one in enumerate(plans) if one.seq >= seq), len(plans))
        return plans[place - 1] if place else None


def plans_of(rotations: Collection[int]) -> Plans:
    """All lines of members of these rotations. One statement."""
    turned = RotationEntry.objects.filter(
        rotation=OuterRef("rotation"), seq__lt=OuterRef("seq"), kind=Kind.GIVEN, is_owed=False
    )
    lines = RotationEntry.objects.filter(rotation__in=rotations, kind=Kind.MEMBERS).order_by("rotation", "seq")
    # A cycle that runs keeps its weights: a line holds from the next one on.
    rows = lines.annotate(running=Coalesce(Subquery(turned.order_by("-seq").values("cycle")[:1]), 0))
    found: dict[int, list[InForce]] = defaultdict(list)
    columns = ("rotation_id", "seq", "running", KeyTransform("members", "data"))
    for rotation, seq, running, members in rows.values_list(*columns):
        plan = tuple(members_said(members) or ())
        found[rotation].append(InForce(seq, running + 1, plan))
    return Plans(found)


def expected(plans: Plans, rotations: Collection[int], within: Q) -> dict[Member, Fraction]:
    """How much each member should have got of what was given in a period, by the weights. One statement."""
    lines = RotationEntry.objects.filter(within, rotation__in=rotations, kind=Kind.GIVEN).order_by()
    return _by_weights(plans, lines.values_list("rotation_id", "cycle").annotate(n=Count("pk")))


def _by_weights(plans: Plans, counts: Iterable[tuple[int, int, int]]) -> dict[Member, Fraction]:
    """What each member should have got of so many given (rotation, cycle, how many)."""
    found: dict[Member, Fraction] = defaultdict(Fraction)
    given: Counter[tuple[int, InForce]] = Counter()
    for rotation, cycle, n in counts:
        if (one := plans.of_cycle(rotation, cycle)) and one.sum:
            given[rotation, one] += n
    for (rotation, one), n in given.items():
        for member, weight in one.plan:
            found[rotation, member] += Fraction(n * weight, one.sum)
    return found


@dataclass
class Share:
    """What one member of one rotation had of a period: received, expected, and turns passed by effect and reason.

    ``served`` are those of the received that an owed turn gave, whenever it came to be owed.
    """

    received: int = 0
    expected: Fraction = Fraction(0)
    skipped: Counter[str] = field(default_factory=Counter)
    owed: int = 0
    served: int = 0


def shares(rotations: Collection[int], start: datetime | None, end: datetime | None) -> dict[Member, Share]:
    """What everybody had of these rotations from ``start`` to before ``end``; None is open. Two statements."""
    found: dict[Member, Share] = defaultdict(Share)
    values: dict[str, Any] = {"rotations": list(rotations), "start": start, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(_TURNS, values)
        counts = cursor.fetchall()
    given = [(rotation, int(cycle), n) for rotation, _user, effect, cycle, n, _served in counts if not effect]
    for key, number in _by_weights(plans_of(rotations), given).items():
        found[key].expected = number
    for rotation, user, effect, why, n, served in counts:
        if not effect:
            found[rotation, user].received += n
            found[rotation, user].served += served
        elif effect == SKIPPED:
            found[rotation, user].skipped[why] += n
        elif effect == OWED:
            found[rotation, user].owed += n
    return found
