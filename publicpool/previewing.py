"""What would the rules do from today on, day by day, and what is new in it against the rules in use?

Everything comes from countdown.within: the day it names is the day the job will take, as long as nobody does anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from customers.models import Customer

from .countdown import BATCH, Clock, Countdown, batches
from .rules import Spec

DAYS = 30
# Up to so many held customers the answer comes at once; beyond, as work that shows how far it is.
AT_ONCE = 20_000


@dataclass(frozen=True)
class Going:
    """One customer that goes within the days, or that would have gone under the rules in use.

    ``on`` and ``rule_id`` are of the rules that are tried, ``before`` the day of those in use; None: not within them.
    """

    customer_id: int
    owner_id: int
    on: date | None
    rule_id: int | None
    before: date | None

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_earlier(self) -> bool:
        return self.on is not None and self.before is not None and self.on < self.before

    @property
    def is_later(self) -> bool:
        return self.on is not None and self.before is not None and self.on > self.before

    @property
    def is_spared(self) -> bool:
        return self.on is None


@dataclass(frozen=True)
class Tally:
    """How many go on a day, or of a person; ``new`` of them not under the rules in use."""

    n: int
    new: int
    first: date


@dataclass(frozen=True)
class Preview:
    """All that goes from ``today`` to the 30th day after it, in the order of days."""

    today: date
    first_warning: int
    rows: Sequence[Going]

    @cached_property
    def going(self) -> list[Going]:
        return [row for row in self.rows if row.on is not None]

    @cached_property
    def new(self) -> list[Going]:
        return [row for row in self.rows if row.is_new]

    @cached_property
    def earlier(self) -> list[Going]:
        return [row for row in self.rows if row.is_earlier]

    @cached_property
    def later(self) -> list[Going]:
        return [row for row in self.rows if row.is_later]

    @cached_property
    def spared(self) -> list[Going]:
        return [row for row in self.rows if row.is_spared]

    @cached_property
    def sooner(self) -> list[Going]:
        """Whom the tried rules would warn beyond the rules in use: new ones, and those whose day comes forward."""
        return [row for row in self.rows if row.is_new or row.is_earlier]

    @property
    def today_warned(self) -> int:
        """Of those: whose warning comes today."""
        reach = self.today + timedelta(days=self.first_warning)
        return sum(row.on is not None and row.on <= reach for row in self.sooner)

    @property
    def first(self) -> date | None:
        return self.going[0].on if self.going else None

    def days(self) -> list[tuple[date, int, int]]:
        """(day, how many go, how many of them are new) of each day, today's first."""
        found = [[0, 0] for _step in range(DAYS + 1)]
        for row in self.going:
            assert row.on is not None
            place = max(0, (row.on - self.today).days)
            found[place][0] += 1
            found[place][1] += row.is_new
        return [(self.today + timedelta(days=place), n, new) for place, (n, new) in enumerate(found)]

    def people(self) -> dict[int, Tally]:
        """By holder, whoever loses most first."""
        found: dict[int, Tally] = {}
        for row in self.going:
            assert row.on is not None
            old = found.get(row.owner_id, Tally(0, 0, row.on))
            found[row.owner_id] = Tally(old.n + 1, old.new + row.is_new, min(old.first, row.on))
        return dict(sorted(found.items(), key=lambda item: (-item[1].n, item[0])))


def is_large() -> bool:
    """Would it keep somebody waiting?"""
    return Customer.objects.filter(owner__isnull=False)[: AT_ONCE + 1].count() > AT_ONCE


def look_ahead(
    now: datetime, specs: Sequence[Spec] | None = None, *, told: Callable[[int, int], None] | None = None
) -> Preview:
    """What goes under these rules, beside the rules in use; without any, under those alone.

    ``told`` hears now and then how far it is: 0 while the rules that are tried are asked, 1 for those in use, and up to
    which id of a customer it has come.
    """
    used = Clock.load(now)
    tried = used if specs is None else Clock.load(now, specs)
    until = used.today + timedelta(days=DAYS)
    found: dict[int, Countdown] = {}
    for one in _all(tried, until, told, 0):
        found[one.customer_id] = one
    before = {pk: one.on for pk, one in found.items()} if tried is used else {}
    if tried is not used:
        before = {one.customer_id: one.on for one in _all(used, until, told, 1)}
    owners = _owners([*found, *(pk for pk in before if pk not in found)])
    rows = [
        Going(
            pk, owner, line.on if (line := found.get(pk)) else None, line.spec.rule_id if line else None, before.get(pk)
        )
        for pk, owner in owners.items()
    ]
    rows.sort(key=lambda row: (row.on or date.max, row.before or date.max, row.customer_id))
    return Preview(used.today, used.distances[-1], rows)


def _all(clock: Clock, until: date, told: Callable[[int, int], None] | None, part: int) -> Iterator[Countdown]:
    for batch in batches(clock, until):
        yield from batch
        if told is not None:
            told(part, batch[-1].customer_id)


def _owners(ids: Sequence[int]) -> dict[int, int]:
    """Who holds each; what went meanwhile is left out."""
    found: dict[int, int] = {}
    for start in range(0, len(ids), BATCH):
        rows = Customer.objects.filter(pk__in=ids[start : start + BATCH], owner__isnull=False)
        found |= dict(rows.order_by().values_list("pk", "owner"))
    return found
