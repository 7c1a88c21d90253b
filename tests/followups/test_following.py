"""Do open tasks go with their customer?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from customers import ledger
from customers.services import archive_customer, transfer_customer
from followups.inputs import PlanData, TaskData
from followups.models import Plan, Task
from followups.services import create_plan, create_task
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


def test_open_tasks_and_plans_of_the_former_holder_go_to_the_new_one(alice, bob, dana, now):
    customer = make_customer(alice)
    hers = create_task(data=TaskData("Call", customer=customer, assignee=alice), by=alice, now=now)
    danas = create_task(data=TaskData("Look", customer=customer, assignee=dana), by=dana, now=now)
    plan = PlanData("Win them", now.date(), now.date() + timedelta(days=9))
    create_plan(customer=customer, data=plan, by=alice, now=now)
    transfer_customer(customer=customer, to=bob, by=dana, now=now, reason="")
    ledger.deliver_due(now)
    assert Task.objects.get(pk=hers.pk).assignee == bob
    assert Task.objects.get(pk=danas.pk).assignee == dana
    assert Plan.objects.get().owner == bob


def test_nothing_is_left_to_do_for_a_customer_that_is_gone(alice, dana, now):
    customer = make_customer(alice)
    create_task(data=TaskData("Call", customer=customer, assignee=alice, due_at=now), by=alice, now=now)
    archive_customer(customer=customer, by=dana, now=now, reason="closed down")
    ledger.deliver_due(now)
    assert Task.objects.get().state == Task.State.CANCELLED
    customer.refresh_from_db()
    assert (customer.next_task_at, customer.next_task_title) == (None, "")
