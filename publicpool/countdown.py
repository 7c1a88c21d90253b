"""When, why and by which rule does a customer go back to the pool?

The one function of it: the job, the warnings, the countdown on every page, the list's column and filter, and the
preview ask here. Days are days of business time, reckoned in numbers from DAY_0:

* A rule is due on the day after its N-th counted day; a day on which the clock stands is not counted, nor is it one to
  reclaim on. With c(x) = x − (stops up to x), that is the first day x with c(x) = c(since) + N + 1.
* Exemptions are times that have begun and end on a known day, or on none: the latest end holds.
* The owner must have been told: of the two days that are possible, the one that was announced already (no earlier than
  GRACE after it was told), or that of a warning which is sent on the day when warnings begin, the earlier one holds.
* Where what comes out is a day on which the clock stands, it is the first one after it on which it runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, DateField, Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import Team
from core.querysets import rows_in_one
from core.zones import business_day
from opportunities.models import Stage

from . import stops
from .models import ExemptStage, PoolSettings
from .rules import GRACE, RULES, Spec, active_specs
from .stops import Stops, day_of, number

# No day: later than every day that is reckoned with.
NEVER_ON = date(9000, 1, 1)
NEVER = number(NEVER_ON)
# So many customers are taken at a time where all are gone through.
BATCH = 5000
# In the order of ``_ROWS``: an open deal, an order, protection, more time that was asked for or given.
EXEMPTIONS = ("deal", "order", "protected", "more")


@dataclass(frozen=True)
class Countdown:
    """What one rule, the earliest, means for one customer.

    ``on`` is the day from 00:00 (business time) of which on it may be reclaimed; ``due_on`` the rule's own day before
    exemptions and warnings; ``exempt_until`` the first day without exemption, None for none.
    """

    customer_id: int
    spec: Spec
    since: datetime
    due_on: date
    exempt_until: date | None
    on: date
    # Each exemption that the customer has or had (EXEMPTIONS), with its first day without it, NEVER_ON for no end.
    exempt: Mapping[str, date] = field(default_factory=dict, compare=False)

    def days_left(self, today: date) -> int:
        return max(0, (self.on - today).days)

    def as_data(self) -> dict[str, Any]:
        """Figures for the record of a run."""
        until = self.exempt_until.isoformat() if self.exempt_until else None
        return {
            "since": self.since.isoformat(),
            "due_on": self.due_on.isoformat(),
            "exempt_until": until,
            "on": self.on.isoformat(),
        }


@dataclass(frozen=True)
class Clock:
    """All that the reckoning needs beside the customers' rows, read once."""

    now: datetime
    specs: tuple[Spec, ...]
    stops: Stops
    settings: PoolSettings
    # Ids of the stages whose open deals exempt.
    stages: tuple[int, ...] = ()
    # Each team with those below it.
    below: Mapping[int, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def load(cls, now: datetime, specs: Sequence[Spec] | None = None) -> Clock:
        """The rules in use, or those given, at a moment. Two statements, and one for each team that a rule names."""
        specs = active_specs() if specs is None else tuple(specs)
        if not specs:
            return cls(now, (), Stops(), PoolSettings())
        first, last = stops.span(business_day(now), max(spec.days for spec in specs))
        saved, stages, holidays, away = rows_in_one(
            [
                PoolSettings.objects.values(),
                _exempting_stages(),
                stops.firm_holidays(first, last),
                stops.away_times(first, last),
            ]
        )
        teams = {team for spec in specs for team in spec.teams}
        return cls(
            now,
            specs,
            stops.load(
                first,
                last,
                [_span(row) for row in holidays],
                [(row["user_id"], *_span(row)) for row in away],
            ),
            PoolSettings(**saved[0]) if saved else PoolSettings(pk=1),
            tuple(row["id"] for row in stages),
            {team: Team.objects.ids_below(team) for team in teams},
        )

    @property
    def today(self) -> date:
        return business_day(self.now)

    @property
    def distances(self) -> tuple[int, ...]:
        """How many days ahead owners are warned, the fewest first. One of them leaves time for the grace."""
        days = set(self.settings.warn_days)
        return tuple(sorted(days if max(days, default=0) >= GRACE else days | {GRACE}))


def _exempting_stages() -> QuerySet[Any]:
    """Open stages at or past the chosen one of their pipeline."""
    chosen = ExemptStage.objects.filter(pipeline=OuterRef("pipeline"), stage__position__lte=OuterRef("position"))
    return Stage.objects.filter(Exists(chosen), kind=Stage.Kind.OPEN).order_by("pk").values("id")


def _span(row: Mapping[str, str]) -> stops.Span:
    return date.fromisoformat(row["first_on"]), date.fromisoformat(row["last_on"])


# --- the statement ----------------------------------------------------------------------------------

# One row a rule that asks for the customer ``c``: place, since, due, exempt_until, on.
_ROWS = """
SELECT ready.place, ready.since, ready.due, ready.exempt_until, ready.ends,
    CASE WHEN ready.day = ready.due THEN ready.due
    ELSE gonghai_due_day(ready.day - 1, 0, ready.stops, ready.counted) END AS "on"
FROM (SELECT line.*, exempt.until AS exempt_until, exempt.ends,
    greatest(line.due, exempt.until, least(
        (
            SELECT min(greatest(told.announced_on - %(day_0)s::date, told.warned_on - %(day_0)s::date + line.grace))
            FROM publicpool_reclaimwarning told
            JOIN customers_ownershipperiod period ON period.id = told.period_id AND period.ended_at IS NULL
            WHERE told.customer_id = c.id AND told.rule_id = line.rule_id AND told.since = line.since
        ),
        greatest(%(today)s::int, greatest(line.due, exempt.until) - %(first)s::int) + line.grace
    )) AS day
FROM (
    SELECT rule.*, clock.stops, clock.counted, gonghai_due_day(
        (rule.since AT TIME ZONE %(zone)s)::date - %(day_0)s::date, rule.days, clock.stops, clock.counted) AS due
    FROM (
        {rules}
    ) AS rule
    CROSS JOIN (
        SELECT coalesce(max(own.stops) FILTER (WHERE own.owner_id = c.owner_id), %(firm)s::int[]) AS stops,
            coalesce(max(own.counted) FILTER (WHERE own.owner_id = c.owner_id), %(firm_counted)s::int[]) AS counted
        FROM ({people}) AS own (owner_id, stops, counted)
    ) AS clock
) AS line
CROSS JOIN (
    SELECT greatest(own.deal, own.ordered, own.protected, own.more) AS until,
        ARRAY[own.deal, own.ordered, own.protected, own.more] AS ends
    FROM (
        SELECT (
            SELECT max(coalesce(least(
                ((deal.stage_at + make_interval(days => stage.stalls_after) - interval '1 microsecond')
                    AT TIME ZONE %(zone)s)::date - %(day_0)s::date + 1,
                deal.expected_on - %(day_0)s::date + 1
            ), %(never)s::int))
            FROM opportunities_opportunity deal JOIN opportunities_stage stage ON stage.id = deal.stage_id
            WHERE deal.customer_id = c.id AND deal.outcome = 'open' AND deal.archived_at IS NULL
                AND deal.stage_id = ANY(%(stages)s::bigint[])
        ) AS deal,
        c.last_order_on - %(day_0)s::date + %(order_days)s::int + 1 AS ordered,
        c.protected_until - %(day_0)s::date + 1 AS protected,
        (
            SELECT max(coalesce(more.until, CASE WHEN more.state = 'asked' THEN more.waits_until END)
                - %(day_0)s::date + 1)
            FROM publicpool_extension more
            JOIN customers_ownershipperiod period ON period.id = more.period_id AND period.ended_at IS NULL
            WHERE more.customer_id = c.id
        ) AS more
    ) AS own
) AS exempt) AS ready
"""

_RULE = (
    "SELECT %(rule_{n})s::bigint AS rule_id, {n} AS place, %(days_{n})s::int AS days, %(grace_{n})s::int AS grace,"
    " {since} AS since WHERE {asks}"
)
_ASKS = {
    "statuses": "c.status_id = ANY(%({name})s::bigint[])",
    "grades": "c.grade = ANY(%({name})s::text[])",
    "countries": "c.country = ANY(%({name})s::text[])",
    "sources": "c.source_id = ANY(%({name})s::bigint[])",
    "teams": "EXISTS (SELECT FROM accounts_user holder WHERE holder.id = c.owner_id"
    " AND holder.team_id = ANY(%({name})s::bigint[]))",
    "tags": "EXISTS (SELECT FROM customers_customer_tags worn WHERE worn.customer_id = c.id"
    " AND worn.tag_id = ANY(%({name})s::bigint[]))",
}


def _statement(clock: Clock) -> tuple[str, dict[str, Any]]:
    """(SQL of _ROWS over ``c``, its parameters)."""
    words: dict[str, Any] = {
        "zone": str(settings.BUSINESS_ZONE),
        "day_0": stops.DAY_0,
        "today": number(clock.today),
        "never": NEVER,
        "first": clock.distances[-1],
        "stages": list(clock.stages),
        "order_days": clock.settings.order_days,
        "firm": list(clock.stops.firm),
        "firm_counted": _counted(clock.stops.firm),
    }
    lines = []
    for n, spec in enumerate(clock.specs):
        words |= {f"rule_{n}": spec.rule_id, f"days_{n}": spec.days, f"grace_{n}": spec.grace}
        asks = [RULES[spec.kind].asks]
        for name in spec.CONDITIONS:
            if wanted := getattr(spec, name):
                words[f"{name}_{n}"] = (
                    [pk for team in wanted for pk in clock.below[team]] if name == "teams" else list(wanted)
                )
                asks.append(_ASKS[name].format(name=f"{name}_{n}"))
        lines.append(_RULE.format(n=n, since=RULES[spec.kind].since, asks=" AND ".join(asks)))
    people = ["SELECT NULL::bigint, NULL::int[], NULL::int[]"]
    for n, (owner, days) in enumerate(sorted(clock.stops.people.items())):
        words |= {f"owner_{n}": owner, f"stops_{n}": list(days), f"counted_{n}": _counted(days)}
        people.append(f"SELECT %(owner_{n})s::bigint, %(stops_{n})s::int[], %(counted_{n})s::int[]")
    nobody = "SELECT 0::bigint AS rule_id, 0 AS place, 0 AS days, 0 AS grace, NULL::timestamptz AS since WHERE false"
    rules = "\n        UNION ALL ".join(lines or [nobody])
    return _ROWS.format(rules=rules, people=" UNION ALL ".join(people)), words


def _counted(days: Sequence[int]) -> list[int]:
    """Of each day on which the clock stands: how many days it has counted by then."""
    return [day - place for place, day in enumerate(days, 1)]


# --- its uses ---------------------------------------------------------------------------------------


def countdowns(clock: Clock, ids: Iterable[int]) -> dict[int, Countdown]:
    """The countdown of each of these customers that somebody holds and a rule asks for. One statement.

    Those that are exempt without an end are not in it.
    """
    wanted = list(ids)
    if not wanted or not clock.specs:
        return {}
    where = "c.id = ANY(%(ids)s::bigint[]) AND c.owner_id IS NOT NULL AND found.on < %(never)s"
    return {line.customer_id: line for line in _earliest(clock, where, ids=wanted)}


def countdown(clock: Clock, customer_id: int) -> Countdown | None:
    return countdowns(clock, [customer_id]).get(customer_id)


def every(clock: Clock, customer_id: int) -> list[Countdown]:
    """What every rule that asks for this customer says, the earliest first: for a page that explains."""
    if not clock.specs:
        return []
    rows, words = _statement(clock)
    sql = f"""
        SELECT c.id, found.* FROM customers_customer c CROSS JOIN LATERAL ({rows}) AS found
        WHERE c.id = %(id)s AND c.owner_id IS NOT NULL ORDER BY found.on, found.place
    """  # noqa: S608
    return list(_read(clock, sql, words | {"id": customer_id}))


def within(clock: Clock, until: date, *, after: int = 0, limit: int | None = None) -> list[Countdown]:
    """Countdowns of all held customers that end by a day (inclusive), by customer id, from ``after`` on."""
    if not clock.specs:
        return []
    where = f"c.owner_id IS NOT NULL AND c.id > %(after)s AND {_ended(clock)} ORDER BY c.id LIMIT %(limit)s"
    return list(_earliest(clock, where, until=until, after=after, limit=limit))


def soonest(clock: Clock, until: date, *, owner: int, limit: int) -> list[Countdown]:
    """Countdowns of somebody's customers that end by a day (inclusive), the next first. One statement."""
    if not clock.specs:
        return []
    where = f"c.owner_id = %(owner)s AND {_ended(clock)} ORDER BY found.on, c.id LIMIT %(limit)s"
    return list(_earliest(clock, where, until=until, owner=owner, limit=limit))


def batches(clock: Clock, until: date) -> Iterator[list[Countdown]]:
    """``within`` all held customers, BATCH at a time: each is asked for when the one before is done with."""
    after = 0
    while batch := within(clock, until, after=after, limit=BATCH):
        yield batch
        if len(batch) < BATCH:
            return
        after = batch[-1].customer_id


def going(clock: Clock, until: date) -> RawSQL:
    """A condition over customers_customer: held, and to be reclaimed by a day (inclusive). As ``within`` says it."""
    if not clock.specs:
        return RawSQL("false", [], output_field=BooleanField())
    rows, words = _statement(clock)
    words |= {"until": until}
    sql = f"""
        (c.owner_id IS NOT NULL AND ({_coarse(clock)})
            AND (SELECT min(every.on) FROM ({rows}) AS every) <= %(until)s::date - %(day_0)s::date)
    """  # noqa: S608
    return _expression(sql, words, BooleanField())


def _coarse(clock: Clock) -> str:
    """A rule's clock never runs faster than the calendar: what began too late for any rule to end by ``until``."""
    coarse = []
    for n, spec in enumerate(clock.specs):
        kind = RULES[spec.kind]
        begun = f"({kind.since} AT TIME ZONE %(zone)s)::date"
        coarse.append(f"({begun} <= %(until)s::date - %(days_{n})s::int AND {kind.asks})")
    return " OR ".join(coarse)


def _ended(clock: Clock) -> str:
    """What was found ends by ``until``."""
    return f"({_coarse(clock)}) AND found.on <= %(until)s::date - %(day_0)s::date"


def _earliest(clock: Clock, where: str, **more: Any) -> Iterator[Countdown]:
    """Of each customer ``c`` the rule that ends first, as ``found``. ``where`` is ours, its values are in ``more``."""
    rows, words = _statement(clock)
    sql = f"""
        SELECT c.id, found.* FROM customers_customer c
        CROSS JOIN LATERAL (SELECT * FROM ({rows}) AS every ORDER BY "on", place LIMIT 1) AS found
        WHERE {where}
    """  # noqa: S608  constants of ours; what people typed goes as parameters
    return _read(clock, sql, words | more)


def _read(clock: Clock, sql: str, words: Mapping[str, Any]) -> Iterator[Countdown]:
    with connection.cursor() as cursor:
        cursor.execute(sql, words)
        for pk, place, since, due, exempt_until, ends, on in cursor.fetchall():
            spec = clock.specs[place]
            exempt = {name: _day(end) for name, end in zip(EXEMPTIONS, ends, strict=True) if end is not None}
            yield Countdown(pk, spec, since, _day(due), _day(exempt_until) if exempt_until else None, _day(on), exempt)


def _day(found: int) -> date:
    return day_of(min(found, NEVER))


def reclaim_day(clock: Clock) -> RawSQL:
    """An expression over customers_customer, to sort and filter by: ``Countdown.on``, 9000-01-01 for none."""
    rows, words = _statement(clock)
    sql = f"""
        SELECT %(day_0)s::date + coalesce(min(least(every.on, %(never)s::int)), %(never)s::int) FROM ({rows}) AS every
    """  # noqa: S608
    return _expression(sql, words, DateField())


def _expression(sql: str, words: Mapping[str, Any], field: Any) -> RawSQL:
    """SQL over ``c`` as an expression over customers_customer, which takes its parameters by place."""
    sql = re.sub(r"\bc\.", "customers_customer.", sql)
    places = [words[name] for name in re.findall(r"%\((\w+)\)s", sql)]
    return RawSQL(re.sub(r"%\(\w+\)s", "%s", sql), places, output_field=field)  # noqa: S611  as above
