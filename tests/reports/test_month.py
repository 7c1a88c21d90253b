"""Does one's own month stand right on Today, and only one's own?"""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.zones import business_day
from opportunities.inputs import OpportunityData
from opportunities.services import create_opportunity, win_opportunity
from reports.month import months_of, still_expected
from tests.factories import make_customer, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(rates):
    def make(owner, at, amount, expected_on):
        data = OpportunityData(
            title="Padlocks", customer=make_customer(owner), amount=Decimal(amount), currency="USD",
            expected_on=expected_on, opened_on=date(2026, 9, 1),
        )  # fmt: skip
        return create_opportunity(data=data, by=owner, now=at)

    return make


def test_a_month_adds_up_what_was_won_said_and_is_expected(alice, bob, deal, target, now):
    target(alice, "2026-11", 10_000)
    for owner, amount in ((alice, 500), (bob, 9999)):
        won = deal(owner, now, amount, date(2026, 11, 20))
        win_opportunity(opportunity=won, by=owner, now=now, closed_on=date(2026, 11, 20), reason="so")
    earlier = deal(alice, now, 100, date(2026, 10, 2))
    win_opportunity(opportunity=earlier, by=alice, now=now, closed_on=date(2026, 10, 2), reason="so")
    deal(alice, now, 1000, date(2026, 11, 30))
    deal(alice, now, 1000, date(2026, 12, 1))
    customer = make_customer(alice)
    for day, direction in ((3, "out"), (4, "in"), (5, "both")):
        say(customer, alice, datetime(2026, 11, day, 3, tzinfo=UTC), direction, now=now)
    # The last evening of October in UTC is the first morning of November in Shanghai.
    say(customer, alice, datetime(2026, 10, 31, 16, 30, tzinfo=UTC), "out", now=now)
    say(customer, alice, datetime(2026, 10, 31, 15, 30, tzinfo=UTC), "out", now=now)
    november, october = months_of(alice, now, 2)
    assert (november.won.number, november.goal.target, november.share) == (3500, 10_000, Decimal("0.35"))
    assert (november.said, november.touches, november.replies) == (4, 3, 2)
    assert (october.won.number, october.goal, october.touches) == (700, None, 1)
    ahead = still_expected(alice, now)
    assert (ahead.n, ahead.base, ahead.weighted) == (1, 7000, 700)  # the first stage: 10 %


def strip(client) -> str:
    page = client.get("/today/").content.decode()
    return page[page.index('class="strip"') : page.index('<div class="columns">')]


def test_today_has_the_strip_and_the_page_six_months(signed_in, alice, bob, target, sold):
    today = business_day(timezone.now())
    target(alice, f"{today:%Y-%m}", 4321)
    target(bob, f"{today:%Y-%m}", 98765)
    client = signed_in(alice)
    assert "4,321" in strip(client)
    whole = client.get("/month/")
    assert whole.content.decode().partition('id="how"')[0].count('scope="row"') == 6
    assert "98,765" not in whole.content.decode()


def test_the_strip_asks_few_statements(signed_in, alice, statements, sold, now):
    client = signed_in(alice)
    say(make_customer(alice), alice, timezone.now() - timedelta(days=1), now=timezone.now())
    client.get("/today/")
    few = statements(lambda: client.get("/today/"))
    for number in range(10):
        say(make_customer(alice), alice, timezone.now() - timedelta(minutes=number + 1), now=timezone.now())
    assert statements(lambda: client.get("/today/")) == few <= 22


def test_what_was_said_opens_as_many_rows_as_it_says(signed_in, alice):
    """Found by hand: the list took no notice of the month in the link."""
    now = timezone.now()
    customer = make_customer(alice, at=now - timedelta(days=90))
    for days, topic in ((0, "Of this month"), (70, "Of another month")):
        say(customer, alice, now - timedelta(days=days, minutes=1), subject=topic, now=now)
    client = signed_in(alice)
    page = html.unescape(client.get("/month/").content.decode())
    (url,) = set(re.findall('href="(/communications/[?][^"]+)"', page))
    rows = client.get(url).content.decode()
    assert "Of this month" in rows
    assert "Of another month" not in rows
