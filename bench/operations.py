"""What is measured, in which order? Imported when Django is ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from runner.console import Problem, say

from . import capacity, growth, matching, pages, writing
from .client import WrongAnswer
from .figures import Figures
from .place import Place
from .stage import Stage

STEPS: dict[str, Callable[..., Iterator[Figures]]] = {
    "floor": pages.floor_itself,
    "list": pages.lists,
    "search": pages.searches,
    "deep": pages.deep,
    "counts": pages.counts,
    "detail": pages.details,
    "today": pages.today,
    "deals": pages.deals,
    "pool": pages.pool,
    "kanban": pages.kanban,
    "board": pages.board,
    "funnel": pages.funnel,
    "global_search": pages.global_search,
    "said": pages.said,
    "create": writing.create,
    "log": writing.log,
    "complete": writing.complete,
    "conflict": writing.conflict,
    "weight": capacity.weight,
    "throughput": capacity.throughput,
    "growth": growth.growth,
    "memory": capacity.memory,
    "fuzzy": matching.fuzzy,
}
IMPORT, REMINDERS, CLAIM, RECLAIM = "import", "reminders", "claim", "reclaim"
ROTATION, REPLAY = "rotation", "replay"
APART = {IMPORT, REMINDERS, CLAIM, RECLAIM, ROTATION, REPLAY}


def measure_pages(here: Place, rounds: int, requests: int, only: set[str]) -> Iterator[Figures]:
    """Everything that is asked of the two web servers. ``only`` narrows to functions of these names; empty for all."""
    if strange := only - STEPS.keys() - APART:
        raise Problem(f"Nothing is measured by the name of {', '.join(sorted(strange))}. There is: {', '.join(STEPS)}.")
    stage = Stage(here, rounds)
    steps = STEPS | {"memory": partial(capacity.memory, requests=requests)}
    for name, act in steps.items():
        if only and name not in only:
            continue
        say(name)
        try:
            yield from act(stage)
        except WrongAnswer as wrong:
            say(f"  {name}: {wrong}")
            yield Figures(name, "", 1.0, is_void=True, note=str(wrong)[:200])
