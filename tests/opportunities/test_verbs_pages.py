"""Do the dialogs ask for what a move needs, keep what was typed, and refuse who may not?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from opportunities.models import Checkpoint, LostReason, Move, Opportunity
from opportunities.services import archive_opportunity, lose_opportunity, move_opportunity
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


def go(client, one, to, **data):
    return client.post(f"/opportunities/{one.pk}/move/", {"go": "1", "to": to.pk, "seen": one.stage_id} | data)


def test_first_the_stage_is_asked_for(deal, alice, signed_in, stages):
    one, client = deal(), signed_in(alice)
    page = client.get(f"/opportunities/{one.pk}/move/").content.decode()
    assert "Negotiation" in page
    assert f'value="{stages["first_contact"].pk}"' not in page
    assert client.post(f"/opportunities/{one.pk}/move/", {}).status_code == 422
    page = client.post(f"/opportunities/{one.pk}/move/", {"to": stages["needs"].pk}).content.decode()
    assert "The right person is known" in page
    one.refresh_from_db()
    assert one.stage == stages["first_contact"]


def test_forward_wants_ticks_or_a_reason(deal, alice, signed_in, stages):
    one, client = deal(), signed_in(alice)
    points = list(Checkpoint.objects.filter(stage=stages["first_contact"]))
    answer = go(client, one, stages["needs"], passed=[points[0].pk])
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'value="{points[0].pk}" checked' in page
    assert "Tick what is done" in page
    answer = go(client, one, stages["needs"], passed=[points[0].pk], reason="They are in a hurry")
    assert answer.status_code == 302
    one.refresh_from_db()
    assert one.stage == stages["needs"]
    move = one.moves.get(left_at=None)
    assert (move.kind, move.reason, move.skipped) == (Move.Kind.FORWARD, "They are in a hurry", [points[1].pk])
    assert [row.checkpoint for row in one.passed.all()] == [points[0]]


def test_what_the_stage_asks_for_is_answered_in_the_dialog(deal, alice, signed_in, stages):
    customer = make_customer(alice)
    one, client = deal(amount=None, currency=""), signed_in(alice)
    said = {"reason": "known for years"}
    answer = go(client, one, stages["negotiation"], **said)
    assert answer.status_code == 422
    assert {"customer", "amount", "currency", "expected_on"} <= set(answer.context["form"].errors)
    said |= {"customer": customer.pk, "amount": "12.5", "currency": "EUR", "expected_on": "2026-12-24"}
    assert go(client, one, stages["negotiation"], **said).status_code == 302
    one.refresh_from_db()
    assert (one.stage, one.customer, one.amount) == (stages["negotiation"], customer, Decimal("12.5"))
    assert (one.currency, one.expected_on, one.amount_base) == ("EUR", date(2026, 12, 24), Decimal(100))


def test_a_refused_move_keeps_nothing_of_what_was_answered(deal, alice, charlie, signed_in, stages):
    strange = make_customer(charlie)
    one, client = deal(amount=None, currency=""), signed_in(alice)
    said = {"reason": "x", "customer": strange.pk, "amount": "5", "currency": "EUR", "expected_on": "2026-12-24"}
    assert go(client, one, stages["negotiation"], **said).status_code == 422
    said["customer"] = make_customer(alice).pk
    Opportunity.objects.filter(pk=one.pk).update(stage=stages["needs"])
    assert go(client, one, stages["negotiation"], **said).status_code == 409
    one.refresh_from_db()
    assert (one.amount, one.customer) == (None, None)


def test_back_wants_a_reason(deal, alice, signed_in, stages, now):
    one, client = deal(), signed_in(alice)
    one = move_opportunity(opportunity=one, to=stages["needs"], by=alice, now=now, reason="known")
    assert go(client, one, stages["first_contact"]).status_code == 422
    assert go(client, one, stages["first_contact"], reason="wrong person").status_code == 302
    one.refresh_from_db()
    assert one.stage == stages["first_contact"]
    page = client.get(one.get_absolute_url()).content.decode()
    assert "wrong person" in page


def test_won_asks_the_day_and_offers_the_order(deal, alice, signed_in):
    one = deal(customer=make_customer(alice), expected_on=date(2026, 12, 1), at=timezone.now())
    client = signed_in(alice)
    page = client.get(f"/opportunities/{one.pk}/win/").content.decode()
    assert 'name="closed_on"' in page
    data = {"go": "1", "seen": one.stage_id, "reason": "signed at the fair", "closed_on": "2999-01-01"}
    assert client.post(f"/opportunities/{one.pk}/win/", data).status_code in (409, 422)
    data["closed_on"] = str(one.opened_on)
    answer = client.post(f"/opportunities/{one.pk}/win/", data)
    assert answer.status_code == 200
    assert "is won" in answer.content.decode()
    one.refresh_from_db()
    assert (one.outcome, one.closed_on) == ("won", one.opened_on)


def test_lost_asks_why_and_who_got_it(deal, alice, signed_in):
    one, client = deal(at=timezone.now()), signed_in(alice)
    reasons = {row.key: row.pk for row in LostReason.objects.all()}
    data = {"go": "1", "seen": one.stage_id, "closed_on": str(one.opened_on)}
    assert client.post(f"/opportunities/{one.pk}/lose/", data).status_code == 422
    data["lost_reason"] = reasons["competitor"]
    answer = client.post(f"/opportunities/{one.pk}/lose/", data)
    assert "lost_to" in answer.context["form"].errors
    data["lost_to"] = "Master Lock"
    assert client.post(f"/opportunities/{one.pk}/lose/", data).status_code == 302
    one.refresh_from_db()
    assert (one.outcome, one.lost_reason_id, one.lost_to) == ("lost", reasons["competitor"], "Master Lock")
    # What ended is neither moved nor ended again, but taken up again with a reason.
    assert client.get(f"/opportunities/{one.pk}/move/").status_code == 403
    page = client.get(f"/opportunities/{one.pk}/reopen/").content.decode()
    assert "First contact" in page
    data = {"stage": one.moves.get(left_at=None).before_id, "seen": one.stage_id}
    assert client.post(f"/opportunities/{one.pk}/reopen/", data).status_code == 422
    assert client.post(f"/opportunities/{one.pk}/reopen/", data | {"reason": "they are back"}).status_code == 302
    one.refresh_from_db()
    assert (one.outcome, one.lost_reason, one.closed_on) == ("open", None, None)


def test_open_tasks_are_named_and_stay(deal, alice, signed_in):
    one, client = deal(), signed_in(alice)
    Opportunity.objects.filter(pk=one.pk).update(next_task_title="Send the sample")
    assert "Its open tasks stay" in client.get(f"/opportunities/{one.pk}/lose/").content.decode()


def test_two_at_once_the_later_is_told(deal, alice, bob, dana, signed_in, stages, now):
    one = deal()
    reason = LostReason.objects.get(key="price")
    data = {"go": "1", "seen": one.stage_id, "closed_on": str(one.opened_on), "lost_reason": reason.pk}
    move_opportunity(opportunity=one, to=stages["needs"], by=alice, now=now, reason="known")
    answer = signed_in(dana).post(f"/opportunities/{one.pk}/lose/", data)
    assert answer.status_code == 409
    assert "meanwhile" in answer.content.decode()
    one.refresh_from_db()
    assert one.outcome == "open"


def test_a_tick_is_one_click_and_is_taken_away_by_another(deal, alice, charlie, signed_in, stages):
    one, client = deal(), signed_in(alice)
    point = Checkpoint.objects.filter(stage=stages["first_contact"]).first()
    path = f"/opportunities/{one.pk}/checkpoints/{point.pk}/"
    assert signed_in(charlie).post(path, {"is_done": "1"}).status_code == 404
    client.post(path, {"is_done": "1"})
    client.post(path, {"is_done": "1"})
    assert one.passed.count() == 1
    assert 'aria-checked="true"' in client.get(one.get_absolute_url()).content.decode()
    client.post(path)
    assert one.passed.count() == 0
    assert client.post(f"/opportunities/{one.pk}/checkpoints/999999/").status_code == 404


def test_given_away_shared_archived_and_brought_back(deal, alice, bob, charlie, dana, signed_in, now):
    one = deal()
    boss = signed_in(dana)
    assert signed_in(alice).get(f"/opportunities/{one.pk}/assign/").status_code == 403
    assert boss.post(f"/opportunities/{one.pk}/assign/", {"to": charlie.pk}).status_code == 422
    assert boss.post(f"/opportunities/{one.pk}/assign/", {"to": bob.pk}).status_code == 302
    one.refresh_from_db()
    assert one.owner == bob
    path = f"/opportunities/{one.pk}/share/"
    assert signed_in(alice).get(path).status_code == 404
    assert signed_in(bob).post(path, {"users": [alice.pk]}).status_code == 302
    assert signed_in(alice).get(one.get_absolute_url()).status_code == 200
    assert signed_in(alice).get(path).status_code == 403
    assert signed_in(bob).get(f"/opportunities/{one.pk}/archive/").status_code == 403
    assert boss.post(f"/opportunities/{one.pk}/archive/", {"reason": ""}).status_code == 422
    assert boss.post(f"/opportunities/{one.pk}/archive/", {"reason": "entered twice"}).status_code == 302
    assert signed_in(bob).get(one.get_absolute_url()).status_code == 404
    assert "entered twice" in boss.get(one.get_absolute_url()).content.decode()
    assert signed_in(bob).post(f"/opportunities/{one.pk}/restore/").status_code == 404
    assert boss.post(f"/opportunities/{one.pk}/restore/").status_code == 302
    assert signed_in(bob).get(one.get_absolute_url()).status_code == 200
    assert boss.post(f"/opportunities/{one.pk}/restore/").status_code == 403


def test_what_lies_in_the_archive_is_not_changed(deal, alice, dana, signed_in, now, stages):
    one = deal()
    lost = deal()
    lose_opportunity(opportunity=lost, reason=LostReason.objects.get(key="price"), by=alice, now=now)
    for two in (one, lost):
        archive_opportunity(opportunity=two, reason="twice", by=dana, now=now)
    for path in ("move", "edit", "win", "lose", "share", "reopen"):
        assert signed_in(dana).get(f"/opportunities/{one.pk}/{path}/").status_code == 404
