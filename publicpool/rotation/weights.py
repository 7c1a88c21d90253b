"""Which weights follow from what people made of the customers they took?

rate = (won + 10 p) / (taken + 10), where p is won / taken of the whole pool: ten customers of the pool's own average
are added to everybody's, so that a beginner starts in the middle and one lucky deal decides little. The best rate gets
the top weight, the others in proportion, rounded half up, nobody less than 1; without any won deal all get 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

# So many customers of the pool's average are added to everybody's.
SMOOTHING = 10
TOP = 5


@dataclass(frozen=True)
class Figures:
    """How many customers were taken, and during how many of these holdings a deal was won."""

    taken: int = 0
    won: int = 0


@dataclass(frozen=True)
class Weighed:
    """One member's figures with what came of them; the rate is exact."""

    figures: Figures
    rate: Fraction
    weight: int


def weigh(members: Mapping[int, Figures], pool: Figures, top: int = TOP) -> dict[int, Weighed]:
    """The weight of each member. Nothing divides by zero: ten are always added, and all rates 0 are a case apart."""
    average = Fraction(pool.won, pool.taken) if pool.taken else Fraction(0)
    rates = {member: (one.won + SMOOTHING * average) / (one.taken + SMOOTHING) for member, one in members.items()}
    best = max(rates.values(), default=Fraction(0))
    return {
        member: Weighed(one, Fraction(rates[member]), max(1, _half_up(top * rates[member] / best)) if best else 1)
        for member, one in members.items()
    }


def _half_up(number: Fraction) -> int:
    return int(number + Fraction(1, 2))
