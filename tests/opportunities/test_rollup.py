"""Are the funnel's cells what a recomputation makes of the deals?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from opportunities import rollup
from opportunities.models import FunnelCell, Move, Opportunity, OpportunityLine, Stage
from tests.factories import THEN, make_customer

pytestmark = pytest.mark.django_db


def differences() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(rollup.DIFFERENCE)
        return cursor.fetchall()


def stage(key: str) -> Stage:
    return Stage.objects.get(key=key)


def make_deal(owner: Any, *, at: str = "needs", reached: str = "", **fields: Any) -> Opportunity:
    where = stage(at)
    values = {
        "title": "Tubes",
        "pipeline": where.pipeline,
        "stage": where,
        "stage_at": THEN,
        "outcome": where.kind,
        "reached": stage(reached or at),
        "opened_on": date(2026, 11, 19),
        "created_by": owner,
        "created_at": THEN,
        "updated_at": THEN,
    }
    return Opportunity.objects.create(owner=owner, **{**values, **fields})


def cells(**by: Any) -> list[tuple[Any, ...]]:
    rows = FunnelCell.objects.filter(n__gt=0, **by).order_by("kind", "month", "stage_id", "value", "currency")
    return [(one.kind, one.month, one.stage_id, one.value, one.currency, one.n, one.amount) for one in rows]


@pytest.fixture
def won(alice: Any) -> Opportunity:
    with rollup.kept([]) as keep:
        deal = make_deal(
            alice,
            at="won",
            customer=make_customer(alice, "Acme", country="DE"),
            amount=Decimal("100.50"),
            currency="USD",
            amount_base=Decimal("700.00"),
            closed_on=date(2026, 12, 3),
            competitors="Stanley, Bosch；Stanley",
            lost_to="",
        )
        OpportunityLine.objects.create(opportunity=deal, product="Pump")
        OpportunityLine.objects.create(opportunity=deal, product="Pump")
        OpportunityLine.objects.create(opportunity=deal, product="Valve")
        keep.add(deal.pk)
    return deal


def test_a_won_deal_counts_once_under_each_thing_it_is_asked_about(won, alice):
    usd = ("USD", 1, Decimal("100.500"))
    then, place = date(2026, 12, 1), stage("won").pk
    for owner in (alice.pk, FunnelCell.EVERYBODY):
        assert cells(owner_id=owner) == [
            ("closed", then, place, "", *usd),
            ("competitor", then, place, "Bosch", *usd),
            ("competitor", then, place, "Stanley", *usd),
            ("country", then, place, "DE", *usd),
            ("product", then, place, "Pump", *usd),
            ("product", then, place, "Valve", *usd),
            ("reached", date(2026, 11, 1), place, "", "", 1, Decimal(0)),
            ("source", then, place, "", *usd),
        ]
    assert not differences()


def test_what_nobody_holds_stands_apart(alice):
    with rollup.kept([]) as keep:
        keep.add(make_deal(alice, opened_on=None).pk)
        keep.add(make_deal(None, opened_on=None, created_by=alice).pk)
    for owner in (alice.pk, FunnelCell.EVERYBODY, FunnelCell.NOBODY):
        assert [row[0] for row in cells(owner_id=owner)] == ["open", "reached"]
        assert {row[1] for row in cells(owner_id=owner)} == {FunnelCell.NO_MONTH}
    assert not differences()


def test_days_in_a_stage_are_whole_and_visits_count_together(alice):
    deal = make_deal(alice)
    with rollup.kept([deal.pk]):
        for days in (1.5, 2.6):
            Move.objects.create(
                opportunity=deal, kind="forward", after=stage("proposal"), at=THEN, left_at=THEN + timedelta(days=days)
            )
        Move.objects.create(opportunity=deal, kind="forward", after=stage("needs"), at=THEN)
    assert [row[2:4] for row in cells(owner_id=alice.pk, kind="stay")] == [(stage("proposal").pk, "4")]


def test_what_comes_down_to_nothing_goes(won, alice, bob):
    with rollup.kept([won.pk]):
        Opportunity.objects.filter(pk=won.pk).update(owner=bob, lost_to="Bosch")
    assert not FunnelCell.objects.filter(owner_id=alice.pk).exists()
    with rollup.kept([won.pk]):
        Opportunity.objects.filter(pk=won.pk).update(archived_at=THEN)
    assert not FunnelCell.objects.exists()


def test_the_country_of_a_customer_follows_by_itself(won, alice):
    won.customer.country = "FR"
    won.customer.save()
    assert [row[3] for row in cells(owner_id=alice.pk, kind="country")] == ["FR"]
    assert not differences()


def test_a_failed_change_leaves_the_cells(won):
    def fail() -> None:
        with transaction.atomic(), rollup.kept([won.pk]):
            Opportunity.objects.filter(pk=won.pk).update(amount=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not differences()


def test_recompute_mends(won):
    FunnelCell.objects.filter(kind="closed").update(n=7)
    Opportunity.objects.filter(pk=won.pk).update(opened_on=datetime(2025, 1, 31, tzinfo=UTC).date())
    assert differences()
    rollup.recompute()
    assert not differences()


def test_statements_are_few_and_the_same_for_many(alice, django_assert_num_queries):
    deals = [make_deal(alice, amount=5, currency="EUR") for _count in range(30)]
    for some in (deals[:1], deals[1:]):
        ids = [deal.pk for deal in some]
        with django_assert_num_queries(2), rollup.kept([]) as keep:
            keep.update(ids)
        with django_assert_num_queries(2), rollup.kept(ids):
            pass
        changed = Opportunity.objects.filter(pk__in=ids)
        with django_assert_num_queries(5), rollup.kept(ids):  # one of them the change itself
            changed.update(amount=None)
    assert not differences()
