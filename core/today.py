"""What wants somebody today, by kind and as one queue? The page and the daily digest ask the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .registries import TODAY, Day, TodayLine, TodaySection
from .urgency import Point, joined

# The queue shows so many; the rest is one press away.
MOST_IN_QUEUE = 30


@dataclass(frozen=True)
class Group:
    """A section with what stands in it, the most urgent first."""

    key: str
    section: TodaySection
    lines: Sequence[TodayLine]
    has_more: bool


def groups_of(day: Day, *, aside: bool = True) -> list[Group]:
    """Each section of Today, in its order, empty ones too."""
    ordered = sorted(TODAY.items(), key=lambda pair: pair[1].order)
    sections = [(key, one) for key, one in ordered if aside or not one.in_aside]
    found = [(key, one, list(one.lines(day))) for key, one in sections]
    whole = _reasons([line for _key, one, lines in found if not one.in_aside for line in lines])
    groups = []
    for key, section, lines in found:
        # Which lines a kind brings is its own order's word, such as the oldest; how they stand is urgency's.
        kept = lines[: section.most]
        # What stands aside keeps the order of its section: nothing there is urgent.
        ranked = kept if section.in_aside else by_urgency([replace(one, why=whole[one.url]) for one in kept])
        groups.append(Group(key, section, ranked, len(lines) > section.most))
    return groups


def _reasons(lines: Sequence[TodayLine]) -> dict[str, tuple[Point, ...]]:
    """All points of each record, by its address: wherever it stands it is as urgent."""
    found: dict[str, list[tuple[Point, ...]]] = {}
    for line in lines:
        found.setdefault(line.url, []).append(line.why)
    return {url: of[0] if len(of) == 1 else joined(*of) for url, of in found.items()}


def by_urgency(lines: Sequence[TodayLine]) -> list[TodayLine]:
    """The most points first; equal ones stay as they came, so that nothing jumps."""
    return sorted(lines, key=lambda line: -line.points)


def one_queue(groups: Sequence[Group]) -> list[TodayLine]:
    """All lines by urgency, each record once: as the first kind says it in which it stands."""
    found: dict[str, TodayLine] = {}
    for line in (line for group in groups for line in group.lines):
        found.setdefault(line.url, line)
    return by_urgency(list(found.values()))
