"""What is an amount worth in the base currency, at which rate, of which day?

One definition of the rate that holds: the database function ``gonghai_rate`` (migration 0007), which Python asks for
all pairs at once and which statements over many rows call by ``BaseAmount`` or a LATERAL join. An amount in the base
currency is amount × rate, rounded half up (away from zero) to the minor unit of the base currency; Decimal and
numeric multiply exactly, so both ways give the same. No rate is None: never 0, never one to one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import DecimalField, Func, Value

from .currencies import currencies

# A rate older than this is none: that of a currency withdrawn for years would be a number without meaning, while one
# that the firm enters once a year must last until the next.
OLDEST_DAYS = 400
# More digits than amount × rate can have, so that only the last step rounds.
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of ``currency`` is worth ``rate`` units of the base currency; the rate is of the day ``on``."""

    currency: str
    rate: Decimal
    on: date
    # ExchangeRate.Source, '' for the base currency itself.
    source: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """``amount`` in the base currency, rounded, and the rate behind it."""

    amount: Decimal
    rate: Decimal
    rate_on: date


@dataclass(frozen=True, slots=True)
class Total:
    """What can be said of a sum: ``amount`` in the base currency, and what is not in it for want of a rate."""

    amount: Decimal
    missing: Mapping[str, Decimal]


def decimals_of(currency: str) -> int:
    """Return the digits of the currency's minor unit (JPY 0, KWD 3); 2 for a withdrawn or unknown one."""
    known = currencies().get(currency)
    return known.decimals if known else 2


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round half up (away from zero) to the minor unit of the currency."""
    return amount.quantize(Decimal(1).scaleb(-decimals_of(currency)), context=_EXACT)


def rates_on(pairs: Iterable[tuple[str, date]], base: str | None = None) -> dict[tuple[str, date], Rate]:
    """Return the rate of each (currency, day) that has one, in one statement. ``base`` is by default the firm's."""
    asked = sorted(set(pairs))
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.currency, asked.day, found.rate, found.rate_on, found.source"
            " FROM unnest(%s::text[], %s::date[]) AS asked (currency, day)"
            " CROSS JOIN LATERAL gonghai_rate(asked.currency, asked.day, %s, %s) AS found",
            [[one for one, _day in asked], [day for _one, day in asked], base or settings.BASE_CURRENCY, OLDEST_DAYS],
        )
        return {(one, day): Rate(one, rate, on, source) for one, day, rate, on, source in cursor.fetchall()}


@dataclass(frozen=True)
class Rates:
    """The rates of one request or batch, loaded by one statement.

    ``load`` is for amounts at the rates of one day (open deals, today), ``for_days`` for amounts with a day each
    (won deals, orders).
    """

    base: str
    on: date | None
    found: Mapping[tuple[str, date], Rate] = field(repr=False)
    asked: frozenset[tuple[str, date]] = field(default=frozenset(), repr=False)

    @classmethod
    def load(cls, currencies: Iterable[str], on: date, base: str | None = None) -> Rates:
        """Rates of these currencies on one day; days are of the business time zone."""
        pairs = frozenset((currency, on) for currency in currencies if currency)
        return cls(base or settings.BASE_CURRENCY, on, rates_on(pairs, base), pairs)

    @classmethod
    def for_days(cls, pairs: Iterable[tuple[str, date]], base: str | None = None) -> Rates:
        """Rates of (currency, day) pairs, as many as a batch has."""
        wanted = frozenset(pairs)
        return cls(base or settings.BASE_CURRENCY, None, rates_on(wanted, base), wanted)

    def rate(self, currency: str, on: date | None = None) -> Rate | None:
        """The rate on that day, None where there is none. Raises LookupError for what was not loaded."""
        day = on or self.on
        if day is None or (currency, day) not in self.asked:
            raise LookupError(f"Rates of {currency} on {day} were not loaded.")
        return self.found.get((currency, day))

    def convert(self, amount: Decimal, currency: str, on: date | None = None) -> Conversion | None:
        """The amount in the base currency; None where no rate is known."""
        rate = self.rate(currency, on)
        if rate is None:
            return None
        return Conversion(rounded(_EXACT.multiply(amount, rate.rate), self.base), rate.rate, rate.on)

    def total(self, amounts: Iterable[tuple[Decimal, str]]) -> Total:
        """The sum of (amount, currency) at the rates of one day.

        Each currency is summed exactly and converted once, so that no order of rows or currencies changes a cent.
        """
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for amount, currency in amounts:
            sums[currency] = _EXACT.add(sums[currency], amount)
        known = {currency: self.convert(amount, currency) for currency, amount in sums.items()}
        worth = rounded(sum((one.amount for one in known.values() if one), Decimal()), self.base)
        return Total(worth, {currency: sums[currency] for currency in sorted(sums) if known[currency] is None})

    @property
    def days(self) -> list[Rate]:
        """The rates used, to be shown beside what they made, the base currency left out: by currency, then day."""
        return sorted((one for one in set(self.found.values()) if one.source), key=lambda one: (one.currency, one.on))

    @property
    def by_day(self) -> list[tuple[date, list[Rate]]]:
        """``days`` put together by the day that they are of, the newest first."""
        together: dict[date, list[Rate]] = defaultdict(list)
        for one in self.days:
            together[one.on].append(one)
        return sorted(together.items(), reverse=True)

    @property
    def missing(self) -> list[str]:
        """Currencies asked for that have no rate, on one of their days at least."""
        return sorted({currency for currency, day in self.asked if (currency, day) not in self.found})


class BaseAmount(Func):
    """The amount of each row in the base currency at the rate of the row's day, NULL where there is none.

    ``BaseAmount("amount", "currency", "won_on")`` in annotate(), aggregate() and update(): one statement over many
    rows instead of a loop. Without a day it is NULL.
    """

    output_field = DecimalField(max_digits=24, decimal_places=4)
    SQL = "(SELECT round(({0})::numeric * one.rate, {1}) FROM gonghai_rate(({2})::text, ({3})::date, {4}, {5}) AS one)"

    def __init__(self, amount: Any, currency: Any, on: Any, base: str | None = None) -> None:
        base = base or settings.BASE_CURRENCY
        super().__init__(amount, Value(decimals_of(base)), currency, on, Value(base), Value(OLDEST_DAYS))

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(one) for one in self.get_source_expressions()]
        return self.SQL.format(*(sql for sql, _given in parts)), [one for _sql, given in parts for one in given]
