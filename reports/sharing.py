"""How is a number shared out by weights so that the parts make the whole again?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal


def shared_out(whole: Decimal, weights: Mapping[int, Decimal], step: Decimal) -> dict[int, Decimal]:
    """``whole`` in multiples of ``step`` (what remains below one step goes to the largest part), by weight.

    Largest remainders first, of equal ones the earlier key: the method of Hamilton, which gives nobody less than
    the share rounded down nor more than rounded up. Without any weight everybody has the same.

    Source: M. L. Balinski, H. P. Young, Fair Representation, 2nd ed. 2001, appendix A.
    """
    if not weights:
        return {}
    total = sum(weights.values())
    if not total:
        weights, total = dict.fromkeys(weights, Decimal(1)), Decimal(len(weights))
    steps = int((whole / step).to_integral_value(ROUND_DOWN))
    shares = {key: steps * weight / total for key, weight in weights.items()}
    found = {key: int(share) for key, share in shares.items()}
    order = sorted(weights, key=lambda key: found[key] - shares[key])  # of equal ones the earlier key stays first
    for key in order[: steps - sum(found.values())]:
        found[key] += 1
    parts = {key: number * step for key, number in found.items()}
    largest = max(parts, key=lambda key: parts[key])
    parts[largest] += whole - steps * step
    return parts
