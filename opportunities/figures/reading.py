"""Which numbers answer a question? Read from the cells alone: a few rows, whatever the number of deals.

Definitions: docs/rules.md, "Funnel". Money: an open deal is worth what today's rate makes of it, each currency summed
exactly and converted once; a closed one is counted with its ``amount_base``, made at the rate of its day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet, Sum

from core.money import Rates

from ..models import FunnelCell, Pipeline, Stage
from .asked import Asked


@dataclass
class Tally:
    """Some deals: how many, their amounts by currency, their worth in the base currency.

    ``unpriced`` have no amount. ``unrated`` have one for which there is no rate: they are not in ``base``.
    """

    n: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    base: Decimal = Decimal(0)
    unpriced: int = 0
    unrated: int = 0

    def add(self, currency: str, n: int, amount: Decimal, base: Decimal = Decimal(0), unrated: int = 0) -> None:
        self.n += n
        self.base += base
        self.unrated += unrated
        if currency:
            self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + amount
        else:
            self.unpriced += n

    def join(self, other: Tally) -> None:
        self.n, self.base = self.n + other.n, self.base + other.base
        self.unpriced, self.unrated = self.unpriced + other.unpriced, self.unrated + other.unrated
        for currency, amount in other.amounts.items():
            self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + amount


@dataclass
class Closed:
    """Deals that ended."""

    won: Tally = field(default_factory=Tally)
    lost: Tally = field(default_factory=Tally)

    @property
    def n(self) -> int:
        return self.won.n + self.lost.n

    @property
    def rate(self) -> Fraction | None:
        """Won of those that ended; None where none did."""
        return Fraction(self.won.n, self.n) if self.n else None

    def join(self, other: Closed) -> None:
        self.won.join(other.won)
        self.lost.join(other.lost)


@dataclass
class Open(Tally):
    """Deals under way; ``weighted`` is Σ amount × probability of the stage, in the base currency."""

    weighted: Decimal = Decimal(0)

    def join(self, other: Tally) -> None:
        super().join(other)
        if isinstance(other, Open):
            self.weighted += other.weighted


@dataclass(frozen=True)
class Step:
    """A stage of the cohort: how many were ever in it or later; the parts of the step before and of all."""

    stage: Stage
    n: int
    of_before: Fraction | None
    of_all: Fraction | None


@dataclass(frozen=True)
class Cohort:
    """Deals begun in the period. ``undated`` began on an unknown day and are in no bounded period."""

    n: int
    steps: list[Step]
    undated: int

    @property
    def overall(self) -> Fraction | None:
        return self.steps[-1].of_all if self.steps else None


@dataclass(frozen=True)
class Stay:
    """Whole days that deals of the cohort spent in a stage before they left it."""

    n: int
    median: int
    p90: int


@dataclass(frozen=True)
class Pipe:
    """The stages of a pipeline, retired ones too."""

    stages: Mapping[int, Stage]

    @classmethod
    def of(cls, asked: Asked) -> Pipe:
        return cls({stage.pk: stage for stage in Stage.objects.filter(pipeline=asked.pipeline)})

    @property
    def open(self) -> list[Stage]:
        return [stage for stage in self.stages.values() if stage.is_open]

    @property
    def steps(self) -> list[Stage]:
        """Those in use through which a deal goes to won, in their order."""
        return [one for one in self.stages.values() if one.is_active and one.kind != Stage.Kind.LOST]

    def is_won(self, pk: int) -> bool:
        return self.stages[pk].kind == Stage.Kind.WON

    def chance(self, pk: int) -> Decimal:
        return Decimal(self.stages[pk].probability) / 100


def cells(asked: Asked, *kinds: str) -> QuerySet[FunnelCell]:
    """The cells of the question, of all months. A cell that came down to nothing may stand there with zero."""
    return FunnelCell.objects.filter(
        pipeline_id=asked.pipeline.pk, owner_id__in=asked.scope.levels, kind__in=kinds, n__gt=0
    )


def open_sums(pipeline: Pipeline, level: int) -> QuerySet[FunnelCell, tuple[int, str, int, Decimal]]:
    """(stage, currency, how many, amount) of what is open at one level of the cells: a person's, or everybody's."""
    rows = FunnelCell.objects.filter(pipeline_id=pipeline.pk, owner_id=level, kind="open", n__gt=0)
    return rows.order_by().values_list("stage_id", "currency").annotate(Sum("n"), Sum("amount"))


def cohort(asked: Asked, pipe: Pipe) -> Cohort:
    """How many of the deals begun in the period came how far. One statement."""
    rows = cells(asked, "reached").filter(_within_or_undated(asked))
    exactly: dict[int, int] = defaultdict(int)
    undated = 0
    for stage, month, n in rows.values_list("stage_id", "month").annotate(Sum("n")):
        if month == FunnelCell.NO_MONTH:
            undated += n
        if month != FunnelCell.NO_MONTH or not asked.period.is_bounded:
            exactly[stage] += n
    total = sum(exactly.values())
    steps: list[Step] = []
    for stage in pipe.steps:
        n = sum(count for pk, count in exactly.items() if pipe.stages[pk].position >= stage.position)
        before = steps[-1].n if steps else total
        steps.append(Step(stage, n, _part(n, before), _part(n, total)))
    return Cohort(total, steps, undated)


def stays(asked: Asked) -> dict[int, Stay]:
    """How long the deals begun in the period were in each stage that they left, by stage. One statement."""
    rows = cells(asked, "stay").filter(**asked.period.within())
    days: dict[int, dict[int, int]] = defaultdict(dict)
    for stage, value, n in rows.values_list("stage_id", "value").annotate(Sum("n")):
        days[stage][int(value)] = n
    return {
        stage: Stay(sum(counts.values()), percentile(counts, Fraction(1, 2)), percentile(counts, Fraction(9, 10)))
        for stage, counts in days.items()
    }


def percentile(counts: Mapping[int, int], share: Fraction) -> int:
    """The least value that so great a share does not exceed: PostgreSQL's percentile_disc over counted values."""
    wanted, seen = sum(counts.values()) * share, 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    raise ValueError("nothing was counted")


@dataclass
class Ahead:
    """What is under way: by stage, by month in which it is expected, the whole, and the rates behind it."""

    stages: dict[int, Open]
    months: dict[date, Open]
    whole: Open
    rates: Rates


def ahead(asked: Asked, pipe: Pipe) -> Ahead:
    """What is open now, whatever the period; months are first days, NO_MONTH without a day. Two statements.

    The whole is the sum of the months shown, so that a column adds up.
    """
    rows = list(cells(asked, "open").values_list("month", "stage_id", "currency").annotate(Sum("n"), Sum("amount")))
    rates = Rates.load({currency for _month, _stage, currency, *_sums in rows}, on=asked.today)
    by_stage, by_month = defaultdict(list), defaultdict(list)
    for row in rows:
        by_month[row[0]].append(row)
        by_stage[row[1]].append(row)
    months = {month: _open(some, pipe, rates) for month, some in sorted(by_month.items())}
    whole = Open()
    for one in months.values():
        whole.join(one)
    return Ahead({stage: _open(some, pipe, rates) for stage, some in by_stage.items()}, months, whole, rates)


def expected(people: Collection[int], month: date, today: date) -> Open:
    """What people have under way in all pipelines and expect to close in a month. Three statements."""
    found = Open()
    for one in expected_of_each(people, month, month, today).values():
        found.join(one)
    return found


def expected_of_each(people: Collection[int], first: date, last: date, today: date) -> dict[int, Open]:
    """What each person has under way in all pipelines and expects to close in some months. Three statements."""
    rows = FunnelCell.objects.filter(owner_id__in=people, kind="open", month__range=(first, last), n__gt=0)
    columns = ("owner_id", "month", "stage_id", "currency")
    sums = list(rows.order_by().values_list(*columns).annotate(Sum("n"), Sum("amount")))
    pipe = Pipe({stage.pk: stage for stage in Stage.objects.filter(pk__in={row[2] for row in sums})})
    rates = Rates.load({row[3] for row in sums}, on=today)
    found: dict[int, list[Any]] = defaultdict(list)
    for owner, *row in sums:
        found[owner].append(row)
    return {owner: _open(some, pipe, rates) for owner, some in found.items()}


def _open(rows: Iterable[tuple[Any, ...]], pipe: Pipe, rates: Rates) -> Open:
    found = Open()
    weighted = []
    for _month, stage, currency, n, amount in rows:
        known = not currency or rates.rate(currency) is not None
        found.add(currency, n, amount, unrated=0 if known else n)
        if currency:
            weighted.append((amount * pipe.chance(stage), currency))
    found.base = rates.total((amount, currency) for currency, amount in found.amounts.items()).amount
    found.weighted = rates.total(weighted).amount
    return found


def closed(asked: Asked, pipe: Pipe, kind: str, by: str, *, since: date | None = None) -> dict[Any, Closed]:
    """What was won and lost, by ``month``, ``value`` or ``owner_id`` of the cells of one kind. One statement.

    Without ``since`` those closed in the period, and under NO_MONTH by month those of an unknown day; with it those
    closed from that month on.
    """
    when = Q(**asked.period.within())
    if since:
        when = Q(month__gte=since)
    elif by == "month":
        when = _within_or_undated(asked)
    rows = cells(asked, kind)
    if by == "owner_id" and FunnelCell.EVERYBODY in asked.scope.levels:
        rows = FunnelCell.objects.filter(pipeline_id=asked.pipeline.pk, owner_id__gt=0, kind=kind, n__gt=0)
    sums = [Sum(name) for name in ("n", "amount", "amount_base", "unrated")]
    found: dict[Any, Closed] = defaultdict(Closed)
    for key, stage, currency, n, amount, base, unrated in (
        rows.filter(when).values_list(by, "stage_id", "currency").annotate(*sums)
    ):
        side = found[key].won if pipe.is_won(stage) else found[key].lost
        side.add(currency, n, amount, base, unrated)
    return dict(found)


@dataclass(frozen=True)
class Ended:
    """What ended in some months, by several kinds of cells, read at once."""

    pipe: Pipe
    rows: tuple[tuple[Any, ...], ...]

    @classmethod
    def between(cls, asked: Asked, pipe: Pipe, first: date, last: date, *kinds: str) -> Ended:
        """Of the kinds asked for; months are first days, both included. One statement."""
        found = cells(asked, *kinds).filter(month__range=(first, last))
        columns = ("kind", "month", "value", "stage_id", "currency")
        sums = [Sum(name) for name in ("n", "amount", "amount_base", "unrated")]
        return cls(pipe, tuple(found.values_list(*columns).annotate(*sums)))

    def by_value(self, kind: str, first: date, last: date) -> dict[str, Closed]:
        """What was won and lost from one month to another by the value of the cells of one kind."""
        found: dict[str, Closed] = defaultdict(Closed)
        for of_kind, month, value, stage, *numbers in self.rows:
            if of_kind == kind and first <= month <= last:
                side = found[value].won if self.pipe.is_won(stage) else found[value].lost
                side.add(*numbers)
        return dict(found)


def together(parts: Iterable[Closed]) -> Closed:
    found = Closed()
    for one in parts:
        found.join(one)
    return found


def _within_or_undated(asked: Asked) -> Q:
    within = Q(**asked.period.within())
    return within | Q(month=FunnelCell.NO_MONTH) if asked.period.is_bounded else within


def _part(n: int, whole: int) -> Fraction | None:
    return Fraction(n, whole) if whole else None
