"""How does the list of customers show, sort and narrow by the day on which they go to the pool?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.tables import Column, Reading
from core.templatetags.ui import day, icon
from customers.registries import COLUMNS, FILTERS

from . import telling
from .countdown import Clock, Countdown, countdowns, going, reclaim_day

WITHIN = [
    ("3", _("Within 3 days")),
    ("7", _("Within 7 days")),
    ("14", _("Within 14 days")),
    ("30", _("Within 30 days")),
]


class CountdownColumn(Column):
    """The day, how long it is until then, and why; the rules are read only where it is shown or sorts."""

    rank = 2
    is_default = False

    def __init__(self, reading: Reading) -> None:
        super().__init__("reclaim", _("Back to pool"))
        self.reading = reading
        self.found: dict[int, Countdown] = {}

    @cached_property
    def clock(self) -> Clock:
        return Clock.load(self.reading.now)

    @cached_property
    def sort(self) -> Combinable:  # type: ignore[override]  # made of the rules, once it is asked for
        return reclaim_day(self.clock)

    def load(self, rows: Sequence[Any], reading: Reading) -> None:
        self.found |= countdowns(self.clock, [row.pk for row in rows])

    def value(self, row: Any) -> date | None:
        line = self.found.get(row.pk)
        return line.on if line else None

    def cell(self, row: Any, reading: Reading) -> str:
        line = self.found.get(row.pk)
        if line is None:
            return "—"
        tone = telling.tone(line, self.clock.today)
        # A word rather than a column of its own says why: on the phone's card it is read, on the desktop pointed at.
        return format_html(
            '<span class="l1{}" title="{}">{} {}</span><bdi class=l2>{}</bdi>',
            f" text-{tone}" if tone else "",
            line.spec.sentence,
            icon("hourglass-low"),
            telling.left(line, reading.now),
            day(line.on),
        )


class GoingFilter(django_filters.ChoiceFilter):
    """Customers that a rule takes within so many days."""

    def __init__(self) -> None:
        super().__init__(label=_("Goes to the pool"), choices=WITHIN, empty_label=_("Any"))

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        clock = Clock.load(timezone.now())
        return qs.filter(going(clock, clock.today + timedelta(days=int(value))))


def register() -> None:
    """Hang them into the list."""
    COLUMNS["reclaim"] = CountdownColumn
    FILTERS["reclaim"] = GoingFilter
