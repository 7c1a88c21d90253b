"""What does a firm have beside the usual? Owners and rates that are not there, edges of days, stages out of use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.core.management import call_command

from accounts.models import Team, User
from communications.services import delete_communication
from core.models import ExchangeRate
from customers.models import Source
from customers.services import archive_customer
from followups.models import Playbook, PlaybookRun, PlaybookStep, Task
from opportunities import rollup, services
from opportunities.inputs import OpportunityData
from opportunities.models import LostReason, Opportunity, Stage
from tests.factories import make_customer, make_user, say

from . import crooked_life as life

NOW = datetime(2026, 11, 26, 7, 20, tzinfo=UTC)
MONDAY = datetime(2026, 11, 22, 16, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make_crooked_firm(cast: dict[str, User], other_team: Team, sold: Callable, target: Callable) -> None:
    alice, bob, charlie, dana, root = (cast[name] for name in ("alice", "bob", "charlie", "dana", "root"))
    gone = make_user("gone", name="Gone", team=alice.team)
    below = Team.objects.create(name_en="Nordics", name_zh="北欧", parent=alice.team)
    erik = make_user("erik", name="Erik", team=below)
    make_user("heinz", name="Heinz", team=other_team, role=User.Role.MANAGER)
    _rates()
    Stage.objects.update(required_fields=[])
    stages = {stage.key: stage for stage in Stage.objects.all()}
    made = _deals([alice, bob, charlie, dana, gone, erik])
    life.keep_forecasts()
    for number, deal in enumerate(made):
        _move(number, deal, stages)
        _end(number, deal, stages)
        if number % 11 == 7:
            services.archive_opportunity(opportunity=deal, reason="so", by=root, now=NOW)
    with rollup.kept([deal.pk for deal in made[::7]]):
        Opportunity.objects.filter(pk__in=[deal.pk for deal in made[::7]]).update(owner=None)
    stages["proposal"].is_active = False
    stages["proposal"].save()
    for number, seller in enumerate((alice, bob, charlie, erik, gone) * 2):
        sold(seller, (date(2026, 11, 26), date(2026, 10, 31), date(2026, 11, 1))[number % 3], 100 + number)
    services.void_order(order=sold(alice, date(2026, 11, 3), 7), reason="so", by=root, now=NOW)
    life.talk(cast, erik, gone, NOW)
    life.order_again(cast, erik, sold, date(2026, 11, 26), NOW)
    life.take_turns(cast, erik, NOW)
    target(alice, "2026-11", 1000)
    target(bob, "2026Q4", 700)
    target(erik, "2026-10", 50)
    target(charlie, "2026", 90)
    target(below, "2026-11", 333)
    _steps(made, alice)
    call_command("recompute", verbosity=0)  # the next steps of customers, for no service made these tasks
    gone.is_active = False
    gone.save()
    archive_customer(customer=made[3].customer, reason="so", by=root, now=NOW)


def _rates() -> None:
    for day, rate in (("2025-09-30", "7.3333333"), ("2026-10-01", "7.1234567"), ("2026-11-20", "6.9876543")):
        ExchangeRate.objects.create(currency="USD", against="CNY", on=day, rate=Decimal(rate), source="entered")
    ExchangeRate.objects.create(currency="EUR", against="CNY", on="2026-11-01", rate=Decimal("7.8"), source="ecb")
    ExchangeRate.objects.create(currency="EUR", against="CNY", on="2026-11-02", rate=Decimal("7.9"), source="ecb")
    ExchangeRate.objects.create(currency="CNY", against="EUR", on="2026-11-02", rate=Decimal("0.125"), source="entered")
    ExchangeRate.objects.create(currency="EUR", against="GBP", on="2026-11-02", rate=Decimal("0.86"), source="ecb")
    ExchangeRate.objects.create(currency="EUR", against="RUB", on="2022-03-01", rate=Decimal(117), source="ecb")


def _deals(owners: list[User]) -> list[Opportunity]:
    source, *_others = Source.objects.all()
    made = []
    for number, (owner, at) in enumerate(
        (owner, at)
        for owner in owners
        # Both sides of the midnights of Shanghai with which the months and the week begin.
        for at in (MONDAY - HOUR, MONDAY + HOUR, datetime(2026, 10, 31, 15, 59, tzinfo=UTC),
                   datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 9, 30, 16, tzinfo=UTC), NOW - HOUR)
    ):  # fmt: skip
        customer = make_customer(
            owner, at=at, country=("DE", "IT", "")[number % 3], source=(source.pk, None)[number % 2]
        )
        data = OpportunityData(
            title="Padlocks", customer=customer, amount=(Decimal("0.05"), Decimal("1000.35"), None)[number % 3],
            currency=("USD", "EUR", "GBP", "RUB")[number % 4], source=(None, source)[number % 2],
            competitors=("", "Stanley，Hilti; Stanley", " Bosch 、Makita")[number % 3],
            expected_on=(None, date(2026, 11, 30), date(2026, 12, 1), date(2026, 10, 31), date(2028, 1, 1))[number % 5],
        )  # fmt: skip
        made.append(services.create_opportunity(data=data, by=owner, now=at))
        said = say(customer, owner, at, ("in", "out", "both")[number % 3], now=NOW, is_automatic=number % 7 == 3)
        if number % 6 == 1:
            delete_communication(said=said, by=owner, now=NOW)
    return made


def _move(number: int, deal: Opportunity, stages: dict[str, Stage]) -> None:
    by, at = deal.owner, NOW - (number % 10) * DAY
    if number % 4 == 0:
        services.move_opportunity(opportunity=deal, to=stages["negotiation"], by=by, now=at, reason="so")
        services.move_opportunity(opportunity=deal, to=stages["needs"], by=by, now=at, reason="so")
    if number % 5 == 1:
        day = (None, date(2026, 12, 24), date(2026, 11, 28))[number % 3]
        services.update_opportunity(opportunity=deal, changes={"expected_on": day}, by=by, now=at)


def _end(number: int, deal: Opportunity, stages: dict[str, Stage]) -> None:
    by = deal.owner
    if number % 3 == 1:
        on = (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 26), date(2026, 9, 30))[number % 4]
        services.win_opportunity(opportunity=deal, by=by, now=NOW, closed_on=max(on, deal.opened_on), reason="so")
    elif number % 3 == 2:
        why = LostReason.objects.exclude(asks_why=True)[number % 4]
        services.lose_opportunity(
            opportunity=deal, reason=why, by=by, now=NOW, words="so", lost_to=("Stanley", "Kärcher")[number % 2],
            closed_on=max((date(2026, 10, 30), date(2026, 11, 25))[number % 2], deal.opened_on),
        )  # fmt: skip
    if number % 8 == 5 and number % 3:
        services.reopen_opportunity(opportunity=deal, to=stages["proposal"], reason="so", by=by, now=NOW)


def _steps(made: list[Opportunity], alice: User) -> None:
    playbook = Playbook.objects.filter(versions__steps__isnull=False)[0]
    step = PlaybookStep.objects.filter(version__playbook=playbook)[0]
    fates = [("done", -HOUR, alice), ("done", HOUR, alice), ("not_started", None, None), ("cancelled", -HOUR, alice),
             ("cancelled", -HOUR, None), ("in_progress", None, None)]  # fmt: skip
    dues = [MONDAY, datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC)]
    for number in range(24):
        state, ended, by = fates[number % 6]
        due = dues[number // 6 % 3]
        of = made[number].customer
        run = PlaybookRun.objects.create(
            key=f"x{number}", playbook=playbook, version=step.version, customer=of, started_at=NOW
        )
        Task.objects.create(
            title="Call", customer=of, assignee=of.owner, state=state, due_at=due, is_all_day=True, playbook_run=run,
            step=step, ended_at=due + ended if ended else None, ended_by=by, created_by=alice, created_at=NOW,
            updated_at=NOW,
        )  # fmt: skip
