"""How does a deal go forward in one step with what its stages ask for?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ..models import Opportunity, Stage
from .moving import move_opportunity, win_opportunity
from .opportunities import update_opportunity

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def advance_opportunity(
    *,
    opportunity: Opportunity,
    to: Stage,
    by: User,
    now: datetime,
    known: dict[str, Any],
    reason: str = "",
    passed: Collection[int] = (),
    expected: int | None = None,
    closed_on: date | None = None,
) -> Opportunity:
    """Note what is ``known`` now, then move, or win where ``to`` is the won stage; all of it or nothing.

    Raises as update_opportunity, move_opportunity and win_opportunity.
    """
    if known:
        opportunity = update_opportunity(opportunity=opportunity, changes=known, by=by, now=now)
    words: dict[str, Any] = {"reason": reason, "passed": passed, "expected": expected, "by": by, "now": now}
    if to.kind == Stage.Kind.WON:
        return win_opportunity(opportunity=opportunity, closed_on=closed_on, **words)
    return move_opportunity(opportunity=opportunity, to=to, **words)
