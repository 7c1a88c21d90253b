"""When does a customer go back to the pool? Counted day by day, slowly, written apart from publicpool.countdown.

Straight from domain.md "Public pool": nothing here is reckoned, each day is looked at by itself. Given is what stands
at the beginning of ``today``; from then on the owner is warned every day on which a warning is due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
FAR = 420


@dataclass(frozen=True)
class Holder:
    name: str
    # The own team and those above it.
    teams: frozenset[str]
    away: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True)
class Rule:
    name: str
    kind: str
    days: int
    # {"grades": {"A"}, …}; what is not named asks nothing.
    wants: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def grace(self) -> int:
        return min(3, self.days)


@dataclass(frozen=True)
class Deal:
    stage_at: datetime
    stalls_after: int | None
    expected_on: date | None
    is_far_enough: bool


@dataclass(frozen=True)
class Told:
    """A warning: of which rule, for a clock that began when, sent on which day, of which day."""

    rule: str
    since: datetime
    on: date
    named: date


@dataclass
class Held:
    holder: Holder
    traits: dict[str, frozenset[str]]
    taken_at: datetime
    contacted_at: datetime | None = None
    ordered_on: date | None = None
    protected_until: date | None = None
    # Of an extension that was granted, or that still waits.
    more_until: date | None = None
    deals: tuple[Deal, ...] = ()
    told: list[Told] = field(default_factory=list)


@dataclass
class Firm:
    rules: list[Rule]
    closed: frozenset[date]
    warn_days: tuple[int, ...] = (7, 3, 1)
    order_days: int | None = 90

    def goes(self, held: Held, today: date) -> tuple[date, str] | None:
        """The day (today for those that are overdue) and the rule, if the sweep runs every day; None for never."""
        lines = [(rule, since) for rule in self.rules if (since := self.clock(rule, held)) is not None]
        if not lines:
            return None
        told = list(held.told)
        day = min(_day(since) for _rule, since in lines)
        while day < today + FAR * DAY:
            if day >= today:
                told += self.warnings(held, lines, day)
            for rule, since in lines:
                if self.may_go(rule, since, held, day) and any(
                    one.rule == rule.name
                    and one.since == since
                    and one.named <= day
                    and one.on + rule.grace * DAY <= day
                    for one in told
                ):
                    return max(day, today), rule.name
            day += DAY
        return None

    def clock(self, rule: Rule, held: Held) -> datetime | None:
        """Since when the rule counts for this customer; None where it asks nothing of it."""
        for name, wanted in rule.wants.items():
            if not wanted & (held.holder.teams if name == "teams" else held.traits[name]):
                return None
        taken, contacted = held.taken_at, held.contacted_at
        if rule.kind == "idle":
            return max(taken, contacted or taken)
        if rule.kind == "untouched":
            return None if contacted and contacted >= taken else taken
        return None if held.ordered_on and held.ordered_on >= _day(taken) else taken

    def warnings(self, held: Held, lines: list[tuple[Rule, datetime]], day: date) -> Iterator[Told]:
        """What the owner is told on a day: everything that else went within the days of the settings."""
        for rule, since in lines:
            ahead = max(rule.grace, *self.warn_days, 0)
            for later in range(ahead + 1):
                if self.may_go(rule, since, held, day + later * DAY):
                    yield Told(rule.name, since, day, max(day + later * DAY, day + rule.grace * DAY))
                    break

    def may_go(self, rule: Rule, since: datetime, held: Held, day: date) -> bool:
        """Warnings aside: the days have run, nothing exempts, and it is no day on which the clock stands."""
        begun, counted = _day(since), 0
        if day <= begun or self.stands(held.holder, day) or self.is_exempt(held, day):
            return False
        passing = begun + DAY
        while passing < day:
            counted += not self.stands(held.holder, passing)
            passing += DAY
        return counted >= rule.days

    def stands(self, holder: Holder, day: date) -> bool:
        return day in self.closed or day in _away(holder.away)

    def is_exempt(self, held: Held, day: date) -> bool:
        begins = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
        for deal in held.deals:
            stalled = deal.stalls_after is not None and deal.stage_at + deal.stalls_after * DAY <= begins
            late = deal.expected_on is not None and deal.expected_on < day
            if deal.is_far_enough and not stalled and not late:
                return True
        ordered, days = held.ordered_on, self.order_days
        return (
            (ordered is not None and days is not None and day <= ordered + days * DAY)
            or (held.protected_until is not None and day <= held.protected_until)
            or (held.more_until is not None and day <= held.more_until)
        )


@cache
def _away(times: tuple[tuple[date, date], ...]) -> frozenset[date]:
    """The first thirty days away of each calendar year."""
    found, used = set(), Counter[int]()
    for first, last in sorted(times):
        day = first
        while day <= last:
            if day not in found and used[day.year] < 30:
                used[day.year] += 1
                found.add(day)
            day += DAY
    return frozenset(found)


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
