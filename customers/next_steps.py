"""What should somebody do next, with whom, and why? A few steps out of all that the apps suggest.

Read with docs/rules.md, "Next best steps". One's own customers, leads and deals only; managers do not see others'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.registries import TODAY_PARTS, Day, TodayLine, TodayPart
from core.templatetags.ui import day_words
from core.urgency import Point, day_ahead, joined, total
from core.zones import business_day

from .key_dates import occasion
from .models import Customer, PutOff
from .own import MOST_WEIGHED, first, own, read_own
from .registries import HABITS, OWN_ROWS, SUGGESTIONS, Suggestion
from .today import line, untouched, weight

MOST_SHOWN = 5
AHEAD = timedelta(days=7)
# Whoever has a step planned so soon stands among the tasks already.
SOON = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One record with all that speaks for doing something there now; ``put_off`` is the row that hides it."""

    about: str
    # The weightiest first.
    of: Sequence[Suggestion]
    why: tuple[Point, ...]
    customer: Customer | None = None
    planned: str = ""
    put_off: PutOff | None = None
    habits: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(sorted({one.fact for one in self.of}))

    @property
    def said(self) -> tuple[str, ...]:
        """What each source says. What the record weighs itself stands behind the badge."""
        return tuple(dict.fromkeys(one.why[0].words for one in self.of))

    @property
    def words(self) -> str:
        return " · ".join(filter(None, (*self.said, *self.habits, self.planned)))

    @cached_property
    def line(self) -> TodayLine:
        """Drawn for those that are shown only: a hundred are weighed."""
        lead = self.of[0]
        drawn = line(self.customer, why=(), text="") if self.customer else lead.line
        assert drawn is not None  # a suggestion about no customer brings its line
        drawn = replace(drawn, why=self.why)
        if act := lead.act:
            drawn = replace(drawn, act_label=act.label, act_url=act.url, act_icon=act.icon, act_in_dialog=act.in_dialog)
        return drawn


@dataclass(frozen=True)
class Steps:
    """All suggestions of a moment by weight: those to show, and those that were put off."""

    open: Sequence[Step]
    put_off: Sequence[Step]

    @property
    def shown(self) -> Sequence[Step]:
        return self.open[:MOST_SHOWN]

    def find(self, about: str) -> Step | None:
        return next((one for one in (*self.open, *self.put_off) if one.about == about), None)


def steps_of(day: Day) -> Steps:
    """What this person could do next. A fixed number of statements, whatever there is to do."""
    found: dict[str, list[Suggestion]] = {}
    for source in SUGGESTIONS.values():
        for one in source(day):
            found.setdefault(one.of, []).append(one)
    customers = day.once(read_own).customers
    rows = {row.about: row for row in PutOff.objects.visible_to(day.user).lasting(business_day(day.now))}
    steps = [step for about, of in found.items() if (step := _step(about, of, customers, rows.get(about), day.now))]
    steps.sort(key=lambda step: (-total(step.why), step.about))
    return Steps([one for one in steps if not one.put_off], [one for one in steps if one.put_off])


def with_habits(steps: Sequence[Step], now: datetime) -> list[Step]:
    """The same steps with what else is known of their customers."""
    customers = [one.customer for one in steps if one.customer]
    known = [habit(customers, now) for habit in HABITS.values()]

    def words(customer: Customer) -> tuple[str, ...]:
        return tuple(of[customer.pk] for of in known if customer.pk in of)

    return [replace(one, habits=words(one.customer)) if one.customer else one for one in steps]


def strip(day: Day) -> dict[str, Any]:
    """What Today shows of them."""
    found = steps_of(day)
    return {"steps": with_habits(found.shown, day.now), "put_off": len(found.put_off)}


def _step(
    about: str, of: Sequence[Suggestion], customers: Mapping[int, Any], row: PutOff | None, now: datetime
) -> Step | None:
    of = sorted(of, key=lambda one: -total(one.why))
    customer, planned = None, None
    if of[0].customer is not None:
        customer = customers.get(of[0].customer)
        if customer is None or _is_planned(customer, now):
            return None
        planned = _planned(customer)
        own_weight = (planned, *weight(customer))
    elif of[0].line is None:
        return None
    else:
        own_weight = of[0].line.why
    if row and not {one.fact for one in of} <= set(row.facts):
        row = None
    why = joined(*(one.why for one in of), own_weight)
    return Step(about, of, why, customer, planned.words if planned else "", row)


def _is_planned(customer: Customer, now: datetime) -> bool:
    return customer.next_task_at is not None and customer.next_task_at <= now + SOON


def _planned(customer: Customer) -> Point:
    if customer.next_task_at:
        words = {"step": customer.next_task_title, "day": day_words(customer.next_task_at)}
        return Point(0, _("planned: %(step)s, %(day)s") % words)
    if customer.next_task_title:
        return Point(0, _("planned: %(step)s") % {"step": customer.next_task_title})
    return Point(10, _("nothing is planned"))


# --- what this floor knows ----------------------------------------------------------------------------


def key_dates(day: Day) -> list[Suggestion]:
    """A day of one's own customer within a week. Passed ones stand in the queue."""
    today, found = business_day(day.now), []
    for row in day.once(read_own).rows["key_dates"][0]:
        one = occasion(row["kind"], date.fromisoformat(row["on"]), row["note"], today)
        if today <= one.on <= today + AHEAD:
            words = _("%(what)s: %(day)s") % {"what": one.label, "day": day_words(one.on)}
            why = [day_ahead((one.on - today).days, words)]
            found.append(Suggestion(why, f"date:{row['kind']}:{one.on}", row["of"]))
    return found[:MOST_WEIGHED]


def _newest_rows(day: Day) -> list[QuerySet[Any]]:
    return first(own(day).filter(last_followed_at=None).order_by("-owned_since", "-pk"), MOST_WEIGHED)


def first_words(day: Day) -> list[Suggestion]:
    """Own customers that nobody has talked to, those that came last: they still remember how."""
    newest = day.once(read_own).of("first_words", MOST_WEIGHED)
    return [Suggestion([untouched()], f"never:{one.owned_since:%Y-%m-%d}", one.pk) for one in newest]


def register() -> None:
    """Add this floor's sources, and the strip of Today."""
    TODAY_PARTS["steps"] = TodayPart("customers/_steps.html", strip, 20)
    OWN_ROWS["first_words"] = _newest_rows
    SUGGESTIONS["key_dates"] = key_dates
    SUGGESTIONS["first_words"] = first_words
