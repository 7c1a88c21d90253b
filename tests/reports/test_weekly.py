"""Does the weekly summary tell each what they may know, and the numbers that the lists behind it have?"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.mails import read_by
from followups.models import Task
from opportunities.inputs import OpportunityData
from opportunities.services import create_opportunity, update_opportunity, win_opportunity
from reports.weekly import summary_of
from tests.factories import make_customer, say
from tests.test_canary import strangers_of
from tests.world import MARK

from .reading import words

pytestmark = pytest.mark.django_db
# The seven days before Thursday 26 November.
DAY = date(2026, 11, 26)
WITHIN = datetime(2026, 11, 24, 2, tzinfo=UTC)
BEFORE = datetime(2026, 11, 18, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def told(user, now, day=DAY) -> dict[str, list[str]]:
    with read_by(user):
        return {section.title: [line.text for line in section.lines] for section in summary_of(user, day, now).sections}


def links(user, now) -> list[str]:
    with read_by(user):
        sections = summary_of(user, DAY, now).sections
    return [url for one in sections for url in (one.url, *(line.url for line in one.lines)) if url]


@pytest.fixture
def deal(rates):
    def make(owner, at=WITHIN, title="Padlocks"):
        data = OpportunityData(
            title=title, customer=make_customer(owner, at=at), amount=Decimal(100), currency="USD",
            expected_on=date(2026, 11, 28),
        )  # fmt: skip
        return create_opportunity(data=data, by=owner, now=at)

    return make


def task(owner, due_at, title="Call", customer=None) -> Task:
    return Task.objects.create(
        title=title, assignee=owner, customer=customer, due_at=due_at, created_at=BEFORE, updated_at=BEFORE
    )


def test_a_salesperson_reads_the_own_week(alice, bob, deal, target, now):
    target(alice, "2026-11", 2000)
    win_opportunity(opportunity=deal(alice), by=alice, now=WITHIN, reason="so")
    win_opportunity(opportunity=deal(alice, BEFORE), by=alice, now=BEFORE, reason="so")
    win_opportunity(opportunity=deal(bob), by=bob, now=WITHIN, reason="so")
    update_opportunity(
        opportunity=deal(alice, BEFORE), changes={"expected_on": date(2026, 11, 30)}, by=alice, now=WITHIN
    )
    customer = make_customer(alice, "Kunde AG")
    say(customer, alice, WITHIN)
    say(customer, alice, WITHIN + HOUR, "in")
    say(customer, alice, BEFORE + HOUR)
    say(make_customer(bob), bob, WITHIN)
    task(alice, now - HOUR, "Send the offer", customer)
    task(alice, now + 30 * HOUR, "Ring them up")
    task(alice, now + timedelta(days=9), "Too far")
    task(bob, now - HOUR, "Not hers")
    found = told(alice, now)
    assert found["What changed, 19 Nov to 25 Nov"] == [
        "Won: 1 · ¥700",
        "New deals: 1 · ¥700",
        "Close date later: 1 · ¥700",
    ]
    assert found["Communications"] == ["Touches: 1 · replies: 1"]
    assert found["My month"][0] == "November 2026: won ¥1,400 of ¥2,000 (70 %)".replace(" %", "\N{NO-BREAK SPACE}%")
    assert found["My month"][1] == "Still to be expected: ¥70"
    assert found["Overdue tasks"] == ["26 Nov · Send the offer · Kunde AG"]
    assert found["Due within 7 days"] == ["27 Nov · Ring them up"]


def test_on_the_first_days_of_a_month_the_one_before_is_told_too(alice, deal, target):
    second = datetime(2026, 12, 2, 1, tzinfo=UTC)
    for period in ("2026-11", "2026-12"):
        target(alice, period, 2000)
    win_opportunity(opportunity=deal(alice), by=alice, now=WITHIN, reason="so")
    lines = told(alice, second, date(2026, 12, 2))["My month"]
    assert [line.partition(":")[0] for line in lines] == ["November 2026", "December 2026"]
    lines = told(alice, second + timedelta(days=6), date(2026, 12, 8))["My month"]
    assert [line.partition(":")[0] for line in lines] == ["December 2026"]


def test_a_manager_reads_the_teams_week_by_person(alice, bob, charlie, dana, team, deal, target, now):
    target(team, "2026-11", 4000)
    for one in (alice, bob, charlie):
        target(one, "2026-11", 1000)
    win_opportunity(opportunity=deal(alice), by=alice, now=WITHIN, reason="so")
    win_opportunity(opportunity=deal(alice), by=alice, now=WITHIN, reason="so")
    win_opportunity(opportunity=deal(charlie), by=charlie, now=WITHIN, reason="so")
    for owner, number in ((alice, 1), (bob, 2), (charlie, 4)):
        for _time in range(number):
            task(owner, now - HOUR)
            make_customer(owner)
    found = told(dana, now)
    per_cent = "\N{NO-BREAK SPACE}%"
    assert found["Targets, November 2026"] == [
        f"Europe: ¥1,400 of ¥4,000 (35{per_cent})",
        "Behind the time (day 26 of 30):",
        f"Bob: ¥0 of ¥1,000 (0{per_cent})",
    ]
    assert found["What changed, 19 Nov to 25 Nov"] == ["Won: 2 · ¥1,400", "New deals: 2 · ¥1,400"]
    assert found["Overdue tasks: 3"] == ["Bob: 2", "Alice: 1"]
    assert found["Customers without a next step: 5"] == ["Alice: 3", "Bob: 2"]
    assert "Charlie" not in str(found)


@pytest.mark.parametrize("person", ["charlie", "bob", "alice", "dana", "root"])
def test_nobodys_mail_names_a_strangers(person, world, now):
    for one in world.cast.values():
        task(one, now - HOUR, f"{MARK}-{one.username}-task")
        task(one, now + HOUR, f"{MARK}-{one.username}-task")
    found = str(told(world.cast[person], now))
    assert set(re.findall(rf"{MARK}-([a-z]+)-", found)) & strangers_of(person) == set()
    colleagues = {"alice": "Alice", "bob": "Bob", "charlie": "Charlie"}
    strangers = [name for username, name in colleagues.items() if username in strangers_of(person)]
    assert [name for name in strangers if name in found] == []


def test_every_link_lists_what_was_counted(alice, bob, charlie, dana, root, team, deal, target, now, signed_in):
    for owner, number in ((alice, 1), (bob, 2), (charlie, 4)):
        target(owner, "2026-11", 1000)
        for _time in range(number):
            win_opportunity(opportunity=deal(owner), by=owner, now=WITHIN, reason="so")
            task(owner, now - HOUR)
            say(make_customer(owner), owner, WITHIN)
    Task.objects.create(title="Who?", team=team, due_at=now - HOUR, created_at=BEFORE, updated_at=BEFORE)
    target(team, "2026-11", 9000)
    with time_machine.travel(now, tick=False):
        for user, wanted in ((alice, 5), (dana, 9), (root, 11)):
            client = signed_in(user)
            assert len(links(user, now)) >= wanted
            with read_by(user):
                sections = summary_of(user, DAY, now).sections
            for one in [*sections, *(line for section in sections for line in section.lines)]:
                if not one.url:
                    continue
                page = client.get(one.url)
                assert page.status_code == 200, one.url
                title = one.title if hasattr(one, "title") else one.text
                if number := re.search(r": (\d+)$", title):
                    assert len(page.context["page"].rows) == int(number[1]), (user, title, one.url)


def test_the_page_says_the_same_and_when_the_mail_comes(alice, root, signed_in, now, statements):
    with time_machine.travel(now, tick=False):
        client = signed_in(alice)
        assert "Nothing to tell of this week" in words(client.get("/weekly/").content)
        for number in range(12):
            task(alice, now - HOUR, f"Call {number}")
        few = statements(lambda: client.get("/weekly/"))
        shown = words(client.get("/weekly/").content)
        assert shown.count("Call ") == 6
        assert "and 6 more" in shown
        assert "The next one: " in shown
        for number in range(12):
            task(alice, now - HOUR, f"Ring {number}")
            make_customer(alice)
        assert statements(lambda: client.get("/weekly/")) == few
        assert "You chose to get none." in words(signed_in(root).get("/weekly/").content)
