"""Do countdown, list, warnings and reclaim agree, in random worlds, with an oracle that counts the days one by one?

ORACLE_EXAMPLES=2000 looks at so many worlds instead of a few.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import AwayTime, Team, User
from customers.clock import day_off
from customers.models import Customer, OwnershipPeriod, Source, Status, Tag
from opportunities.models import Opportunity, Stage
from publicpool.countdown import Clock, countdowns, reclaim_day, within
from publicpool.models import (
    ExemptStage,
    Extension,
    FirmHoliday,
    PoolSettings,
    ReclaimRule,
    ReclaimWarning,
    Release,
)
from publicpool.services.reclaiming import reclaim_due
from publicpool.services.warning import warn_due
from tests.factories import say

from .oracle import DAY, SHANGHAI, Deal, Firm, Held, Holder, Rule, Told

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "12"))
# To make a failing world smaller takes minutes.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if EXAMPLES > 100 else [])]
NEVER = date(9000, 1, 1)
# So many days of sweeps are played; what goes later must only not have gone.
PLAYED = 24
GRADES, COUNTRIES = ("A", "B"), ("DE", "FR")

# --- worlds -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    team: int | None
    # (first day from today, days)
    away: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class One:
    """A customer; days and seconds count from now, backwards where they say ago."""

    owner: int
    status: int
    grade: str
    country: str
    source: int | None
    tag: int | None
    taken_ago: tuple[int, int]
    # Of the time since it was taken, and as long before; None: never.
    contacted: float | None
    ordered_ago: int | None
    protected: int | None
    more: tuple[str, int] | None
    # (stage of the pipeline, days in it, expected in days)
    deals: tuple[tuple[int, float, int | None], ...]


@dataclass(frozen=True)
class Ask:
    kind: str
    days: int
    wants: frozenset[str]


@dataclass(frozen=True)
class Plan:
    now: datetime
    people: tuple[Person, ...]
    customers: tuple[One, ...]
    rules: tuple[Ask, ...]
    # The same rules as they were when the first warnings went out, so many days ago.
    days_before: tuple[int, ...]
    warned_ago: int
    closed: tuple[tuple[int, int], ...]
    warn_days: tuple[int, ...]
    order_days: int | None
    exempts_from: int | None
    # Somebody logs a follow-up on a day of the run: (day, customer).
    follow_ups: tuple[tuple[int, int], ...]
    seed: int


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    days = draw(st.integers(0, 900))
    second = draw(st.sampled_from((0, 1, 8 * 3600, 16 * 3600 - 1, 16 * 3600)) | st.integers(0, 86399))
    people = draw(
        st.lists(
            st.builds(
                Person,
                st.none() | st.integers(0, 1),
                st.lists(st.tuples(st.integers(-60, 20), st.integers(1, 40)), max_size=2).map(tuple),
            ),
            min_size=1,
            max_size=3,
        )
    )
    customer = st.builds(
        One,
        owner=st.integers(0, len(people) - 1),
        status=st.integers(0, 1),
        grade=st.sampled_from(GRADES),
        country=st.sampled_from(COUNTRIES),
        source=st.none() | st.integers(0, 1),
        tag=st.none() | st.integers(0, 1),
        taken_ago=st.tuples(st.integers(0, 35), st.integers(0, 86399)),
        contacted=st.none() | st.floats(0, 2),
        ordered_ago=st.none() | st.integers(0, 40),
        protected=st.none() | st.integers(-3, 20),
        more=st.none() | st.tuples(st.sampled_from(("asked", "granted", "refused")), st.integers(-3, 12)),
        deals=st.lists(st.tuples(st.integers(0, 3), st.floats(0, 30), st.none() | st.integers(-5, 30)), max_size=2).map(
            tuple
        ),
    )
    wants = st.frozensets(st.sampled_from(("statuses", "grades", "countries", "sources", "teams", "tags")), max_size=2)
    rules = draw(
        st.lists(
            st.builds(Ask, st.sampled_from(("idle", "untouched", "no_order")), st.integers(1, 14), wants),
            min_size=1,
            max_size=3,
        )
    )
    customers = draw(st.lists(customer, min_size=1, max_size=6))
    return Plan(
        now=datetime(2024, 12, 20, tzinfo=UTC) + timedelta(days=days, seconds=second),
        people=tuple(people),
        customers=tuple(customers),
        rules=tuple(rules),
        days_before=tuple(draw(st.integers(1, 20)) for _rule in rules),
        warned_ago=draw(st.integers(0, 10)),
        closed=draw(st.lists(st.tuples(st.integers(-30, 20), st.integers(1, 9)), max_size=2).map(tuple)),
        warn_days=draw(st.sampled_from(((7, 3, 1), (7, 3, 1), (5,), (10, 2), (1,), (2, 1)))),
        order_days=draw(st.none() | st.sampled_from((0, 5, 30))),
        exempts_from=draw(st.none() | st.integers(0, 3)),
        follow_ups=tuple(
            draw(st.lists(st.tuples(st.integers(0, PLAYED), st.integers(0, len(customers) - 1)), max_size=2))
        ),
        seed=draw(st.integers(0, 999)),
    )


class Played:
    """A world in the database and the same beside it, as the oracle knows it."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.now, self.today = plan, plan.now, _day(plan.now)
        self.teams = [Team.objects.create(name_en="Sales")]
        self.teams.append(Team.objects.create(name_en="Europe", parent=self.teams[0]))
        # A contact moves none of these on to another.
        self.statuses = list(Status.objects.filter(key__in=("proposal", "lost")).order_by("pk"))
        self.sources = list(Source.objects.order_by("pk")[:2])
        self.tags = [Tag.objects.create(name=f"T{n}") for n in range(2)]
        self.stages = list(Stage.objects.filter(kind="open").order_by("pipeline", "position")[:4])
        PoolSettings(warn_days=list(plan.warn_days), order_days=plan.order_days).save()
        if plan.exempts_from is not None:
            stage = self.stages[plan.exempts_from]
            ExemptStage.objects.create(pipeline=stage.pipeline, stage=stage)
        for first, days in plan.closed:
            on = self.today + first * DAY
            FirmHoliday.objects.create(name="Closed", first_on=on, last_on=on + (days - 1) * DAY)
        self.people = [self._person(number, one) for number, one in enumerate(plan.people)]
        self.rules = [self._rule(number, one) for number, one in enumerate(plan.rules)]
        self.held = {self._customer(number, one).pk: one for number, one in enumerate(plan.customers)}
        self.ids = list(self.held)

    def _person(self, number: int, one: Person) -> User:
        team = None if one.team is None else self.teams[one.team]
        user = User.objects.create(username=f"p{number}", name=f"P{number}", team=team, email=f"p{number}@example.com")
        for first, days in one.away:
            on = self.today + first * DAY
            AwayTime.objects.create(user=user, first_on=on, last_on=on + (days - 1) * DAY)
        return user

    def _rule(self, number: int, one: Ask) -> ReclaimRule:
        rule = ReclaimRule.objects.create(
            name_en=str(number), kind=one.kind, days=one.days, position=number, is_active=True,
            is_for_all=not one.wants, created_at=self.now, updated_at=self.now,
            grades=["A"] if "grades" in one.wants else [], countries=["DE"] if "countries" in one.wants else [],
        )  # fmt: skip
        for name, row in (("statuses", self.statuses), ("sources", self.sources), ("teams", self.teams[1:]), ("tags", self.tags)):  # fmt: skip  # noqa: E501
            if name in one.wants:
                getattr(rule, name).add(row[0])
        return rule

    def _customer(self, number: int, one: One) -> Customer:
        taken = self.taken(one)
        contacted = self.contacted(one)
        owner = self.people[one.owner]
        customer = Customer.objects.create(
            name=f"C{number}", status=self.statuses[one.status], status_at=taken, grade=one.grade,
            country=one.country, source=None if one.source is None else self.sources[one.source], owner=owner,
            owned_since=taken, last_followed_at=contacted, idle_since=max(taken, contacted or taken),
            last_order_on=None if one.ordered_ago is None else self.today - one.ordered_ago * DAY,
            protected_until=None if one.protected is None else self.today + one.protected * DAY,
            created_at=taken, created_by=owner, updated_at=taken,
        )  # fmt: skip
        if one.tag is not None:
            customer.tags.add(self.tags[one.tag])
        period = OwnershipPeriod.objects.create(customer=customer, owner=owner, started_at=taken, reason="created")
        if one.more:
            state, days = one.more
            until = self.today + days * DAY
            Extension.objects.create(
                customer=customer, period=period, reason="Fair", state=state, by=owner, asked_at=self.now,
                waits_until=until, until=until if state == "granted" else None,
            )  # fmt: skip
        for place, (stage, days, expected) in enumerate(one.deals):
            Opportunity.objects.create(
                title=f"D{place}", customer=customer, owner=owner, pipeline=self.stages[stage].pipeline,
                stage=self.stages[stage], reached=self.stages[stage], stage_at=self.now - timedelta(days=days),
                expected_on=None if expected is None else self.today + expected * DAY,
                created_by=owner, created_at=taken, updated_at=taken,
            )  # fmt: skip
        return customer

    def taken(self, one: One) -> datetime:
        return self.now - timedelta(days=one.taken_ago[0], seconds=one.taken_ago[1])

    def contacted(self, one: One) -> datetime | None:
        return None if one.contacted is None else self.now - (self.now - self.taken(one)) * one.contacted

    # --- the same for the oracle --------------------------------------------------------------------

    def firm(self) -> Firm:
        closed = {self.today + (first + n) * DAY for first, days in self.plan.closed for n in range(days)}
        closed |= _public_holidays()
        rules = [
            Rule(str(rule.pk), one.kind, one.days, {name: frozenset({"first"}) for name in one.wants})
            for rule, one in zip(self.rules, self.plan.rules, strict=True)
        ]
        return Firm(rules, frozenset(closed), self.plan.warn_days, self.plan.order_days)

    def as_held(self, pk: int, contacted: datetime | None) -> Held:
        """``contacted``: since the plan. Which warnings there were is what the database says."""
        one = self.held[pk]
        holder = self.plan.people[one.owner]
        away = tuple((self.today + first * DAY, self.today + (first + n - 1) * DAY) for first, n in holder.away)
        lowest = self.plan.exempts_from
        told = ReclaimWarning.objects.filter(customer=pk, period__ended_at=None)
        return Held(
            Holder(str(one.owner), _first(holder.team == 1), away),
            {
                "statuses": _first(one.status == 0),
                "grades": _first(one.grade == "A"),
                "countries": _first(one.country == "DE"),
                "sources": _first(one.source == 0),
                "tags": _first(one.tag == 0),
            },
            self.taken(one),
            contacted or self.contacted(one),
            None if one.ordered_ago is None else self.today - one.ordered_ago * DAY,
            None if one.protected is None else self.today + one.protected * DAY,
            self.today + one.more[1] * DAY if one.more and one.more[0] != "refused" else None,
            tuple(
                Deal(
                    self.now - timedelta(days=days),
                    self.stages[stage].stalls_after,
                    None if expected is None else self.today + expected * DAY,
                    lowest is not None and stage >= lowest,
                )
                for stage, days, expected in one.deals
            ),
            [Told(str(row.rule_id), row.since, row.warned_on, row.announced_on) for row in told],
        )


def _first(yes: bool) -> frozenset[str]:
    return frozenset({"first"}) if yes else frozenset()


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


@cache
def _public_holidays() -> frozenset[date]:
    days = (date(2024, 1, 1) + n * DAY for n in range(1900))
    return frozenset(day for day in days if day_off("CN", day)[0])


# --- the proof ----------------------------------------------------------------------------------------


class TestOracle(TestCase):
    @settings(phases=PHASES, max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(plans())
    def test_countdown_list_and_sweeps_say_what_the_oracle_says(self, plan: Plan) -> None:
        world = Played(plan)
        self._warn_under_the_rules_of_before(world)
        dice = random.Random(plan.seed)
        contacted: dict[int, datetime] = {}
        # What was said of each that has not gone, by the last word.
        said = self._ask_all(world, world.now, contacted)
        gone: dict[int, tuple[date, str]] = {}
        for step in range(PLAYED + 1):
            on = world.today + step * DAY
            moment = world.now if step == 0 else _at(on, dice.choice((0, 1, 43200, 86399)))
            for day, number in plan.follow_ups:
                pk = world.ids[number]
                if day == step and pk not in gone:
                    customer = Customer.objects.get(pk=pk)
                    assert customer.owner
                    say(customer, customer.owner, moment)
                    contacted[pk] = moment
                    said |= self._ask_all(world, moment, contacted, [pk])
            warn_due(moment)
            reclaim_due(moment)
            gone |= {
                row.customer_id: (_day(row.released_at), str(row.rule_id))
                for row in Release.objects.filter(released_at=moment).exclude(customer__in=gone)
            }
            due = {pk for pk, found in said.items() if found and found[0] <= on}
            assert due == gone.keys(), (on, said, gone)
        assert gone.items() <= said.items(), (said, gone)

    def _warn_under_the_rules_of_before(self, world: Played) -> None:
        """Warnings went out some days ago, when the rules were others."""
        for rule, days in zip(world.rules, world.plan.days_before, strict=True):
            rule.days = days
            rule.save()
        warn_due(world.now - world.plan.warned_ago * DAY)
        for rule, one in zip(world.rules, world.plan.rules, strict=True):
            rule.days = one.days
            rule.save()

    def _ask_all(
        self, world: Played, at: datetime, contacted: dict[int, datetime], ids: list[int] | None = None
    ) -> dict[int, tuple[date, str] | None]:
        """The oracle's word on these customers, with which all that asks the one function must agree."""
        firm, today, ids = world.firm(), _day(at), ids or world.ids
        word = {pk: firm.goes(world.as_held(pk, contacted.get(pk)), today) for pk in ids}
        clock = Clock.load(at)
        found = countdowns(clock, ids)
        on = {pk: (max(one.on, today), str(one.spec.rule_id)) for pk, one in found.items()}
        assert on == {pk: line for pk, line in word.items() if line}, (today, word, found)
        days = dict(Customer.objects.filter(pk__in=ids).annotate(_goes=reclaim_day(clock)).values_list("pk", "_goes"))
        assert days == {pk: found[pk].on if pk in found else NEVER for pk in ids}
        for ahead in (0, 3, 12, 60):
            until = today + ahead * DAY
            there = {one.customer_id for one in within(clock, until)} & set(ids)
            assert there == {pk for pk, line in word.items() if line and line[0] <= until}
        return word


def _at(day: date, second: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(seconds=second)
