"""How urgent is a thing, and why? Named points; their sum orders the queue and is always told with its words.

The table of all points stands in docs/rules.md, "Urgency". Nothing here reads a row or a clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

# From so many points on.
HIGH, MIDDLE = 60, 30


@dataclass(frozen=True)
class Point:
    """One reason and what it counts; the words name the fact ("Grade A"), never only the number."""

    number: int
    words: str


@dataclass(frozen=True)
class Level:
    """What a sum of points is called; ``tone`` is the badge's."""

    label: str | Promise
    tone: str


_HIGH = Level(gettext_lazy("High"), "bad")
_MIDDLE = Level(gettext_lazy("Middle"), "warn")
_LOW = Level(gettext_lazy("Low"), "line")


def total(points: Iterable[Point]) -> int:
    return sum(one.number for one in points)


def level(number: int) -> Level:
    return _HIGH if number >= HIGH else _MIDDLE if number >= MIDDLE else _LOW


def joined(*groups: Iterable[Point]) -> tuple[Point, ...]:
    """The points of several lines about one record, each fact once, the weightiest first."""
    found: dict[str, Point] = {}
    for one in (point for group in groups for point in group):
        if one.words not in found or found[one.words].number < one.number:
            found[one.words] = one
    return tuple(sorted(found.values(), key=lambda one: (-one.number, one.words)))


# --- scales of time, the same for whatever it is that is late, ends or waits ------------------------------


def late(days: int) -> Point:
    """A task whose time is over: 45, and 2 for each day up to 20."""
    if days <= 0:
        return Point(45, _("overdue since today"))
    return Point(45 + min(2 * days, 20), ngettext("%(n)s day overdue", "%(n)s days overdue", days) % {"n": days})


def due_today(at: datetime | None, now: datetime, zone: str) -> Point:
    """Due before the reader's day ends: 50 within two hours, 40 later, 30 at no hour."""
    if at is None:
        return Point(30, _("due today"))
    words = _("due today at %(time)s") % {"time": f"{at.astimezone(ZoneInfo(zone)):%H:%M}"}
    return Point(50 if at - now <= timedelta(hours=2) else 40, words)


def leaves(days: int, words: str) -> Point:
    """What is lost in so many days: 70 on the last, 60 on the one before, 50 up to 3, 30 up to 7, 10 before."""
    return Point(70 if days <= 0 else 60 if days == 1 else 50 if days <= 3 else 30 if days <= 7 else 10, words)


def day_ahead(days: int, words: str) -> Point:
    """A day that matters: 40 when it comes, 30 within 3 days, 20 within 7, 10 before; 20 once it has passed."""
    return Point(20 if days < 0 else 40 if days == 0 else 30 if days <= 3 else 20 if days <= 7 else 10, words)


def waits(since: datetime, now: datetime, words: str) -> Point:
    """Somebody waits for us: 30 on the first day, 40 after one, 50 after three."""
    days = (now - since).days
    return Point(30 if days < 1 else 40 if days < 3 else 50, words)
