"""Do the parts of a shared out number make the whole again, and does nobody get more or less than the share?"""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reports.services import Levels
from reports.services.targets import shares_of
from reports.sharing import shared_out

WEIGHTS = st.dictionaries(st.integers(1, 99), st.decimals(0, 1000, places=2), min_size=1, max_size=30)


@given(st.decimals(0, 10**9, places=2), WEIGHTS, st.sampled_from([Decimal(1), Decimal(100)]))
def test_the_parts_make_the_whole(whole, weights, step):
    parts = shared_out(whole, weights, step)
    assert sum(parts.values()) == whole
    total = sum(weights.values())
    for key, part in parts.items():
        share = whole * (weights[key] / total if total else Decimal(1) / len(weights))
        # One step more or less for the rounding, one for what is left below a step.
        assert abs(part - share) < 2 * step


def test_the_largest_remainder_comes_first():
    assert shared_out(Decimal(10), {1: Decimal(1), 2: Decimal(1), 3: Decimal(1)}, Decimal(1)) == {1: 4, 2: 3, 3: 3}
    assert shared_out(Decimal(7), {1: Decimal(3), 2: Decimal(2), 3: Decimal(1)}, Decimal(1)) == {1: 4, 2: 2, 3: 1}
    assert shared_out(Decimal(450), {1: Decimal(1), 2: Decimal(1)}, Decimal(100)) == {1: 250, 2: 200}


@given(
    st.lists(st.decimals(1, 10**7, places=0), min_size=3, max_size=3).map(sorted),
    WEIGHTS,
    st.sampled_from([Decimal(1), Decimal(100)]),
)
def test_levels_that_rise_still_rise_for_everybody(levels, weights, step):
    for part in shares_of(Levels(*levels), weights, step).values():
        assert part.target is not None
        assert part.target <= part.sprint <= part.challenge
