"""Does the board show each stage with its sums, page its columns, and move a card only as the rules allow?"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.models import ExchangeRate
from core.zones import business_day
from customers.services import put_in_group
from opportunities import rollup
from opportunities.models import Checkpoint, Move, Opportunity
from opportunities.services import move_opportunity, pass_checkpoint
from tests.customers.statements import statements
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def columns(signed_in, alice):
    """The columns that a reader's board has, by the key of their stage."""

    def ask(query: str = "", user=alice) -> dict:
        answer = signed_in(user).get(f"/opportunities/board/{query}")
        assert answer.status_code == 200
        return {column.stage.key: column for column in answer.context["columns"]}

    return ask


@pytest.fixture
def ready(stages):
    """Without checkpoints every move forward is free."""
    Checkpoint.objects.update(is_active=False)
    return stages


@pytest.mark.parametrize("rows", [1, 40])
def test_the_number_of_statements_does_not_grow_with_the_cards(deal, alice, signed_in, rows, ready, now):
    for number in range(rows):
        one = deal(title=f"Deal {number}", customer=make_customer(alice, f"Firma {number} GmbH"))
        if number % 2:
            move_opportunity(opportunity=one, to=ready["needs"], by=alice, now=now)
    assert statements(signed_in(alice), "/opportunities/board/") == 13


def test_a_column_says_how_many_and_how_much_at_todays_rates(deal, columns, alice, ready, now):
    deal(title="a")
    deal(title="b", amount=Decimal(100), currency="EUR")
    deal(title="c", amount=Decimal(5), currency="AED")
    deal(title="d", amount=None, currency="")
    moved = deal(title="e")
    move_opportunity(opportunity=moved, to=ready["needs"], by=alice, now=now)
    found = columns()
    first = found["first_contact"]
    assert (first.count, first.base, first.weighted, first.missing) == (4, Decimal(7800), Decimal(780), ["AED"])
    assert (found["needs"].count, found["needs"].base, found["needs"].weighted) == (1, Decimal(7000), Decimal(1750))
    assert found["proposal"].count == 0
    ExchangeRate.objects.filter(currency="USD").update(rate=Decimal(8))
    assert columns()["needs"].base == 8000


def test_sums_from_the_cells_are_those_that_are_counted(deal, columns, alice, bob, root, ready, now):
    """Where nothing narrows the board its sums come from the funnel's cells; a filter that all pass counts them."""
    for place in range(6):
        made = deal(
            by=(alice, bob)[place % 2],
            title=f"Pump {place}",
            amount=[None, Decimal(place * 10)][place % 3 > 0],
            currency=["", "USD", "EUR"][place % 3],
        )
        if place > 3:
            move_opportunity(opportunity=made, to=ready["needs"], by=root, now=now)
    Opportunity.objects.filter(title="Pump 1").update(owner=None)
    rollup.recompute()
    for user, view in ((alice, "whose=mine&outcome=open"), (root, "outcome=open")):
        read, counted = columns(f"?m=1&{view}", user), columns(f"?m=1&{view}&q=Pump", user)
        shown = [{key: (one.count, one.base) for key, one in found.items()} for found in (read, counted)]
        assert shown[0] == shown[1]
        assert sum(one.count for one in read.values()) == (3 if user == alice else 6)


def test_a_card_tells_what_matters(deal, columns, alice, bob, stages):
    now = timezone.now()
    customer, sister = make_customer(alice, "Hafenlicht GmbH"), make_customer(bob, "Bergwerk AG", country="AT")
    group = put_in_group(customer=customer, name="Hafen", role="", by=alice, now=now)
    sister.group = group
    sister.save(update_fields=["group"])
    deal(title="theirs", customer=sister, by=bob)
    one = deal(
        title="mine", customer=customer, at=now - timedelta(days=20), expected_on=business_day(now) - timedelta(days=3)
    )
    done = Checkpoint.objects.filter(stage=stages["first_contact"]).first()
    pass_checkpoint(opportunity=one, checkpoint=done, is_done=True, by=alice, now=now)
    (card,) = columns()["first_contact"].cards
    assert card.dashes == [True, False]
    assert card.stalls
    assert card.late_days == 3
    assert card.base == 7000
    assert card.elsewhere["country"] == "AT"
    Checkpoint.objects.update(is_active=False)
    move_opportunity(opportunity=one, to=stages["needs"], by=alice, now=now)
    move_opportunity(opportunity=one, to=stages["first_contact"], by=alice, now=now, reason="too early")
    (card,) = columns()["first_contact"].cards
    assert card.back_at is not None
    assert not card.stalls


def test_the_rest_of_a_column_comes_on_demand_each_once(deal, alice, signed_in, stages, now):
    made = {deal(title=f"{number}", at=now - timedelta(minutes=number)).pk for number in range(31)}
    client = signed_in(alice)
    column = client.get("/opportunities/board/").context["columns"][0]
    assert (column.count, len(column.cards), column.left) == (31, 8, 20)
    seen = [card.pk for card in column.cards]
    for left in (3, 0):
        answer = client.get(column.more_url)
        column = answer.context["column"]
        assert answer.context["left"] == left
        seen += [card.pk for card in column.cards]
    assert column.more_url == ""
    assert len(seen) == 31
    assert set(seen) == made
    assert client.get(f"/opportunities/board/{stages['needs'].pk}/?after=nonsense").status_code == 404
    assert client.get(f"/opportunities/board/{stages['won'].pk}/?after=2026-01-01T00:00%2B00:00,1").status_code == 404


def test_filters_and_views_are_those_of_the_list(deal, columns, alice, bob, dana, now):
    french = make_customer(alice, country="FR")
    deal(title="mine", customer=french)
    deal(title="other")
    deal(title="bobs", by=bob)
    assert columns()["first_contact"].count == 2
    assert columns("?m=1&country=FR")["first_contact"].count == 1
    assert columns("", dana)["first_contact"].count == 3
    assert columns(f"?m=1&owner={bob.pk}", dana)["first_contact"].count == 1
    # A list of won ones has nothing to show here: the board shows what is open.
    assert columns("?m=1&outcome=won&country=FR")["first_contact"].count == 1


# --- dropped ------------------------------------------------------------------------------------------------------


def dropped(client, one, stage, **more):
    data = {"to": stage.pk, "seen": one.stage_id, "query": ""} | more
    return client.post(f"/opportunities/{one.pk}/drop/", data, headers={"HX-Request": "true"})


def test_a_drop_moves_and_answers_with_card_and_heads(deal, alice, signed_in, ready):
    one = deal(customer=make_customer(alice))
    answer = dropped(signed_in(alice), one, ready["needs"])
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="card-{one.pk}"' in page
    assert f'id="head-{ready["needs"].pk}"' in page
    one.refresh_from_db()
    assert one.stage == ready["needs"]


def test_a_drop_that_needs_an_answer_changes_nothing_and_asks(deal, alice, signed_in, stages):
    one = deal()
    assert dropped(signed_in(alice), one, stages["needs"]).status_code == 422
    one.refresh_from_db()
    assert one.stage == stages["first_contact"]
    assert not Move.objects.filter(opportunity=one, kind=Move.Kind.FORWARD).exists()


def test_who_comes_second_is_told(deal, alice, bob, dana, signed_in, ready, now):
    one = deal()
    seen = one.stage_id
    move_opportunity(opportunity=one, to=ready["needs"], by=alice, now=now)
    answer = dropped(signed_in(dana), one, ready["proposal"], seen=seen)
    assert answer.status_code == 409
    assert "moved this opportunity meanwhile" in answer.headers["HX-Trigger"]
    one.refresh_from_db()
    assert one.stage == ready["needs"]


def test_strangers_drop_nothing_and_nonsense_is_not_found(deal, alice, charlie, signed_in, ready):
    one = deal()
    assert dropped(signed_in(charlie), one, ready["needs"]).status_code == 404
    client = signed_in(alice)
    assert dropped(client, one, ready["needs"], to="x").status_code == 404
    assert dropped(client, one, ready["needs"], seen="x").status_code == 404
    assert client.get(f"/opportunities/{one.pk}/drop/").status_code == 405
    one.refresh_from_db()
    assert one.stage == ready["first_contact"]
