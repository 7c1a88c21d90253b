"""How does somebody's own month stand: target, won, to be expected, said and answered, about to be lost?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from communications.said import Spoken, said_by_month
from core.registries import Day
from core.zones import business_day
from customers.models import Customer
from opportunities.figures.asked import add_months
from opportunities.figures.reading import Open, expected
from publicpool.countdown import going
from publicpool.today import clock_of

from .goals import Goal, Goals, Party
from .measures import MEASURES, Done
from .models import Target
from .periods import MONTH, TargetPeriod

if TYPE_CHECKING:
    from accounts.models import User

# So many months stand below each other, the present one first.
SHOWN = 6
# Customers that go to the pool within so many days are about to be lost.
AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Month:
    """One month of one person. ``touches`` went out, ``replies`` came in; both of ``said`` are counted in each."""

    first_on: date
    goal: Goal | None
    won: Done
    said: int = 0
    touches: int = 0
    replies: int = 0

    @property
    def share(self) -> Fraction | None:
        """Won of the target."""
        return Fraction(self.won.number) / Fraction(self.goal.target) if self.goal else None

    @property
    def answered(self) -> Fraction | None:
        """Replies for each touch; None without any."""
        return Fraction(self.replies, self.touches) if self.touches else None


def months_of(user: User, now: datetime, count: int = SHOWN) -> list[Month]:
    """The last months of one's own, the present one first. Three statements."""
    this = business_day(now).replace(day=1)
    firsts = [add_months(this, -back) for back in range(count)]
    years = {one.year for one in firsts}
    rows = Target.objects.visible_to(user).filter(user=user, measure="won", first_on__year__in=years)
    goals, me = Goals(rows), Party.person(user.pk)
    won = MEASURES["won"].reads([user.pk], firsts[-1], this)
    said = said_by_month([user.pk], firsts[-1], this)
    return [
        Month(
            first,
            goals.goal(me, TargetPeriod(first, MONTH)),
            won.get((user.pk, first), Done()),
            *said.get((user.pk, first), Spoken()),
        )
        for first in firsts
    ]


def still_expected(user: User, now: datetime) -> Open:
    """One's own open deals that are expected to close this month, of all pipelines. Three statements."""
    today = business_day(now)
    return expected([user.pk], today.replace(day=1), today)


def about_to_go(day: Day) -> int:
    """How many of one's own customers go to the pool within AHEAD. Their list is publicpool's GOING_SOON."""
    clock = day.once(clock_of)
    if not clock.specs:
        return 0
    return Customer.objects.held_by(day.user).filter(going(clock, clock.today + AHEAD)).count()


def outlook(month: Month, ahead: Open) -> tuple[Decimal, Fraction | None]:
    """(won and what is weighted ahead, its share of the target)."""
    whole = month.won.number + ahead.weighted
    return whole, Fraction(whole) / Fraction(month.goal.target) if month.goal else None
