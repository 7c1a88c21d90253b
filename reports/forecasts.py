"""What was forecast for past months, and what was won in them?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db.models import F, Q, Sum

from core.money import rounded
from core.zones import business_day
from opportunities.figures.asked import add_months
from opportunities.models import FunnelCell, Pipeline, Stage

from .models import ForecastCell, ForecastSnapshot

# A forecast kept more than so many days late has seen too much of its month to be measured by it.
LATE = timedelta(days=3)
# Months of which fewer were measured say little together; of fewer deals one alone decides a month.
FEW_MONTHS, FEW_DEALS = 3, 10
# More digits than amount × rate can have, so that only the last step rounds.
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)


@dataclass
class Forecast:
    """The open deals that were expected in a month, as it stood on a day; amounts in the base currency."""

    taken_on: date
    # Days after the one it is for.
    late: timedelta
    n: int = 0
    worth: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    unpriced: int = 0
    unrated: int = 0

    @property
    def is_late(self) -> bool:
        return self.late > LATE


@dataclass
class Won:
    """The deals that were won in a month, by whomever holds them now."""

    n: int = 0
    base: Decimal = Decimal(0)
    unrated: int = 0


@dataclass
class Record:
    """A month: how it stood when it began, and when the month before began; None where nothing was kept."""

    month: date
    start: Forecast | None = None
    ahead: Forecast | None = None
    won: Won = field(default_factory=Won)

    @property
    def is_measured(self) -> bool:
        """Can its forecast be held against what became of it?"""
        return self.start is not None and not self.start.is_late and self.start.weighted > 0

    @property
    def share(self) -> Fraction | None:
        """Won of what was forecast when the month began."""
        if self.start is None or not self.start.weighted:
            return None
        return Fraction(self.won.base) / Fraction(self.start.weighted)

    @property
    def off(self) -> Fraction | None:
        """How far a month that is over was off, in parts of the forecast, too much or too little; None unmeasured."""
        return abs(self.share - 1) if self.is_measured and self.share is not None else None


@dataclass(frozen=True)
class Mean:
    """Several months together: sums, so that a month counts with its weight, and how far the months were off."""

    n: int
    deals: int
    forecast: Decimal
    won: Decimal
    won_deals: int
    off_by: Decimal

    @classmethod
    def of(cls, records: Iterable[Record]) -> Mean:
        found = [(one, one.start) for one in records if one.is_measured and one.start]
        return cls(
            len(found),
            sum(start.n for _one, start in found),
            sum((start.weighted for _one, start in found), start=Decimal(0)),
            sum((one.won.base for one, _start in found), start=Decimal(0)),
            sum(one.won.n for one, _start in found),
            sum((abs(one.won.base - start.weighted) for one, start in found), start=Decimal(0)),
        )

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.won) / Fraction(self.forecast) if self.forecast else None

    @property
    def off(self) -> Fraction | None:
        """Σ |won − forecast| / Σ forecast: too much in one month does not make up for too little in another."""
        return Fraction(self.off_by) / Fraction(self.forecast) if self.forecast else None

    @property
    def is_few(self) -> bool:
        return self.n < FEW_MONTHS


def records(levels: Collection[int], months: Collection[date], pipeline: Pipeline | None = None) -> list[Record]:
    """How these months (first days) were forecast by these people, and what they won in them, in order.

    ``levels`` as in ``Scope.levels``: EVERYBODY stands for all people. Three statements.
    """
    found = _read(levels, months, pipeline, "")
    return [found.get((None, month)) or Record(month) for month in months]


def by_person(levels: Collection[int], month: date, pipeline: Pipeline | None = None) -> dict[int, Record]:
    """The same of one month by person, of those who forecast or won something. Three statements."""
    found = _read(levels, [month], pipeline, "owner_id")
    return {pk: one for (pk, _month), one in found.items() if pk}


def _read(
    levels: Collection[int], months: Collection[date], pipeline: Pipeline | None, by: str
) -> dict[tuple[int | None, date], Record]:
    """By person, where ``by`` names the column, else under None, and by month."""
    whose = Q() if FunnelCell.EVERYBODY in levels else Q(owner_id__in=levels)
    of = Q(pipeline_id=pipeline.pk) if pipeline else Q()
    kept = {
        one.due_on: one
        for one in ForecastSnapshot.objects.filter(
            due_on__in={*months, *(add_months(month, -1) for month in months)}, base=settings.BASE_CURRENCY
        )
    }
    found: dict[tuple[int | None, date], Record] = {}
    if not by:  # where the forecast was kept and nothing stood in it, it was nothing
        found = {
            (None, month): Record(month, _forecast(kept.get(month)), _forecast(kept.get(add_months(month, -1))))
            for month in months
        }
    sums: dict[tuple[int | None, date, date], list[tuple[Any, ...]]] = defaultdict(list)
    due = F("snapshot__due_on")
    pairs = Q(pk__in=())  # of each day its own month and the next
    for day, snapshot in kept.items():
        pairs |= Q(snapshot=snapshot, month__in={day, add_months(day, 1)} & {*months})
    rows = ForecastCell.objects.filter(whose, of, pairs)
    named = [by] if by else []
    for *who, month, day, currency, rate, n, amount, weighted in (
        rows.order_by()
        .values_list(*named, "month", due, "currency", "rate")
        .annotate(Sum("n"), Sum("amount"), Sum("weighted"))
    ):
        sums[who[0] if who else None, month, day].append((currency, rate, n, amount, weighted))
    for (who, month, day), parts in sums.items():
        one = found.setdefault((who, month), Record(month))
        if day == month:
            one.start = _forecast(kept[day], parts)
        elif day == add_months(month, -1):
            one.ahead = _forecast(kept[day], parts)
    for *who, month, n, base, unrated in _won(whose & of, months, named):
        one = found.setdefault((who[0] if who else None, month), Record(month))
        one.won = Won(n, base, unrated)
    return found


def _won(which: Q, months: Collection[date], named: list[str]) -> Any:
    won = Stage.objects.filter(kind=Stage.Kind.WON).values("pk")
    rows = FunnelCell.objects.filter(which, kind="closed", stage_id__in=won, month__in=months, n__gt=0)
    rows = rows.filter(owner_id__gt=0)  # not the sums over all, nor what nobody holds
    return rows.order_by().values_list(*named, "month").annotate(Sum("n"), Sum("amount_base"), Sum("unrated"))


def _forecast(kept: ForecastSnapshot | None, parts: Iterable[tuple[Any, ...]] = ()) -> Forecast | None:
    """The sums of one day; each currency is converted once, as the funnel's page does."""
    if kept is None:
        return None
    taken_on = business_day(kept.taken_at)
    found = Forecast(taken_on, taken_on - kept.due_on)
    for currency, rate, n, amount, weighted in parts:
        found.n += n
        if not currency:
            found.unpriced += n
        elif rate is None:
            found.unrated += n
        else:
            found.worth += rounded(_EXACT.multiply(amount, rate), kept.base)
            found.weighted += rounded(_EXACT.multiply(weighted, rate), kept.base)
    return found
