"""Does a deal go the way of its pipeline, and does every move stay to be seen?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.exceptions import NotAllowed
from customers.models import Collaborator, Customer, Event
from opportunities.inputs import LineData
from opportunities.models import Checkpoint, LostReason, Move, Opportunity
from opportunities.services import (
    archive_opportunity,
    assign_opportunity,
    errors,
    lose_opportunity,
    move_opportunity,
    reopen_opportunity,
    update_opportunity,
    win_opportunity,
)
from tests.factories import make_customer

HOUR = timedelta(hours=1)


def test_a_deal_begins_in_the_first_stage_with_one_stay(deal, alice, now, stages):
    made = deal(customer=make_customer(alice))
    assert (made.stage, made.outcome, made.opened_on) == (stages["first_contact"], "open", date(2026, 11, 26))
    assert (made.amount_base, made.rated_on) == (Decimal(7000), date(2026, 1, 1))
    assert list(made.moves.values_list("kind", "at", "left_at")) == [("created", now, None)]
    assert Customer.objects.get(pk=made.customer_id).open_opportunities == 1
    event = Event.objects.get(kind="opportunity.created")
    assert (event.customer_id, event.target_id) == (made.customer_id, made.pk)


def test_forward_asks_for_checkpoints_or_a_reason(deal, alice, now, stages):
    made = deal()
    with pytest.raises(errors.CheckpointsOpen) as refused:
        move_opportunity(opportunity=made, to=stages["needs"], by=alice, now=now)
    points = refused.value.numbers["checkpoints"]
    assert points == list(Checkpoint.objects.filter(stage=stages["first_contact"]).values_list("pk", flat=True))
    moved = move_opportunity(opportunity=made, to=stages["needs"], by=alice, now=now + HOUR, passed=points)
    assert (moved.stage, moved.reached, moved.stage_at) == (stages["needs"], stages["needs"], now + HOUR)
    assert moved.passed.count() == len(points)
    first, second = moved.moves.all()
    assert (first.left_at, second.at, second.left_at, second.kind) == (now + HOUR, now + HOUR, None, "forward")


def test_what_was_skipped_stays_with_the_move(deal, alice, now, stages):
    moved = move_opportunity(opportunity=deal(), to=stages["needs"], by=alice, now=now, reason="Old friend")
    move = moved.moves.get(left_at=None)
    assert len(move.skipped) == 2
    assert move.reason == "Old friend"


def test_a_stage_asks_for_what_it_needs(deal, alice, now, stages):
    made = deal(amount=None, currency="")
    with pytest.raises(errors.FieldsMissing) as refused:
        move_opportunity(opportunity=made, to=stages["negotiation"], by=alice, now=now, reason="x")
    assert refused.value.numbers["fields"] == ["customer", "amount", "expected_on"]
    assert Opportunity.objects.get(pk=made.pk).stage == stages["first_contact"]


def test_back_and_reopened_want_a_reason_and_the_furthest_stage_stays(deal, alice, now, stages):
    made = deal(customer=make_customer(alice))
    move_opportunity(opportunity=made, to=stages["proposal"], by=alice, now=now + HOUR, reason="x")
    with pytest.raises(errors.ReasonMissing):
        move_opportunity(opportunity=made, to=stages["needs"], by=alice, now=now + 2 * HOUR)
    back = move_opportunity(opportunity=made, to=stages["needs"], by=alice, now=now + 2 * HOUR, reason="New buyer")
    assert (back.stage, back.reached) == (stages["needs"], stages["proposal"])
    lost = lose_opportunity(opportunity=back, reason=LostReason.objects.get(key="price"), by=alice, now=now + 3 * HOUR)
    assert (lost.outcome, lost.closed_on, lost.reached) == ("lost", date(2026, 11, 26), stages["proposal"])
    again = reopen_opportunity(opportunity=lost, to=stages["needs"], reason="They called", by=alice, now=now + 4 * HOUR)
    assert (again.outcome, again.closed_on, again.lost_reason) == ("open", None, None)
    assert [move.kind for move in again.moves.all()] == ["created", "forward", "back", "lost", "reopened"]
    assert again.moves.filter(left_at=None).count() == 1


def test_losing_to_a_competitor_names_it(deal, alice, now):
    reason = LostReason.objects.get(key="competitor")
    with pytest.raises(errors.WinnerMissing):
        lose_opportunity(opportunity=deal(), reason=reason, by=alice, now=now)
    assert lose_opportunity(opportunity=deal(), reason=reason, lost_to="INGCO", by=alice, now=now).lost_to == "INGCO"


def test_winning_makes_the_customer_a_won_one_at_the_rate_of_the_day(deal, alice, now):
    customer = make_customer(alice)
    made = deal(customer=customer, opened_on=date(2026, 1, 2), expected_on=date(2026, 12, 1))
    won = win_opportunity(opportunity=made, by=alice, now=now, closed_on=date(2026, 11, 1), reason="Fast")
    customer.refresh_from_db()
    assert (won.outcome, won.closed_on, won.amount_base) == ("won", date(2026, 11, 1), Decimal(7000))
    assert (customer.status.key, customer.open_opportunities) == ("won", 0)
    with pytest.raises(errors.OpportunityIsClosed):
        win_opportunity(opportunity=made, by=alice, now=now)


@pytest.mark.parametrize(
    ("day", "error"), [(date(2027, 1, 1), errors.DateInTheFuture), (date(2020, 1, 1), errors.DateBeforeBegin)]
)
def test_a_deal_ends_neither_ahead_nor_before_it_began(deal, alice, now, day, error):
    made = deal(customer=make_customer(alice), expected_on=date(2026, 12, 1))
    with pytest.raises(error):
        win_opportunity(opportunity=made, by=alice, now=now, closed_on=day, reason="x")


def test_who_saw_it_elsewhere_is_told(deal, alice, now, stages):
    made = deal()
    seen = made.stage_id
    move_opportunity(opportunity=made, to=stages["needs"], by=alice, now=now, reason="x", expected=seen)
    with pytest.raises(errors.MovedMeanwhile):
        move_opportunity(opportunity=made, to=stages["needs"], by=alice, now=now, reason="x", expected=seen)
    assert Move.objects.filter(opportunity=made).count() == 2


def test_the_owner_of_a_deal_sees_its_customer(deal, alice, bob, dana, now):
    customer = make_customer(alice)
    made = deal(customer=customer)
    assign_opportunity(opportunity=made, to=bob, by=dana, now=now)
    assert Collaborator.objects.filter(customer=customer, user=bob).exists()
    with pytest.raises(NotAllowed):
        assign_opportunity(opportunity=made, to=alice, by=bob, now=now)


def test_lines_with_prices_make_the_amount(deal, alice, now):
    made = deal(customer=make_customer(alice))
    lines = [
        LineData("Padlock 60 mm", Decimal(300), "pcs", Decimal("2.9")),
        LineData("Hinge", Decimal(7), "", Decimal(1)),
    ]
    changed = update_opportunity(opportunity=made, changes={}, lines=lines, by=alice, now=now)
    assert (changed.amount, changed.amount_base, changed.product) == (877, 6139, "Padlock 60 mm, Hinge")
    lines[1].price = None
    changed = update_opportunity(opportunity=made, changes={"amount": Decimal(900)}, lines=lines, by=alice, now=now)
    assert changed.amount == 900


def test_an_archived_deal_is_out_of_sight(deal, alice, dana, now):
    made = deal(customer=make_customer(alice))
    with pytest.raises(NotAllowed):
        archive_opportunity(opportunity=made, reason="x", by=alice, now=now)
    archive_opportunity(opportunity=made, reason="Entered twice", by=dana, now=now)
    assert not Opportunity.objects.visible_to(alice).exists()
    assert Opportunity.objects.archived_for(dana).exists()
    assert Customer.objects.get(pk=made.customer_id).open_opportunities == 0
