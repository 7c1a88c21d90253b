"""Are one's own figures right, is what is few only told, and does nobody see another's?"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import timezone

from core.zones import business_day
from customers.services import transfer_customer
from followups.inputs import TaskData
from followups.models import Task
from followups.services import create_task
from opportunities.inputs import OpportunityData
from opportunities.models import Opportunity
from opportunities.services import create_opportunity
from reports.efficiency import FEW, Asked, Measured, measured, middle, people_beside
from tests.factories import make_customer, make_user, say

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def own(user, now) -> dict[str, Measured]:
    return {key: of.get(user.pk, Measured(None, 0)) for key, of in measured(Asked(user, {user.pk}, now)).items()}


def test_replies_are_counted_by_who_wrote_them_down(alice, dana, now):
    customer = make_customer(alice)
    for days, direction in ((1, "out"), (2, "in"), (3, "both"), (4, "out")):
        say(customer, alice, now - days * DAY, direction, now=now)
    say(customer, dana, now - DAY, "in", now=now)
    say(customer, alice, datetime(2026, 8, 28, 15, 59, tzinfo=UTC), "out", now=now)  # 23:59 in Shanghai, day 91
    assert own(alice, now)["replies"] == Measured(Fraction(2, 3), 3, 2)


def test_tasks_are_on_time_late_overdue_missed_or_not_counted(alice, now):
    def task(due: timedelta, **fields):
        made = create_task(data=TaskData(title="Call", assignee=alice, due_at=now + due), by=alice, now=now - 30 * DAY)
        Task.objects.filter(pk=made.pk).update(**fields)

    task(-2 * DAY, state="done", ended_at=now - 3 * DAY)
    task(-2 * DAY, state="done", ended_at=now - DAY)
    task(-2 * DAY)
    task(-2 * DAY, state="missed", ended_at=now)
    task(-2 * DAY, state="cancelled", ended_at=now)
    task(2 * DAY)
    found = own(alice, now)
    assert found["on_time"] == Measured(Fraction(1, 4), 4, 1)
    assert found["overdue"] == Measured(Fraction(1, 4), 4, 1)
    assert found["steps"] == Measured(None, 0, 0)


def test_the_win_rate_is_of_deals_that_ended_within_the_days(alice, now):
    for outcome, day in (("won", "2026-11-01"), ("lost", "2026-10-01"), ("lost", "2026-08-29"), ("won", "2026-08-28")):
        deal = create_opportunity(
            data=OpportunityData(title="Deal", customer=make_customer(alice), amount=Decimal(1), currency="CNY"),
            by=alice,
            now=now,
        )
        stage = deal.pipeline.stages.get(kind=outcome)
        Opportunity.objects.filter(pk=deal.pk).update(outcome=outcome, closed_on=day, stage=stage)
    assert own(alice, now)["won"] == Measured(Fraction(1, 3), 3, 1)


def test_the_first_touch_counts_from_taking_and_the_untouched_as_the_longest(alice, bob, dana, now):
    def given(days: int, touched: timedelta | None) -> None:
        customer = make_customer(bob, at=now - 60 * DAY)
        at = now - days * DAY
        transfer_customer(customer=customer, to=alice, by=dana, now=at, reason="area")
        say(customer, alice, at + timedelta(hours=1), "in", now=now)  # they wrote: that is no touch of hers
        if touched:
            say(customer, alice, at + touched, "out", now=now)

    given(20, timedelta(hours=12))
    given(20, 2 * DAY)
    assert own(alice, now)["first_touch"] == Measured(Fraction(1, 2), 2)
    given(20, None)
    assert own(alice, now)["first_touch"] == Measured(Fraction(2), 3)
    given(2, None)  # may still be touched in time
    assert own(alice, now)["first_touch"].cases == 3
    given(20, None)
    given(20, None)
    assert own(alice, now)["first_touch"] == Measured(None, 5)


def test_a_middle_is_of_three_people_with_enough_cases():
    def of(*shares: tuple[int, int]):
        return {place: Measured.share(part, cases) for place, (part, cases) in enumerate(shares)}

    assert middle(of((1, 10), (5, 10), (9, 10))) == Fraction(1, 2)
    assert middle(of((1, 10), (5, 10), (9, FEW - 1))) is None
    assert middle(of((1, 10), (5, 10), (6, 10), (9, 10))) == Fraction(1, 2)


def test_only_managers_are_told_a_middle_and_only_of_their_people(signed_in, alice, bob, charlie, dana, root, team):
    assert people_beside(alice) == []
    assert set(people_beside(dana)) == {alice.pk, bob.pk, dana.pk}
    assert set(people_beside(root)) == {alice.pk, bob.pk, charlie.pk, dana.pk, root.pk}
    for person in (alice, dana):
        page = signed_in(person).get("/month/").content.decode()
        assert ("Middle of your people" in page) is (person == dana)


def test_few_cases_are_grey_and_compared_with_nothing(signed_in, dana, team):
    now = timezone.now()
    for number in range(3):
        user = make_user(f"seller{number}", team=team)
        customer = make_customer(user, at=now - 30 * DAY)
        for hours in range(FEW):
            say(customer, user, now - (hours + 1) * DAY, "both" if hours < 4 else "out", now=now)
    client = signed_in(dana)

    def replies() -> str:
        page = client.get("/month/").content.decode()
        return page[page.index("Replies for a touch</summary>") :].partition("</tr>")[0]

    held = make_customer(dana, at=now - 30 * DAY)
    for hours in range(FEW - 1):
        say(held, dana, now - timedelta(hours=hours + 1), "out", now=now)
    assert f"few: {FEW - 1}" in replies()
    assert "40" not in replies().partition("Middle")[2]
    say(held, dana, now - timedelta(hours=20), "in", now=now)
    say(held, dana, now - timedelta(hours=21), "out", now=now)
    assert "few" not in replies()
    assert "10\xa0%" in replies()
    assert "40\xa0%" in replies().partition("Middle")[2]


def test_the_page_asks_the_same_however_much_was_done(signed_in, dana, alice, statements):
    client = signed_in(dana)
    client.get("/month/")
    few = statements(lambda: client.get("/month/"))
    now = timezone.now()
    for number in range(12):
        customer = make_customer(alice, at=now - 30 * DAY)
        say(customer, alice, now - (number + 1) * DAY, now=now)
        data = TaskData(title="Call", customer=customer, assignee=alice, due_at=now - DAY)
        create_task(data=data, by=alice, now=now - 2 * DAY)
    assert statements(lambda: client.get("/month/")) == few <= 24


def test_a_number_opens_as_many_rows_as_it_says(signed_in, alice):
    now, client = timezone.now(), signed_in(alice)
    for outcome in ("won", "lost", "lost"):
        deal = create_opportunity(
            data=OpportunityData(title=f"Ended {outcome}", customer=make_customer(alice, at=now - DAY)),
            by=alice,
            now=now,
        )
        stage = deal.pipeline.stages.get(kind=outcome)
        Opportunity.objects.filter(pk=deal.pk).update(outcome=outcome, closed_on=business_day(now), stage=stage)
    for days in (2, 95):
        data = TaskData(title=f"Late by {days}", assignee=alice, due_at=now - days * DAY)
        create_task(data=data, by=alice, now=now - 100 * DAY)
    page = html.unescape(client.get("/month/").content.decode().partition('id="how"')[2])

    def rows(path: str) -> list[str]:
        url = next(url for url in re.findall('href="([^"]+)"', page) if url.startswith(path))
        return re.findall("Ended won|Ended lost|Late by \\d+", client.get(url).content.decode())

    assert re.sub(r"<[^>]+>", "", page).count("1 of 3") == 1
    assert set(rows(f"/opportunities/?owner={alice.pk}&outcome=won&m")) == {"Ended won"}
    assert set(rows(f"/opportunities/?owner={alice.pk}&outcome=won&outcome=lost")) == {"Ended won", "Ended lost"}
    assert set(rows("/tasks/")) == {"Late by 2"}
