"""What does a salesperson's week look like: the month, what goes to the pool, what is late and what comes?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.ui import base_money, grouped
from customers.models import Customer
from followups.due import end_of_day
from followups.models import Task
from opportunities.figures.cells import percent
from publicpool.countdown import Clock, going, reclaim_day
from publicpool.rules import active_specs
from publicpool.telling import GOING_SOON

from .. import month as own_month
from ..periods import MONTH, TargetPeriod
from .parts import DAYS, HALF, MOST, Line, Section, Week, changed, cut, listed, said, short_day, told

# Filters of one's own (m=1), whatever view the reader begins with.
MINE = {"whose": "mine", "state": "open", "m": "1"}


def own_sections(week: Week) -> Iterator[Section]:
    """What somebody reads of the own work."""
    yield changed(week)
    yield said(week)
    yield _month(week)
    yield _going(week)
    yield _overdue(week)
    yield _coming(week)


def _month(week: Week) -> Section:
    """How the month stands, and in its first days how the one before ended."""
    months = own_month.months_of(week.user, week.now, 2)
    lines = []
    for one in reversed(months if months[0].first_on > week.first else months[:1]):
        label = TargetPeriod(one.first_on, MONTH).label
        if one.goal or one.won.number:
            lines.append(Line(told(label, _of_target(one))))
    this, ahead = months[0], own_month.still_expected(week.user, week.now)
    if ahead.weighted:
        whole, share = own_month.outlook(this, ahead)
        lines.append(Line(_("Still to be expected: %(amount)s") % {"amount": base_money(ahead.weighted)}))
        together = base_money(whole) if share is None else f"{base_money(whole)} ({percent(share)})"
        lines.append(Line(_("Together: %(amount)s") % {"amount": together}))
    return Section(_("My month"), lines, reverse("reports:month"))


def _of_target(one: own_month.Month) -> str:
    if one.goal is None or one.share is None:
        return _("won %(won)s") % {"won": base_money(one.won.number)}
    return _("won %(won)s of %(target)s (%(share)s)") % {
        "won": base_money(one.won.number),
        "target": base_money(one.goal.target),
        "share": percent(one.share),
    }


def _going(week: Week) -> Section:
    """Which customers go to the pool, and when."""
    title = _("Going to the pool within 7 days")
    if not (specs := active_specs()):
        return Section(title)
    clock = Clock.load(week.now, specs)
    rows = Customer.objects.visible_to(week.user).filter(going(clock, clock.today + own_month.AHEAD), owner=week.user)
    shown = rows.annotate(_reclaim=reclaim_day(clock)).order_by("_reclaim", "pk")
    lines = [
        Line(f"{short_day(day)} · {cut(name)}", reverse("customers:detail", args=[pk]))
        for pk, name, day in shown.values_list("pk", "name", "_reclaim")[: MOST + 1]
    ]
    return Section(title, _bounded(lines, rows), listed_soon())


def listed_soon() -> str:
    return f"{reverse('customers:list')}?{GOING_SOON}"


def _overdue(week: Week) -> Section:
    rows = Task.objects.overdue(week.now).filter(assignee=week.user)
    return Section(_("Overdue tasks"), _tasks(week, rows), listed("followups:list", **MINE, when="overdue"))


def _coming(week: Week) -> Section:
    """What is due until the evening of the seventh day, today included."""
    zone = week.user.time_zone
    tonight = end_of_day(week.now.astimezone(ZoneInfo(zone)).date(), zone)
    until = tonight + timedelta(days=DAYS - 1)
    rows = Task.objects.open().filter(assignee=week.user, due_at__gt=week.now, due_at__lte=until)
    return Section(_("Due within 7 days"), _tasks(week, rows), listed("followups:list", **MINE, when="week"))


def _tasks(week: Week, rows: QuerySet[Any]) -> list[Line]:
    """The next ones with their day and customer; a midnight is the end of the day before."""
    zone = ZoneInfo(week.user.time_zone)
    shown = rows.select_related("customer", "lead").only(
        "title", "due_at", "customer__name", "lead__company", "lead__person", "lead__email", "lead__phone",
        "lead__subject",
    )  # fmt: skip
    lines = [
        Line(f"{_day(task.due_at, zone)} · {_named(task)}", task.get_absolute_url())
        for task in shown.order_by("due_at", "pk")[: MOST + 1]
    ]
    return _bounded(lines, rows)


def _day(at: datetime, zone: ZoneInfo) -> str:
    return short_day((at - timedelta(microseconds=1)).astimezone(zone).date())


def _named(task: Any) -> str:
    return f"{cut(task.title, HALF)} · {cut(task.party.name, HALF)}" if task.party else cut(task.title)


def _bounded(lines: list[Line], rows: QuerySet[Any]) -> list[Line]:
    """The first of them, and how many more there are."""
    if len(lines) <= MOST:
        return lines
    more = rows.order_by().count() - MOST
    return [*lines[:MOST], Line(ngettext("and %(n)s more", "and %(n)s more", more) % {"n": grouped(more)})]
