"""Between which shares does the true one lie, when few cases were seen?

The score interval of E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of
the American Statistical Association 22 (1927), 209-212; for small numbers recommended by L. D. Brown, T. T. Cai and
A. DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science 16 (2001), 101-133.
"""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

# Of a normal distribution 95 % lie within so many standard deviations.
Z = 1.959964


def wilson(hits: int, cases: int) -> tuple[Fraction, Fraction]:
    """The lower and upper end at 95 %, within 0 and 1; without cases all is possible."""
    if not cases:
        return Fraction(0), Fraction(1)
    share, square = hits / cases, Z * Z
    centre = share + square / (2 * cases)
    spread = Z * sqrt(share * (1 - share) / cases + square / (4 * cases * cases))
    ends = ((centre + sign * spread) / (1 + square / cases) for sign in (-1, 1))
    lower, upper = (Fraction(min(max(end, 0.0), 1.0)).limit_denominator(1_000_000) for end in ends)
    return lower, upper
