"""What is measured, in which order? Imported when Django is ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from runner.console import say

from . import capacity, matching, pages, writing
from .client import WrongAnswer
from .figures import Figures
from .place import Place
from .stage import Stage

ON_PAGES = (*pages.PAGES, *writing.WRITING, capacity.weight, capacity.throughput)


def measure_pages(here: Place, rounds: int, requests: int, only: set[str]) -> Iterator[Figures]:
    """Everything that is asked of the two web servers. ``only`` narrows to functions of these names; empty for all."""
    stage = Stage(here, rounds)
    last = (partial(capacity.memory, requests=requests), matching.fuzzy)
    steps: list[tuple[str, Callable[[Stage], Iterator[Figures]]]] = [(act.__name__, act) for act in ON_PAGES]
    steps += zip(("memory", "fuzzy"), last, strict=True)
    for name, act in steps:
        if only and name not in only:
            continue
        say(name)
        try:
            yield from act(stage)
        except WrongAnswer as wrong:
            say(f"  {name}: {wrong}")
            yield Figures(name, "", 1.0, is_void=True, note=str(wrong)[:200])
