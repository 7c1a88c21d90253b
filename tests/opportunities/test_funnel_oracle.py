"""Are the funnel's figures what a slow count over deals and moves gives, whatever was done to the deals before?"""

from __future__ import annotations

import random
from collections import defaultdict
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.exceptions import DomainError
from core.money import Rates
from customers.models import Source
from opportunities import rollup, services
from opportunities.figures import reading
from opportunities.figures.asked import Asked, Period, Scope, Scopes
from opportunities.figures.reading import Pipe
from opportunities.inputs import LineData, OpportunityData
from opportunities.models import FunnelCell, LostReason, Move, Opportunity, OpportunityLine, Pipeline, Stage
from tests.factories import make_customer

DAYS = [None, *(date(2026, month, day) for month in (7, 9, 11) for day in (1, 30)), date(2027, 2, 3)]
AMOUNTS = [None, Decimal(0), Decimal("99.99"), Decimal("1234.5"), Decimal(10**6)]
CURRENCIES = ["USD", "EUR", "CNY", "AED"]  # no rate is known of the last
KEYS = ["first_contact", "needs", "proposal", "negotiation", "contract"]
VERBS = ["create", "create", "move", "move", "move", "win", "lose", "reopen", "archive", "restore", "give", "change"]
VERBS += ["lines", "country", "undate", "nobody"]
ACTS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 2**30)), min_size=3, max_size=14)
PERIODS = [
    Period("all"),
    Period("", date(2026, 7, 1), date(2026, 9, 1)),
    Period("", date(2026, 11, 1), None),
    Period("", None, date(2026, 10, 1)),
]


class World:
    """Some deals, and whoever does something to them, chosen by numbers so that Hypothesis can shrink."""

    def __init__(self, people: list[Any], root: Any, now: datetime) -> None:
        self.people, self.root, self.now = people, root, now
        self.customers = [make_customer(people[0], f"Acme {code}", country=code) for code in ("DE", "FR", "")]
        self.reasons = list(LostReason.objects.all())
        self.stages = {stage.key: stage for stage in Stage.objects.all()}

    def act(self, verb: str, seed: int) -> None:
        chance = random.Random(seed)
        self.now += timedelta(hours=chance.choice([0, 5, 30, 200]))
        deals = list(Opportunity.objects.order_by("pk"))
        if verb == "create" or not deals:
            self.create(chance)
            return
        deal = chance.choice(deals)
        with suppress(DomainError), transaction.atomic():
            getattr(self, verb)(deal, chance)

    def create(self, chance: random.Random) -> None:
        source = chance.choice([None, *Source.objects.all()[:2]])
        data = OpportunityData(
            title="Tubes",
            owner=chance.choice(self.people),
            customer=chance.choice([None, *self.customers]),
            stage=self.stages[chance.choice(KEYS)],
            amount=chance.choice(AMOUNTS),
            currency=chance.choice(CURRENCIES),
            expected_on=chance.choice(DAYS),
            opened_on=chance.choice(DAYS[:-1]),
            source=source,
            competitors=chance.choice(["", "Stanley", "Stanley， Bosch; ", "Bosch, Bosch"]),
        )
        services.create_opportunity(data=data, by=self.root, now=self.now)

    def move(self, deal: Any, chance: random.Random) -> None:
        to = self.stages[chance.choice(KEYS)]
        services.move_opportunity(opportunity=deal, to=to, by=self.root, now=self.now, reason="so")

    def win(self, deal: Any, chance: random.Random) -> None:
        day = chance.choice([None, date(2026, 11, 30), date(2026, 11, 2)])
        services.win_opportunity(opportunity=deal, by=self.root, now=self.now, closed_on=day, reason="so")

    def lose(self, deal: Any, chance: random.Random) -> None:
        services.lose_opportunity(
            opportunity=deal,
            reason=chance.choice(self.reasons),
            by=self.root,
            now=self.now,
            lost_to=chance.choice(["Bosch", "Smith, Jones"]),
            words="so",
        )

    def reopen(self, deal: Any, chance: random.Random) -> None:
        to = self.stages[chance.choice(KEYS)]
        services.reopen_opportunity(opportunity=deal, to=to, reason="so", by=self.root, now=self.now)

    def archive(self, deal: Any, chance: random.Random) -> None:
        services.archive_opportunity(opportunity=deal, reason="so", by=self.root, now=self.now)

    def restore(self, deal: Any, chance: random.Random) -> None:
        services.restore_opportunity(opportunity=deal, by=self.root, now=self.now)

    def give(self, deal: Any, chance: random.Random) -> None:
        services.assign_opportunity(opportunity=deal, to=chance.choice(self.people), by=self.root, now=self.now)

    def change(self, deal: Any, chance: random.Random) -> None:
        changes = {
            "amount": chance.choice(AMOUNTS),
            "currency": chance.choice(CURRENCIES),
            "expected_on": chance.choice(DAYS),
            "competitors": chance.choice(["", "Stanley", "Hilti、Stanley"]),
            "source": chance.choice([None, *Source.objects.all()[:2]]),
            "customer": chance.choice([None, *self.customers]),
        }
        some = {name: changes[name] for name in chance.sample(sorted(changes), 2)}
        services.update_opportunity(opportunity=deal, changes=some, by=self.root, now=self.now)

    def lines(self, deal: Any, chance: random.Random) -> None:
        products = [LineData(name) for name in chance.choice([[], ["Pump"], ["Pump", "Valve", "Pump"]])]
        services.update_opportunity(opportunity=deal, changes={}, lines=products, by=self.root, now=self.now)

    def country(self, deal: Any, chance: random.Random) -> None:
        customer = chance.choice(self.customers)
        customer.country = chance.choice(["DE", "IT", ""])
        customer.save(update_fields=["country"])

    # What imports and releases leave behind.
    def undate(self, deal: Any, chance: random.Random) -> None:
        with rollup.kept([deal.pk]):
            rows = Opportunity.objects.filter(pk=deal.pk)
            rows.update(opened_on=None)
            rows.exclude(outcome="open").update(closed_on=None)

    def nobody(self, deal: Any, chance: random.Random) -> None:
        with rollup.kept([deal.pk]):
            Opportunity.objects.filter(pk=deal.pk).update(owner=None)


class Oracle:
    """Each figure by a loop over deals and their moves, in words as they stand in docs/rules.md."""

    def __init__(self, scope: Scope, today: date) -> None:
        self.today = today
        self.stages = list(Stage.objects.filter(is_active=True).exclude(kind="lost"))
        rows = Opportunity.objects.filter(archived_at=None).select_related("stage", "customer")
        self.deals = [deal for deal in rows if self._is_in(deal, scope)]
        self.moves = defaultdict(list)
        for move in Move.objects.select_related("after"):
            self.moves[move.opportunity_id].append(move)
        self.lines = defaultdict(set)
        for line in OpportunityLine.objects.all():
            self.lines[line.opportunity_id].add(line.product)

    @staticmethod
    def _is_in(deal: Any, scope: Scope) -> bool:
        if scope.levels == (FunnelCell.EVERYBODY,):
            return deal.owner_id is not None
        return (deal.owner_id or 0) in scope.levels

    def cohort(self, period: Period) -> tuple[int, list[int], int]:
        begun = [deal for deal in self.deals if within(period, deal.opened_on)]
        furthest = [
            max(move.after.position for move in self.moves[deal.pk] if move.after.kind != "lost") for deal in begun
        ]
        counts = [sum(place >= stage.position for place in furthest) for stage in self.stages]
        return len(begun), counts, sum(deal.opened_on is None for deal in self.deals)

    def stays(self, period: Period) -> dict[int, tuple[int, int, int]]:
        found = defaultdict(list)
        for deal in self.deals:
            if within(period, deal.opened_on):
                spent: dict[int, timedelta] = defaultdict(timedelta)
                for move in self.moves[deal.pk]:
                    if move.left_at is not None:
                        spent[move.after_id] += move.left_at - move.at
                for stage, time in spent.items():
                    found[stage].append(time.days)
        return {stage: (len(days), disc(days, 50), disc(days, 90)) for stage, days in found.items()}

    def open(self, key: Any) -> dict[Any, tuple[Any, ...]]:
        groups = defaultdict(list)
        for deal in self.deals:
            if deal.outcome == "open":
                groups[key(deal)].append(deal)
        return {name: self._worth(some) for name, some in groups.items()}

    def _worth(self, deals: list[Any]) -> tuple[Any, ...]:
        amounts: dict[str, Decimal] = defaultdict(Decimal)
        weighted: dict[str, Decimal] = defaultdict(Decimal)
        for deal in deals:
            if deal.amount is not None:
                amounts[deal.currency] += deal.amount
                weighted[deal.currency] += deal.amount * deal.stage.probability / 100
        return len(deals), dict(amounts), in_base(amounts), in_base(weighted)

    def closed(self, period: Period, key: Any) -> dict[Any, tuple[Any, ...]]:
        found: dict[Any, list[Any]] = defaultdict(list)
        for deal in self.deals:
            if deal.outcome != "open" and within(period, deal.closed_on):
                for name in key(deal):
                    found[name].append(deal)
        return {
            name: tuple(self._ended([deal for deal in some if deal.outcome == how]) for how in ("won", "lost"))
            for name, some in found.items()
        }

    @staticmethod
    def _ended(deals: list[Any]) -> tuple[Any, ...]:
        amounts: dict[str, Decimal] = defaultdict(Decimal)
        for deal in deals:
            if deal.amount is not None:
                amounts[deal.currency] += deal.amount
        unrated = sum(deal.amount is not None and deal.amount_base is None for deal in deals)
        return len(deals), dict(amounts), sum((deal.amount_base or Decimal(0) for deal in deals), Decimal(0)), unrated

    def keys(self) -> dict[str, Any]:
        def rivals(deal: Any) -> set[str]:
            typed = deal.competitors
            for sign in ";，；、\n":
                typed = typed.replace(sign, ",")
            return {one.strip() for one in [*typed.split(","), deal.lost_to] if one.strip()}

        return {
            "source": lambda deal: [str(deal.source_id or "")],
            "country": lambda deal: [str(deal.customer.country) if deal.customer else ""],
            "product": lambda deal: self.lines[deal.pk] or {""},
            "competitor": rivals,
            "reason": lambda deal: [str(deal.lost_reason_id or "")] if deal.outcome == "lost" else [],
        }


RATES = {"USD": 7, "EUR": 8, "CNY": 1}


def in_base(amounts: dict[str, Decimal]) -> Decimal:
    return sum(
        (
            (amount * RATES[one]).quantize(Decimal("0.01"), ROUND_HALF_UP)
            for one, amount in amounts.items()
            if one in RATES
        ),
        Decimal(0),
    )


def disc(days: list[int], share: int) -> int:
    return sorted(days)[-(-len(days) * share // 100) - 1]


def within(period: Period, day: date | None) -> bool:
    if not period.is_bounded:
        return True
    if day is None:
        return False
    month = day.replace(day=1)
    return (period.first is None or month >= period.first) and (period.last is None or month <= period.last)


def month_of(day: date | None) -> date:
    return day.replace(day=1) if day else FunnelCell.NO_MONTH


def check(asked: Asked, oracle: Oracle) -> None:
    pipe, period = Pipe.of(asked), asked.period
    found = reading.cohort(asked, pipe)
    assert (found.n, [step.n for step in found.steps], found.undated) == oracle.cohort(period)
    stays = {pk: (stay.n, stay.median, stay.p90) for pk, stay in reading.stays(asked).items()}
    assert stays == oracle.stays(period)
    ahead = reading.ahead(asked, pipe)
    for groups, key in (
        (ahead.stages, lambda deal: deal.stage_id),
        (ahead.months, lambda deal: month_of(deal.expected_on)),
    ):
        worth = {name: (one.n, one.amounts, one.base, one.weighted) for name, one in groups.items()}
        assert worth == oracle.open(key)
    assert ahead.whole.n == sum(one.n for one in ahead.months.values())
    assert ahead.whole.base == sum(one.base for one in ahead.months.values())
    by_month = reading.closed(asked, pipe, "closed", "month")
    if period.is_bounded:
        by_month.pop(FunnelCell.NO_MONTH, None)
    assert said(by_month) == oracle.closed(period, lambda deal: [month_of(deal.closed_on)])
    people = reading.closed(asked, pipe, "closed", "owner_id")
    assert said(people) == oracle.closed(period, lambda deal: [deal.owner_id or 0])
    for kind, key in oracle.keys().items():
        assert said(reading.closed(asked, pipe, kind, "value")) == oracle.closed(period, key), kind


def said(found: dict[Any, reading.Closed]) -> dict[Any, tuple[Any, ...]]:
    for one in found.values():
        assert one.rate == Fraction(one.won.n, one.won.n + one.lost.n)
    return {
        name: tuple((side.n, side.amounts, side.base, side.unrated) for side in (one.won, one.lost))
        for name, one in found.items()
    }


def differences() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(rollup.DIFFERENCE)
        return cursor.fetchall()


@pytest.mark.usefixtures("rates")
@pytest.mark.django_db
def test_figures_equal_the_oracle(alice, bob, charlie, dana, root, now):
    today = now.date()
    pipeline = Pipeline.objects.get()

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @example(acts=[("create", 1), ("win", 2), ("reopen", 3), ("move", 4), ("lose", 5), ("archive", 6), ("restore", 7)])
    @given(acts=ACTS)
    def run(acts: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            world = World([alice, bob, charlie], root, now)
            for verb, seed in acts:
                world.act(verb, seed)
                assert not differences(), verb
            for reader, key in ((alice, ""), (dana, ""), (root, "all"), (root, "nobody")):
                scope = Scopes.of(reader).asked(key)
                oracle = Oracle(scope, today)
                for period in PERIODS:
                    check(Asked(scope, pipeline, period, today), oracle)
            transaction.set_rollback(True)

    run()


@pytest.mark.usefixtures("rates")
@pytest.mark.django_db
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.decimals(0, 10**9, places=3), st.sampled_from(CURRENCIES)), max_size=20), st.randoms())
def test_money_is_the_same_in_any_order_of_currencies(amounts, chance):
    today = date(2026, 11, 26)
    rates = Rates.load(CURRENCIES, on=today)
    other = list(amounts)
    chance.shuffle(other)
    assert rates.total(amounts) == rates.total(other)
