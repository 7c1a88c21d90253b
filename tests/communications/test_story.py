"""Does the customer's story say what a successor must know, from facts, to whoever may see the customer?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Departure, HandedOver
from communications.inputs import CommunicationData
from communications.services import log_communication
from communications.views.story import stories_of, story_of
from customers.models import Customer
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


def test_the_stories_of_many_are_those_of_each(alice, now, statements):
    customers = [make_customer(alice, f"Firm {number}") for number in range(3)]
    for number, customer in enumerate(customers):
        person = make_contact(customer, f"Person {number}", email=f"p{number}@acme.de")
        for one in range(14 + number):
            tell(customer, alice, now, subject=f"{number}.{one}", agreement="A", contacts=[person], ago=one + 1)
            task = TaskData(
                title=f"{number}.{one}", customer=customer, assignee=alice, due_at=now + timedelta(days=one)
            )
            create_task(data=task, by=alice, now=now)
    together = stories_of(customers, alice, now)
    assert [len(one["said"]) for one in together] == [12, 12, 12]
    assert [len(one["tasks"]) for one in together] == [14, 15, 15]
    assert together == [story_of(customer, alice, now) for customer in customers]
    assert statements(lambda: stories_of(customers, alice, now)) == statements(
        lambda: story_of(customers[0], alice, now)
    )


def test_twenty_hand_over_sheets_ask_what_two_ask(alice, bob, root, now, signed_in, statements):
    client = signed_in(root)
    costs = set()
    for number in (2, 18):
        for one in range(number):
            customer = make_customer(alice, f"Firm {number} {one}")
            person = make_contact(customer, "Anna", email=f"p{one}-{number}@acme.de")
            tell(customer, alice, now, agreement="A", feedback="B", contacts=[person])
    for size in (2, 20):
        departure = Departure.objects.create(
            person=alice, planned_by=root, planned_at=now, state="done", done_at=now, done_by=root
        )
        ids = Customer.objects.order_by("pk").values_list("pk", flat=True)[:size]
        HandedOver.objects.bulk_create(
            HandedOver(departure=departure, kind="customers", object_id=pk, unit=f"customers.customer:{pk}", to=bob)
            for pk in ids
        )
        address = reverse("communications:handover_sheets", args=[departure.pk])
        assert len(client.get(address).context["stories"]) == size
        costs.add(statements(lambda: client.get(address)))  # noqa: B023
    assert costs == {17}
