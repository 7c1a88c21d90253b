"""What does a manager's week look like: who reaches the target, what changed, what is late, whom nobody looks after?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.ui import base_money
from core.zones import business_day
from customers.models import Customer
from followups.models import Task
from opportunities.figures.cells import percent
from publicpool.countdown import Clock, going
from publicpool.rules import active_specs
from publicpool.telling import SOON

from ..achievement import Line as Achieved
from ..achievement import lines_of
from ..asked import Asked
from ..month import AHEAD
from ..periods import MONTH, TargetPeriod
from .parts import HALF, MOST, Line, Section, Week, by_person, changed, counted, cut, listed, said, told


def team_sections(week: Week) -> Iterator[Section]:
    """What somebody reads of the people that they answer for, and of nobody else."""
    today = business_day(week.now)
    if (first := today.replace(day=1)) > week.first:  # in its first days a month says little: how did the last one end?
        yield _achieved(week, first - timedelta(days=1))
    yield _achieved(week, today)
    yield changed(week)
    yield said(week)
    yield _overdue(week)
    yield _without_step(week)
    yield _going(week)


def _achieved(week: Week, day: date) -> Section:
    """Each team beside its target, and who is behind the time."""
    period = TargetPeriod.of(day, MONTH)
    asked = Asked.of({"scope": week.scope.key, "period": period.key}, week.user, business_day(week.now))
    found = lines_of(asked)
    lines = [
        Line(told(cut(one.named, HALF), _of_target(one))) for one in found if one.party.kind == "team" and one.goal
    ]
    behind = [one for one in found if one.party.kind == "person" and one.is_behind(asked.passed)]
    if behind:
        passed, days = asked.passed
        lines.append(Line(_("Behind the time (day %(day)s of %(days)s):") % {"day": passed, "days": days}))
    behind.sort(key=lambda one: one.share or 0)
    lines += [Line(told(cut(one.named, HALF), _of_target(one)), one.url) for one in behind[:MOST]]
    if rest := len(behind) - MOST:
        more = ngettext("and %(n)s more", "and %(n)s more", rest) % {"n": rest}
        lines += [Line(more)] if rest > 0 else []
    url = f"{reverse('reports:targets')}{asked.words()}"
    return Section(_("Targets, %(month)s") % {"month": period.label}, lines, url)


def _of_target(one: Achieved) -> str:
    assert one.goal is not None and one.share is not None  # noqa: PT018  lines with a target only
    return _("%(won)s of %(target)s (%(share)s)") % {
        "won": base_money(one.done), "target": base_money(one.goal.target), "share": percent(one.share)
    }  # fmt: skip


def _overdue(week: Week) -> Section:
    """Tasks whose time is over, of these people and of their teams where nobody took them."""
    teams = [pk for word, pk in week.scope.words if word == "team"]
    rows = Task.objects.visible_to(week.user).overdue(week.now)
    whole = Q(assignee__isnull=False) if week.scope.is_everybody else Q(assignee__in=week.people)
    waiting = Q(assignee=None) if week.scope.is_everybody else Q(assignee=None, team__in=teams)
    found = counted(rows.filter(whole | waiting), "assignee", week)
    words = {"state": "open", "when": "overdue", "m": "1"}
    lines = by_person(found, week, lambda pk: listed("followups:list", assignee=pk, **words))
    one_team = {"team": teams[0]} if len(teams) == 1 else {}
    return Section(_titled(_("Overdue tasks"), found), lines, listed("followups:list", **one_team, **words))


def _without_step(week: Week) -> Section:
    rows = Customer.objects.visible_to(week.user).without_next_step().filter(owner__in=week.people)
    return _customers(week, rows, _("Customers without a next step"), {"next_step": "none", "m": "1"})


def _going(week: Week) -> Section:
    title = _("Going to the pool within 7 days")
    if not (specs := active_specs()):
        return Section(title)
    clock = Clock.load(week.now, specs)
    rows = Customer.objects.visible_to(week.user).filter(going(clock, clock.today + AHEAD), owner__in=week.people)
    return _customers(week, rows, title, SOON)


def _customers(week: Week, rows: object, title: str, words: dict[str, str]) -> Section:
    """Customers by who holds them."""
    found = counted(rows, "owner", week)
    whose = [pair for pair in week.scope.words if pair[0] == "team"]
    lines = by_person(found, week, lambda pk: listed("customers:list", owner=pk, **words))
    return Section(_titled(title, found), lines, listed("customers:list", whose, **words))


def _titled(title: str, found: dict[int | None, int]) -> str:
    return told(title, f"{sum(found.values()):,}") if found else title
