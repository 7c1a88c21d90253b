"""What wants somebody today, by kind and as one queue? The page and the daily digest ask the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from .registries import TODAY, TodayLine, TodaySection
from .urgency import joined

if TYPE_CHECKING:
    from accounts.models import User

# The queue shows so many; the rest is one press away.
MOST_IN_QUEUE = 30


@dataclass(frozen=True)
class Group:
    """A section with what stands in it, the most urgent first."""

    key: str
    section: TodaySection
    lines: Sequence[TodayLine]
    has_more: bool


def groups_of(user: User, now: datetime, *, aside: bool = True) -> list[Group]:
    """Each section of Today for this person, in its order, empty ones too."""
    found = []
    for key, section in sorted(TODAY.items(), key=lambda pair: pair[1].order):
        if section.in_aside and not aside:
            continue
        lines = list(section.lines(user, now))
        # What stands aside keeps the order of its section: nothing there is urgent.
        ranked = lines if section.in_aside else by_urgency(lines)
        found.append(Group(key, section, ranked[: section.most], len(lines) > section.most))
    return found


def by_urgency(lines: Sequence[TodayLine]) -> list[TodayLine]:
    """The most points first; equal ones stay as they came, so that nothing jumps."""
    return sorted(lines, key=lambda line: -line.points)


def one_queue(groups: Sequence[Group]) -> list[TodayLine]:
    """All lines by urgency. A record that stands in several groups is one line: its weightiest, with all reasons."""
    found: dict[str, TodayLine] = {}
    for line in (line for group in groups for line in group.lines):
        other = found.get(line.url)
        if other is None:
            found[line.url] = line
            continue
        first = line if line.points > other.points else other
        found[line.url] = replace(first, why=joined(other.why, line.why))
    return by_urgency(list(found.values()))
