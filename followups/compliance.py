"""Are playbooks lived by? Their steps by person: on time, late, overdue, left out; each figure a word about tasks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.registries import Label
from core.zones import FIRST_DAY, LAST_DAY, business_day

from .due import end_of_day
from .models import Task

if TYPE_CHECKING:
    from .models import Playbook


@dataclass(frozen=True)
class Figure:
    """``rows`` is the condition over tasks at a moment: what is counted is what its link shows."""

    label: Label
    rows: Callable[[datetime], Q]
    tone: str = ""


_DONE, _CANCELLED = Q(state=Task.State.DONE), Q(state=Task.State.CANCELLED)
_OPEN = Q(state__in=Task.OPEN)
FIGURES: dict[str, Figure] = {
    "all": Figure(_("Steps"), lambda now: Q()),
    "on_time": Figure(_("On time"), lambda now: _DONE & Q(ended_at__lte=F("due_at")), "text-ok"),
    "late": Figure(_("Late"), lambda now: _DONE & Q(ended_at__gt=F("due_at")), "text-warn"),
    "overdue": Figure(_("Overdue"), lambda now: _OPEN & Q(due_at__lte=now), "text-bad"),
    "open": Figure(_("Not due yet"), lambda now: _OPEN & Q(due_at__gt=now)),
    "skipped": Figure(_("Given up"), lambda now: _CANCELLED & Q(ended_by__isnull=False), "text-warn"),
    "stopped": Figure(_("Ended by a rule"), lambda now: _CANCELLED & Q(ended_by__isnull=True)),
}
# What somebody was to do by now, by which the share on time is measured.
WANTED = ("on_time", "late", "overdue", "skipped")

PERIODS: dict[str, Label] = {
    "30": _("Last 30 days"),
    "90": _("Last 90 days"),
    "365": _("Last 12 months"),
    "next": _("Next 30 days"),
}
DEFAULT = "90"
# Besides these any days: the first and the last, both included.
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)--(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True)
class Line:
    """One person: figures by key, and the share on time in % (None where nothing was due)."""

    person: User
    figures: dict[str, int]
    share: int | None


def period_of(key: str, now: datetime) -> tuple[datetime, datetime]:
    """(after, up to) of due moments: whole days of the firm's zone, each with the midnight that ends it.

    ``key`` is one of PERIODS or as ``days_key`` makes it; anything else is the DEFAULT.
    """
    if days := _days(key):
        return _end_of(days[0] - timedelta(days=1)), _end_of(days[1])
    today = business_day(now)
    if key == "next":
        return _end_of(today), _end_of(today + timedelta(days=30))
    return _end_of(today - timedelta(days=int(key if key in PERIODS else DEFAULT))), _end_of(today)


def days_key(first: date, last: date) -> str:
    """The key of some days for ``period_of``."""
    return f"{first}--{last}"


def name_of(key: str) -> str:
    """A period in words: one of PERIODS, or its days."""
    if days := _days(key):
        return " – ".join(date_format(day, "DATE_FORMAT") for day in days)
    return str(PERIODS[key])


def is_period(key: str) -> bool:
    return key in PERIODS or _days(key) is not None


def _days(key: str) -> tuple[date, date] | None:
    if not (found := _DAYS.fullmatch(key)):
        return None
    try:
        first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
    except ValueError:
        return None
    return (first, last) if FIRST_DAY < first <= last <= LAST_DAY else None


def steps_for(user: User, *, period: str, now: datetime, playbook: Playbook | None = None) -> QuerySet[Any]:
    """Steps of playbooks due in a period, of those whose figures this reader sees: own, the teams', all."""
    after, until = period_of(period, now)
    rows = Task.objects.visible_to(user).filter(playbook_run__isnull=False, due_at__gt=after, due_at__lte=until)
    rows = rows.filter(Q(assignee=user) | Q(assignee__in=User.objects.reporting_to(user)))
    return rows.filter(playbook_run__playbook=playbook) if playbook else rows


def by_person(steps: QuerySet[Any], now: datetime) -> Sequence[Line]:
    """The figures of each person, by name. Two queries."""
    counts = {key: Count("pk", filter=figure.rows(now)) for key, figure in FIGURES.items() if key != "all"}
    found = {
        row.pop("assignee"): row for row in steps.order_by().values("assignee").annotate(all=Count("pk"), **counts)
    }
    people = User.objects.filter(pk__in=found).select_related("team").order_by("name", "pk")
    return [Line(person, found[person.pk], share_of(found[person.pk])) for person in people]


def share_of(figures: dict[str, int]) -> int | None:
    wanted = sum(figures[key] for key in WANTED)
    return figures["on_time"] * 100 // wanted if wanted else None


def _end_of(on: date) -> datetime:
    return end_of_day(on, settings.BUSINESS_ZONE_NAME)
