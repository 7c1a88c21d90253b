"""What should somebody do next, with whom, and why? A few steps out of all that the apps suggest.

Read with docs/rules.md, "Next best steps". One's own customers, leads and deals only; managers do not see others'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.registries import TodayLine
from core.templatetags.ui import day_words
from core.urgency import Point, day_ahead, joined, total
from core.zones import business_day

from .key_dates import occasion, soon
from .models import Customer, KeyDate, PutOff
from .registries import HABITS, SUGGESTIONS, Suggestion
from .tables import with_points
from .today import line, untouched

if TYPE_CHECKING:
    from accounts.models import User

MOST_SHOWN = 5
# So many of one source are weighed.
MOST_OF_A_SOURCE = 20
AHEAD = timedelta(days=7)
# Whoever has a step planned so soon stands among the tasks already.
SOON = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One record with all that speaks for doing something there now; ``put_off`` is the row that hides it."""

    about: str
    line: TodayLine
    facts: tuple[str, ...]
    # The sentence: what each source says, the weightiest first. What the record weighs itself stands behind the badge.
    said: tuple[str, ...] = ()
    planned: str = ""
    put_off: PutOff | None = None
    habits: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return " · ".join(filter(None, (*self.said, *self.habits, self.planned)))


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


def steps_of(user: User, now: datetime) -> Steps:
    """What this person could do next. A fixed number of statements, whatever there is to do."""
    found: dict[str, list[Suggestion]] = {}
    for source in SUGGESTIONS.values():
        for one in source(user, now):
            found.setdefault(one.of, []).append(one)
    customers = _customers(user, found)
    rows = {row.about: row for row in PutOff.objects.visible_to(user).lasting(business_day(now))}
    steps = [step for about, of in found.items() if (step := _step(about, of, customers, rows.get(about), now))]
    steps.sort(key=lambda step: (-step.line.points, step.about))
    return Steps([one for one in steps if not one.put_off], [one for one in steps if one.put_off])


def with_habits(steps: Sequence[Step], user: User, now: datetime) -> list[Step]:
    """The same steps with what else is known of their customers."""
    ids = {one.about: int(one.about.rpartition("-")[2]) for one in steps if one.about.startswith("customer-")}
    customers = list(
        Customer.objects.visible_to(user).filter(pk__in=ids.values()).defer("search_text", "search_public")
    )
    words = [habit(customers, now) for habit in HABITS.values()]
    return [
        replace(one, habits=tuple(of[pk] for of in words if pk in of)) if (pk := ids.get(one.about)) else one
        for one in steps
    ]


def _customers(user: User, found: Mapping[str, Sequence[Suggestion]]) -> Mapping[int, Customer]:
    ids = {one.customer for of in found.values() for one in of if one.customer}
    return with_points(Customer.objects.visible_to(user)).in_bulk(ids)


def _step(
    about: str, of: Sequence[Suggestion], customers: Mapping[int, Customer], row: PutOff | None, now: datetime
) -> Step | None:
    of = sorted(of, key=lambda one: -total(one.why))
    planned: Point | None = None
    drawn: TodayLine | None
    if of[0].customer is None:
        drawn = of[0].line
    elif (customer := customers.get(of[0].customer)) is None or _is_planned(customer, now):
        return None
    else:
        planned = _planned(customer)
        drawn = line(customer, why=[planned], text="")
    if drawn is None:
        return None
    facts = tuple(sorted({one.fact for one in of}))
    drawn = replace(drawn, why=joined(*(one.why for one in of), drawn.why))
    if act := of[0].act:
        drawn = replace(drawn, act_label=act.label, act_url=act.url, act_icon=act.icon, act_in_dialog=act.in_dialog)
    return Step(
        about,
        drawn,
        facts,
        said=tuple(dict.fromkeys(one.why[0].words for one in of)),
        planned=planned.words if planned else "",
        put_off=row if row and set(facts) <= set(row.facts) else None,
    )


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


def key_dates(user: User, now: datetime) -> list[Suggestion]:
    """A day of one's own customer within a week. Passed ones stand in the queue."""
    today = business_day(now)
    rows = KeyDate.objects.visible_to(user).filter(soon(today, AHEAD.days), customer__owner=user).order_by("on", "pk")
    found = []
    for one in rows[:MOST_OF_A_SOURCE]:
        day = occasion(one.kind, one.on, one.note, today)
        if day.on >= today:
            words = _("%(what)s: %(day)s") % {"what": day.label, "day": day_words(day.on)}
            why = [day_ahead((day.on - today).days, words)]
            found.append(Suggestion(why, f"date:{one.kind}:{day.on}", one.customer_id))
    return found


def first_words(user: User, now: datetime) -> list[Suggestion]:
    """Own customers that nobody has talked to, those that came last: they still remember how."""
    rows = Customer.objects.visible_to(user).filter(owner=user, last_followed_at=None)
    newest = rows.order_by("-owned_since", "-pk").values_list("pk", "owned_since")[:MOST_OF_A_SOURCE]
    return [Suggestion([untouched()], f"never:{since:%Y-%m-%d}", pk) for pk, since in newest]


def register() -> None:
    """Add this floor's sources."""
    SUGGESTIONS["key_dates"] = key_dates
    SUGGESTIONS["first_words"] = first_words
