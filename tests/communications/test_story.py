"""Does the customer's story say what a successor must know, from facts, to whoever may see the customer?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from communications.inputs import CommunicationData
from communications.services import log_communication
from followups.inputs import TaskData
from followups.services import create_task
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db


def tell(customer, by, now, **said):
    data = CommunicationData("phone", "out", now - timedelta(hours=said.pop("ago", 1)), **said)
    return log_communication(customer=customer, data=data, by=by, now=now)


def test_the_story_of_a_customer(alice, now, signed_in):
    customer = make_customer(alice, "Acme GmbH")
    make_contact(customer, "Anna Müller", email="anna@acme.de")
    tell(customer, alice, now, subject="First call", agreement="Sample by Friday", feedback="Too dear", ago=5)
    tell(customer, alice, now, body="On Mon, Li wrote:\nnot a mail", ago=2)
    task = TaskData(title="Send the sample", customer=customer, assignee=alice, due_at=now + timedelta(days=2))
    create_task(data=task, by=alice, now=now)
    page = signed_in(alice).get(reverse("communications:story", args=[customer.pk])).content.decode()
    for words in ("Anna Müller", "anna@acme.de", "First call", "Sample by Friday", "Too dear", "Send the sample"):
        assert words in page
    assert page.index("not a mail") < page.index("First call")


def test_it_is_for_whoever_sees_the_customer(alice, bob, dana, now, signed_in):
    address = reverse("communications:story", args=[make_customer(alice).pk])
    assert [signed_in(one).get(address).status_code for one in (bob, dana)] == [404, 200]


def test_its_cost_does_not_grow(alice, now, signed_in, statements):
    page = signed_in(alice)
    costs = set()
    for number in (1, 20):
        customer = make_customer(alice, f"Firm {number}")
        for one in range(number):
            person = make_contact(customer, f"Person {one}", email=f"p{one}-{number}@acme.de")
            tell(customer, alice, now, agreement="A", feedback="B", contacts=[person], ago=one + 1)
        address = reverse("communications:story", args=[customer.pk])
        page.get(address)
        costs.add(statements(lambda: page.get(address)))  # noqa: B023
    assert len(costs) == 1
