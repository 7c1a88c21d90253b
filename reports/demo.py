"""Which targets has the demo firm?"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import cycle

from accounts.models import Team, User
from core.demo import World
from core.zones import business_day
from opportunities.figures.asked import add_months
from opportunities.figures.reading import expected_of_each

from .achievement import done_by
from .goals import Party
from .measures import MEASURES
from .models import Target
from .periods import MONTH, YEAR, TargetPeriod, periods_of

SPRINT, CHALLENGE = Decimal("1.1"), Decimal("1.25")
# By how much targets are above what is usual: at some a month is missed.
STRETCH = ("0.9", "1.05", "1.4", "3.5")
# And of the present month above what it is going to be: one gets there, two will miss it.
AHEAD = ("0.9", "1.2", "1.45")


def targets(world: World, now: datetime) -> None:
    """Each month of this year and the year before somewhat above what people really do; a year for each team."""
    random = world.random("targets")
    today = business_day(now)
    people = [one for one in world.made["people"].values() if one.role != User.Role.ADMIN]
    outlook, rows = _outlook([one.pk for one in people], today), []
    for key, measure in MEASURES.items():
        usual = _usual(key, [one.pk for one in people], today)
        for person in people:
            for year in (today.year - 1, today.year):
                for period in periods_of(year):
                    if period.span == MONTH and usual[person.pk]:
                        wanted = usual[person.pk] * Decimal(random.choice(STRETCH))
                        wanted = max(wanted, outlook.get((key, person.pk, period.first_on), wanted))
                        rows.append(_row(key, wanted, measure.step, user=person, at=now, of=period))
        for team in Team.objects.all():
            whole = sum((usual[one.pk] for one in people if one.team_id == team.pk), start=Decimal(0))
            for year in (today.year - 1, today.year):
                if whole:
                    of = TargetPeriod(date(year, 1, 1), YEAR)
                    rows.append(_row(key, whole * 12, measure.step, team=team, at=now, of=of))
    by = world.made["people"]["root"]
    for row in rows:
        row.set_by = by
    Target.objects.bulk_create(rows, batch_size=2000)


def _usual(key: str, people: list[int], today: date) -> dict[int, Decimal]:
    """What each does in a usual month, of the last twelve."""
    last = add_months(today.replace(day=1), -1)
    sums = MEASURES[key].reads(people, add_months(last, -11), last)
    return {pk: done_by(sums, Party.person(pk)).number / 12 for pk in people}


def _outlook(people: list[int], today: date) -> dict[tuple[str, int, date], Decimal]:
    """The least that each is to win this month: AHEAD of what is won and may still be expected of it."""
    this = today.replace(day=1)
    won, ahead = MEASURES["won"].reads(people, this, this), expected_of_each(people, this, this, today)
    found = {}
    for pk, factor in zip(people, cycle(AHEAD), strict=False):
        whole = done_by(won, Party.person(pk)).number + (ahead[pk].weighted if pk in ahead else Decimal(0))
        found["won", pk, this] = whole * Decimal(factor)
    return found


def _row(key: str, wanted: Decimal, step: Decimal, *, at: datetime, of: TargetPeriod, **whose: User | Team) -> Target:
    def whole(number: Decimal) -> Decimal:
        return max(step, (number / step).to_integral_value() * step)

    target = whole(wanted)
    return Target(
        measure=key,
        first_on=of.first_on,
        span=of.span,
        target=target,
        sprint=max(target, whole(target * SPRINT)),
        challenge=max(target, whole(target * CHALLENGE)),
        set_at=at,
        **whose,
    )
