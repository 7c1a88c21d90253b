"""Is the next best step told with its reasons, put off with a reason, and back when the facts change?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from communications.habits import usual_hour, usual_hours
from core.registries import Day
from customers.models import Customer, KeyDate, PutOff
from customers.next_steps import MOST_SHOWN, Steps, steps_of, with_habits
from customers.services import add_collaborator, transfer_customer
from followups.inputs import TaskData
from followups.services import create_task
from opportunities.inputs import OpportunityData
from opportunities.models import Opportunity
from opportunities.services import create_opportunity
from publicpool.models import ReclaimRule
from tests.factories import make_customer, make_lead, say

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def about(customer: Customer) -> str:
    return f"customer-{customer.pk}"


def told(steps: Steps, *, put_off: bool = False) -> dict[str, str]:
    return {one.line.title: one.words for one in (steps.put_off if put_off else steps.open)}


@pytest.fixture
def idle(now) -> ReclaimRule:
    """Whoever was not spoken with for 30 days goes."""
    rule = ReclaimRule.objects.filter(kind="idle").first()
    assert rule is not None
    ReclaimRule.objects.update(is_active=False)
    ReclaimRule.objects.filter(pk=rule.pk).update(days=30, is_active=True, is_for_all=True)
    return rule


def test_the_reasons_of_all_apps_stand_together(alice, idle, now):
    """The example of the issue: about to go, usually writes at two, nothing planned."""
    customer = make_customer(alice, "Nordlicht GmbH", at=now - 60 * DAY)
    for days in (40, 37, 35):  # 12:10 UTC was 14:10 in Berlin, whose summer time ended since
        at = (now - days * DAY).replace(hour=12, minute=10)
        say(customer, alice, at, "in", now=now)
    say(customer, alice, now - 28 * DAY, "out", now=now)
    (step,) = with_habits(steps_of(Day(alice, now)).shown, now)
    assert step.line.title == "Nordlicht GmbH"
    assert step.words == "goes to the pool in 3 days · usually writes around 14:00 there · nothing is planned"
    assert (step.line.act_label, step.line.act_url) == ("Log", f"/customers/{customer.pk}/log/")


def test_sources_are_weighed_against_each_other_and_five_are_shown(alice, bob, now):
    waits = make_customer(alice, "Waits")
    say(waits, alice, now - 4 * DAY, "in", now=now)
    renews = make_customer(alice, "Renews")
    say(renews, alice, now - DAY, now=now)
    KeyDate.objects.create(customer=renews, kind="renewal", on=date(2026, 11, 29), source="by_hand")
    deal = create_opportunity(
        data=OpportunityData(title="Padlocks", customer=make_customer(alice, "Closes"), currency="CNY"),
        by=alice,
        now=now,
    )
    Opportunity.objects.filter(pk=deal.pk).update(expected_on=date(2026, 11, 16))
    make_lead(alice, "Asks", at=now - 3 * DAY)
    for number in range(3):
        make_customer(alice, f"Never {number}", at=now - (number + 1) * DAY)
    make_customer(bob, "Somebody else's", at=now - DAY)
    steps = steps_of(Day(alice, now))
    words = told(steps)
    assert list(words)[:4] == ["Closes", "Waits", "Asks", "Renews"]
    assert words["Closes"] == "Padlocks: 10 days past its close · nobody has talked to them yet · nothing is planned"
    assert words["Waits"] == "wrote 4 days ago and waits · nothing is planned"
    assert words["Asks"] == "asked, and nobody has begun"
    assert words["Renews"].startswith("Renewal or reorder: 29 Nov · ")
    assert len(steps.shown) == MOST_SHOWN < len(steps.open)
    assert "Somebody else's" not in words


def test_a_deal_that_closes_is_a_step_at_a_customer_that_nothing_else_speaks_of(alice, bob, now):
    """Its customer was read only where another kind named it too."""
    planned, shared = make_customer(alice, "Planned", at=now - 9 * DAY), make_customer(bob, "Shared", at=now - 9 * DAY)
    add_collaborator(customer=shared, user=alice, role="collaborator", by=bob, now=now)
    for customer in (planned, shared):
        say(customer, customer.owner, now - DAY, now=now)
        data = OpportunityData(title="Padlocks", customer=customer, currency="CNY")
        deal = create_opportunity(data=data, by=alice, now=now)
        Opportunity.objects.filter(pk=deal.pk).update(expected_on=date(2026, 11, 28))
    call = TaskData(title="Call", customer=planned, assignee=alice, due_at=now + 7 * DAY)
    create_task(data=call, by=alice, now=now)
    words = told(steps_of(Day(alice, now)))
    assert words["Planned"].startswith("Padlocks: closes 28 Nov · planned: Call")
    assert words["Shared"].startswith("Padlocks: closes 28 Nov · ")


def test_what_is_planned_is_said_and_what_is_planned_by_tomorrow_is_left_out(alice, now):
    for name, days in (("Tomorrow", 1), ("Next week", 7)):
        customer = make_customer(alice, name)
        say(customer, alice, now - 4 * DAY, "in", now=now)
        create_task(
            data=TaskData(title="Call", customer=customer, assignee=alice, due_at=now + days * DAY), by=alice, now=now
        )
    assert told(steps_of(Day(alice, now))) == {"Next week": "wrote 4 days ago and waits · planned: Call, 3 Dec"}


def test_the_usual_hour_is_one_around_the_clock():
    assert usual_hour([14, 14]) is None
    assert usual_hour([13, 14, 14, 20]) == 14
    assert usual_hour([23, 0, 1]) == 0  # the mean of the numbers would be 8
    assert usual_hour([9, 9, 15, 15]) == 9


def test_only_what_they_wrote_themselves_lately_counts_for_the_hour(alice, now):
    customer = make_customer(alice, at=now - 400 * DAY)
    at = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
    for days in (0, 1):
        say(customer, alice, at - days * DAY, "in", now=now)
    for direction in ("out", "both"):
        say(customer, alice, at - 2 * DAY, direction, now=now)
    say(customer, alice, now - 181 * DAY, "in", now=now)
    assert usual_hours([customer], now) == {}
    say(customer, alice, at - 3 * DAY, "in", now=now)
    assert usual_hours([customer], now) == {customer.pk: 10}


# --- not now ------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(alice):
    """A customer of Alice's who wrote two days ago."""
    customer = make_customer(alice, "Waits Ltd", at=timezone.now() - 9 * DAY)
    say(customer, alice, timezone.now() - 2 * DAY, "in", now=timezone.now())
    return customer


def put_off(client, customer, **data):
    return client.post(f"/customers/steps/{about(customer)}/not-now/", {"reason": "later", "days": "3"} | data)


def strip(client) -> str:
    """The part of Today above its queue."""
    page = client.get("/today/").content.decode()
    return page[page.index("<h2>Next best steps") : page.index('<div class="columns">')]


def test_put_off_with_a_reason_undone_and_shown_again(signed_in, alice, waiting):
    client = signed_in(alice)
    assert "Waits Ltd" in strip(client)
    assert "Waits Ltd" in client.get(f"/customers/steps/{about(waiting)}/not-now/").content.decode()
    assert put_off(client, waiting).url == "/today/"
    row = PutOff.objects.get()
    assert (row.user, row.reason, len(row.facts)) == (alice, "later", 1)
    toast = client.get("/today/").content.decode()
    assert "Waits Ltd is put off." in toast
    assert f'action="/customers/steps/{row.pk}/again/"' in toast
    assert "Waits Ltd" not in strip(client)
    assert "1 put off" in strip(client)
    page = client.get("/customers/steps/").content.decode()
    assert "Not the right time" in page
    assert "Show again" in page
    assert client.post(f"/customers/steps/{row.pk}/again/").url == "/today/"
    assert "Waits Ltd" in strip(client)
    assert client.post(f"/customers/steps/{row.pk}/again/").status_code == 404


def test_put_off_twice_is_one_row_with_the_later_reason(signed_in, alice, waiting):
    client = signed_in(alice)
    put_off(client, waiting)
    put_off(client, waiting, reason="other", note="They close for a week", days="14")
    row = PutOff.objects.get()
    assert (row.reason, row.note) == ("other", "They close for a week")


def test_something_else_asks_for_words(signed_in, alice, waiting):
    answer = put_off(signed_in(alice), waiting, reason="other")
    assert answer.status_code == 422
    assert "Say why." in answer.content.decode()
    assert not PutOff.objects.exists()


def test_it_comes_back_on_its_day_or_when_the_facts_change(signed_in, alice, waiting):
    now = timezone.now()
    client = signed_in(alice)
    put_off(client, waiting)
    assert told(steps_of(Day(alice, now + 2 * DAY))) == {}
    assert "Waits Ltd" in told(steps_of(Day(alice, now + 3 * DAY)))
    put_off(client, waiting, days="")
    assert told(steps_of(Day(alice, now + 20 * DAY))) == {}
    say(waiting, alice, timezone.now(), "in", now=timezone.now())
    assert "Waits Ltd" in told(steps_of(Day(alice, timezone.now())))


def test_fewer_facts_are_no_news(alice, waiting, signed_in):
    """What was put off for two reasons stays so when one of them is gone."""
    day = timezone.localdate() + 2 * DAY
    date_ = KeyDate.objects.create(customer=waiting, kind="renewal", on=day, source="by_hand")
    put_off(signed_in(alice), waiting, days="")
    assert len(PutOff.objects.get().facts) == 2
    date_.delete()
    assert told(steps_of(Day(alice, timezone.now()))) == {}
    assert "Waits Ltd" in told(steps_of(Day(alice, timezone.now())), put_off=True)


def test_nobody_else_sees_or_moves_it(signed_in, alice, bob, dana, root, charlie, waiting):
    put_off(signed_in(alice), waiting)
    row = PutOff.objects.get()
    for other in (bob, dana, root, charlie):
        client = signed_in(other)
        assert "Waits Ltd" not in strip(client)
        assert "put off" not in strip(client)
        assert put_off(client, waiting).status_code == 404
        assert client.post(f"/customers/steps/{row.pk}/again/").status_code == 404
    assert PutOff.objects.get() == row


def test_what_went_to_somebody_else_is_no_step_any_more(signed_in, alice, dana, bob, waiting):
    transfer_customer(customer=waiting, to=bob, by=dana, now=timezone.now(), reason="area")
    client = signed_in(alice)
    assert "Waits Ltd" not in strip(client)
    assert put_off(client, waiting).status_code == 404


def test_the_strip_asks_the_same_whatever_there_is_to_do(signed_in, alice, idle, statements):
    client = signed_in(alice)
    now = timezone.now()

    def more(number: int) -> None:
        for _place in range(number):
            customer = make_customer(alice, at=now - 60 * DAY)
            say(customer, alice, now - 29 * DAY, "in", now=now)
            say(customer, alice, now - 2 * DAY, "in", now=now)
            late = make_customer(alice, at=now - 28 * DAY)
            make_lead(alice, at=now - 3 * DAY)
            deal = create_opportunity(data=OpportunityData(title="Deal", customer=late), by=alice, now=now)
            Opportunity.objects.filter(pk=deal.pk).update(expected_on=timezone.localdate())

    more(1)
    client.get("/customers/steps/")
    few = statements(lambda: client.get("/customers/steps/"))
    more(11)
    assert statements(lambda: client.get("/customers/steps/")) == few <= 14


def test_today_says_when_there_is_nothing(signed_in, alice):
    client = signed_in(alice)
    assert "No step stands out" in strip(client)
    assert "No step stands out" in client.get("/customers/steps/").content.decode()
