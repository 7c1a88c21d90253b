"""Is what happened to deals told once for each kind, in the right days, and only to who sees the deals?"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from core.models import ExchangeRate
from opportunities.figures.changes import changes
from opportunities.inputs import OpportunityData
from opportunities.models import LostReason, Opportunity, Stage
from opportunities.services import (
    create_opportunity,
    lose_opportunity,
    move_opportunity,
    reopen_opportunity,
    update_opportunity,
    win_opportunity,
)
from reports.views.changes import days_of
from tests.factories import make_customer

from .reading import words

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
EARLIER = datetime(2026, 11, 10, 2, tzinfo=UTC)


@pytest.fixture
def deal(alice, rates):
    def make(owner=alice, at=EARLIER, title="Padlocks"):
        data = OpportunityData(
            title=title, customer=make_customer(owner), amount=Decimal(100), currency="USD",
            expected_on=date(2026, 12, 1),
        )  # fmt: skip
        return create_opportunity(data=data, by=owner, now=at)

    return make


def counts(user, now, owners=None) -> dict[str, int]:
    found = changes(user, owners, now - timedelta(days=3), now + HOUR, today=now.date())
    return {kind: found.number(kind) for kind in sorted({one.kind for one in found.rows})}


def test_each_kind_counts_its_deals_once(alice, bob, root, dana, deal, now):
    stages = {stage.key: stage for stage in Stage.objects.all()}
    one, other, third, fourth = deal(), deal(), deal(bob), deal(at=now)
    for to in ("proposal", "needs", "negotiation"):
        move_opportunity(opportunity=one, to=stages[to], by=alice, now=now, reason="so")
    win_opportunity(opportunity=other, by=alice, now=now, reason="so")
    lose_opportunity(opportunity=third, reason=LostReason.objects.first(), by=bob, now=now, words="so", lost_to="Bosch")
    reopen_opportunity(opportunity=third, to=stages["needs"], reason="so", by=bob, now=now + HOUR / 2)
    for day in (date(2026, 12, 20), date(2027, 1, 5), date(2026, 11, 30)):
        update_opportunity(opportunity=fourth, changes={"expected_on": day}, by=alice, now=now)
    update_opportunity(opportunity=fourth, changes={"title": "Chains"}, by=alice, now=now)
    assert counts(alice, now) == {"back": 1, "created": 1, "forward": 1, "pulled_in": 1, "slipped": 1, "won": 1}
    assert counts(bob, now) == {"lost": 1, "reopened": 1}
    assert counts(dana, now) == counts(alice, now) | counts(bob, now)
    assert counts(dana, now, [bob.pk]) == counts(bob, now)
    assert counts(root, now + timedelta(days=9)) == {}
    found = changes(alice, None, now - HOUR, now + HOUR, today=now.date())
    assert found.amount("won") == 700
    assert [(row.before, row.after) for row in found.of("slipped")] == [
        (date(2026, 12, 20), date(2027, 1, 5)),
        (date(2026, 12, 1), date(2026, 12, 20)),
    ]


def test_what_nobody_holds_stands_apart_and_deals_under_way_are_worth_their_sum(root, alice, deal, now):
    """Three deals of 0.33 dollars at 7 yuan are 6.93, not three times 2.31; at a rate of 7.005 they would differ."""
    ExchangeRate.objects.create(currency="USD", against="CNY", on="2026-11-25", rate=Decimal("7.005"), source="entered")
    for _number in range(3):
        one = deal(at=now)
        Opportunity.objects.filter(pk=one.pk).update(amount=Decimal("0.33"))
    found = changes(root, None, now - HOUR, now + HOUR, today=now.date())
    assert (found.number("created"), found.amount("created")) == (3, Decimal("6.93"))
    Opportunity.objects.filter(pk=one.pk).update(owner=None)
    found = changes(root, None, now - HOUR, now + HOUR, today=now.date())
    assert (found.number("created"), found.amount("created")) == (2, Decimal("4.62"))


def test_weeks_begin_on_monday_in_business_time():
    thursday = date(2026, 11, 26)
    assert days_of("week", thursday) == (date(2026, 11, 23), date(2026, 11, 27))
    assert days_of("before", thursday) == (date(2026, 11, 16), date(2026, 11, 23))
    assert days_of("week", date(2026, 11, 23)) == (date(2026, 11, 23), date(2026, 11, 24))
    assert days_of("30", thursday) == (date(2026, 10, 28), date(2026, 11, 27))


def test_a_manager_reads_it_and_opens_all_of_a_kind(signed_in, alice, charlie, dana, deal, now, statements):
    with time_machine.travel(now, tick=False):
        for number in range(7):
            win_opportunity(opportunity=deal(title=f"Number {number}"), by=alice, now=now - HOUR, reason="so")
        win_opportunity(opportunity=deal(charlie, title="Strange"), by=charlie, now=now - HOUR, reason="so")
        client = signed_in(dana)
        few = statements(lambda: client.get("/changes/"))
        shown = words(client.get("/changes/").content)
        assert re.search(r"Won 7 ¥4,900", shown)
        assert shown.count("Number ") == 5
        assert "Strange" not in shown
        assert words(client.get("/changes/?kind=won").content).count("Number ") == 7
        assert "Nothing changed in these days" in words(client.get("/changes/?period=before").content)
        assert client.get(f"/changes/?scope=p{charlie.pk}").status_code == 404
        for number in range(20):
            win_opportunity(opportunity=deal(title=f"More {number}"), by=alice, now=now - HOUR, reason="so")
        assert statements(lambda: client.get("/changes/")) == few <= 12


def test_days_of_ones_own(signed_in, alice, deal, now):
    asked = {"from": "2026-11-19", "to": "2026-11-25"}
    today = date(2026, 11, 26)
    assert days_of("week", today, asked) == (date(2026, 11, 19), today)
    for wrong in ({"from": "2026-11-25", "to": "2026-11-19"}, {"from": "x", "to": "2026-11-19"}, {"to": "2026-11-19"}):
        assert days_of("week", today, wrong) == days_of("week", today)
    with time_machine.travel(now, tick=False):
        client = signed_in(alice)
        deal(at=datetime(2026, 11, 20, 2, tzinfo=UTC))
        page = client.get("/changes/?from=2026-11-19&to=2026-11-25").content
        assert re.search(r"New deals 1 ", words(page))
        assert b"from=2026-11-19&amp;to=2026-11-25" in page
        assert "Nothing changed" in words(client.get("/changes/?from=2026-11-21&to=2026-11-25").content)
