"""Does each kind of line on Today say why it is urgent, at the price it had?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from core.zones import business_day
from customers.models import Customer, CustomerRequest
from customers.services import transfer_customer
from followups.inputs import TaskData
from followups.services import create_task
from opportunities.inputs import OpportunityData
from opportunities.models import Opportunity, Stage
from opportunities.services import create_opportunity
from tests.factories import make_customer, make_lead, say, today_lines

pytestmark = pytest.mark.django_db


def reasons(kind: str, user, now) -> list[list[tuple[int, str]]]:
    return [[(one.number, one.words) for one in line.why] for line in today_lines(kind, user, now)]


def test_a_task_tells_delay_priority_and_customer(alice, now):
    customer = make_customer(alice)
    Customer.objects.filter(pk=customer.pk).update(grade="A", open_opportunities=2)
    data = TaskData(title="Call", customer=customer, assignee=alice, priority=3, due_at=now - timedelta(days=3))
    create_task(data=data, by=alice, now=now - timedelta(days=4))
    expected = [(51, "3 days overdue"), (10, "priority: High"), (20, "Grade A"), (10, "2 open deals")]
    assert reasons("overdue", alice, now) == [expected]


def test_who_waits_and_who_was_never_spoken_with(alice, now):
    say(make_customer(alice), alice, now - timedelta(days=2), "in", now=now)
    make_customer(alice, at=now - timedelta(days=9))
    make_lead(alice, at=now - timedelta(days=3))
    assert reasons("replies_waiting", alice, now) == [[(40, "wrote 2 days ago and waits")]]
    assert reasons("never_contacted", alice, now) == [[(25, "nobody has talked to them yet")]]
    assert reasons("new_leads", alice, now) == [[(50, "asked, and nobody has begun")]]


def test_a_deal_tells_its_day_stage_and_size(alice, now):
    for number, amount in enumerate((100, 200, 900)):
        customer = make_customer(alice)
        data = OpportunityData(title=f"Deal {number}", customer=customer, amount=Decimal(amount), currency="CNY")
        deal = create_opportunity(data=data, by=alice, now=now)
    stage = Stage.objects.filter(pipeline=deal.pipeline, probability=70).get()
    Opportunity.objects.filter(pk=deal.pk).update(stage=stage, expected_on=date(2026, 11, 20))
    assert reasons("past_close", alice, now) == [
        [
            (41, "6 days past its close date"),
            (15, f"{stage.name}, 70 %"),
            (10, "bigger than the middle of your open deals"),
        ]
    ]


def test_today_asks_the_same_whatever_stands_in_it(alice, dana, signed_in, statements):
    """Where somebody stands in it one statement comes to it: who they are."""
    client = signed_in(alice)
    client.get("/today/")
    assert statements(lambda: client.get("/today/")) == 17
    now = timezone.now()
    for place in range(12):
        make_customer(alice, at=now - timedelta(days=20))
        told = make_customer(alice, at=now - timedelta(days=20))
        say(told, alice, now - timedelta(days=2), "in", now=now)
        make_lead(alice, at=now - timedelta(days=1))
        for hours in (-30, 1):
            data = TaskData(title=f"Call {place}", customer=told, assignee=alice, due_at=now + timedelta(hours=hours))
            create_task(data=data, by=alice, now=now - timedelta(days=3))
        data = OpportunityData(title=f"Deal {place}", customer=told, amount=Decimal(place), currency="CNY")
        deal = create_opportunity(data=data, by=alice, now=now)
        Opportunity.objects.filter(pk=deal.pk).update(expected_on=business_day(now) - timedelta(days=place))
    assert statements(lambda: client.get("/today/")) == 18
    assert statements(lambda: client.get("/today/?order=kind")) == 18
    assert len(client.get("/today/").content) < 60_000


def test_whoever_has_no_name_is_told_by_the_name_they_sign_in_with(alice, dana, statements, now):
    User.objects.filter(pk=dana.pk).update(name="")
    dana.refresh_from_db()
    given, asked = make_customer(dana, at=now - timedelta(days=3)), make_customer(alice, at=now - timedelta(days=3))
    transfer_customer(customer=given, to=alice, by=dana, now=now - timedelta(days=1), reason="area")
    (line,) = today_lines("given_to_me", alice, now)
    assert line.text.startswith("transferred by dana")
    CustomerRequest.objects.create(kind="join", customer=asked, by=dana, at=now)
    (request,) = today_lines("requests", alice, now)
    assert request.text.startswith("dana: ")
    assert statements(lambda: today_lines("requests", alice, now)) == 1
