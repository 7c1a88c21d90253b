"""What does the board answer? One module a question, and a line here for each table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opportunities.figures.cells import Row, Sheet
from publicpool.permissions import can_see_figures

from . import accuracy, changed, deals, goals, hands, pool, reordering, speed, work
from .asked import Asked

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Question:
    """One table of the board: ``most`` of its rows stand there, all of them on a page of its own.

    ``is_wide`` takes the whole width. ``charted`` draws its chart on the board too. ``order`` is how the rows stand
    there, where it is not as on the answer's own page.
    """

    sheet: Callable[[Asked], Sheet]
    most: int = 6
    is_wide: bool = False
    charted: bool = False
    may: Callable[[User], bool] = lambda user: True
    order: Callable[[list[Row]], list[Row]] = lambda rows: rows
    # Counts the deals of the chosen pipeline only; what else is there counts those of all.
    of_pipeline: bool = False


# In the order in which they stand on the board. The key is the sheet's own.
QUESTIONS: dict[str, Question] = {
    "targets": Question(goals.sheet, most=12, is_wide=True, order=goals.worst_first),
    "changes": Question(changed.sheet, most=8),
    "funnel": Question(deals.funnel, charted=True, most=8, of_pipeline=True),
    "forecast": Question(deals.forecast, charted=True, is_wide=True, most=12, of_pipeline=True),
    "accuracy": Question(accuracy.sheet, is_wide=True, charted=True, most=8),
    "lost_in": Question(deals.lost_in, of_pipeline=True),
    "reason": Question(deals.reasons, of_pipeline=True),
    "competitor": Question(deals.competitors, of_pipeline=True),
    "playbooks": Question(work.playbooks),
    "activity": Question(work.activity, most=8, is_wide=True),
    "hands": Question(hands.sheet, most=8, is_wide=True),
    "answers": Question(speed.by_country),
    "answerers": Question(speed.by_person),
    "rhythm": Question(reordering.sheet, is_wide=True, most=8),
    "sources": Question(deals.sources, of_pipeline=True),
    "arrivals": Question(deals.arrivals),
    "flow": Question(pool.flow, may=can_see_figures),
    "fairness": Question(pool.fairness, is_wide=True, may=can_see_figures, order=pool.farthest_first),
    "matrix": Question(deals.matrix, is_wide=True, of_pipeline=True),
}


def questions_for(user: User) -> dict[str, Question]:
    return {key: one for key, one in QUESTIONS.items() if one.may(user)}
