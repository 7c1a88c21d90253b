"""What follows from what was said: facts, status, steps that close and open again, and the original that stays?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps

from communications import services
from communications.facts import refresh_contacts_made
from communications.inputs import CommunicationData
from communications.models import Communication
from communications.services import errors
from core.exceptions import NotAllowed
from customers.facts import CONTACT_FACTS
from customers.models import Customer, Event, Status, StatusChange
from customers.services import change_status
from followups.inputs import TaskData
from followups.models import Task
from followups.services import create_task
from tests.factories import make_contact, make_customer, say

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def customer(alice):
    return make_customer(alice)


def facts(customer: Customer) -> dict:
    return Customer.objects.filter(pk=customer.pk).values(*CONTACT_FACTS).get()


def step(customer, alice, at, closes_on="touch", **data) -> Task:
    fields = {"title": "First touch", "customer": customer, "assignee": alice, "closes_on": closes_on} | data
    return create_task(data=TaskData(**fields), by=alice, now=at)


def state(task: Task) -> str:
    task.refresh_from_db()
    return task.state


def test_the_facts_are_those_of_all_that_was_said_whatever_the_order(customer, alice, now):
    say(customer, alice, now - 5 * HOUR, "out", now=now)
    say(customer, alice, now - 2 * HOUR, "in", now=now)
    say(customer, alice, now - 9 * HOUR, "both", now=now)
    say(customer, alice, now - HOUR, "in", now=now, is_automatic=True)
    written = facts(customer)
    assert written == {
        "last_followed_at": now - 2 * HOUR,
        "last_outbound_at": now - 5 * HOUR,
        "last_inbound_at": now - 2 * HOUR,
        "touches": 2,
        "replies": 2,
        "idle_since": now - 2 * HOUR,
    }
    Customer.objects.update(last_followed_at=None, last_outbound_at=None, touches=7, replies=0, idle_since=None)
    refresh_contacts_made([customer.pk])
    assert facts(customer) == written


def test_what_is_taken_back_counts_no_more_and_its_undo_counts_again(customer, alice, now):
    said = say(customer, alice, now - HOUR, now=now)
    before = facts(customer)
    services.delete_communication(said=said, by=alice, now=now)
    assert facts(customer)["last_followed_at"] is None
    assert facts(customer)["touches"] == 0
    assert facts(customer)["idle_since"] == customer.owned_since
    assert not Communication.objects.visible_to(alice).exists()
    services.restore_communication(said=said, by=alice, now=now)
    assert facts(customer) == before


def test_the_first_outbound_makes_a_potential_customer_a_contacted_one(customer, alice, now):
    say(customer, alice, now - HOUR, "in", now=now)
    assert customer.status_changes.first().after.key == "potential"
    say(customer, alice, now, "out")
    change = StatusChange.objects.filter(customer=customer).first()
    assert (change.after.key, change.rule, change.by) == ("contacted", "first_outbound", alice)


def test_a_word_brings_a_lost_customer_back_but_not_one_from_before(customer, alice, now):
    lost = Status.objects.get(key="lost")
    change_status(customer=customer, status=lost, by=alice, now=now, lost_reason="price")
    say(customer, alice, now - HOUR, now=now)
    customer.refresh_from_db()
    assert customer.status.key == "lost"
    say(customer, alice, now + HOUR, "in")
    customer.refresh_from_db()
    assert customer.status.key == "contacted"


@pytest.mark.parametrize(
    ("closes_on", "direction", "closed"),
    [
        ("touch", "out", True),
        ("touch", "both", True),
        ("touch", "in", False),
        ("answer", "in", True),
        ("", "out", False),
    ],
)
def test_a_contact_closes_the_steps_that_wait_for_it(customer, alice, now, closes_on, direction, closed):
    task = step(customer, alice, now, closes_on)
    said = say(customer, alice, now + HOUR, direction)
    assert state(task) == ("done" if closed else "not_started")
    assert task.closed_by_id == (said.pk if closed else None)


def test_a_contact_from_before_the_step_closes_nothing(customer, alice, now):
    task = step(customer, alice, now)
    say(customer, alice, now - HOUR, now=now + HOUR)
    assert state(task) == "not_started"


def test_an_automatic_answer_closes_nothing(customer, alice, now):
    task = step(customer, alice, now, "answer")
    say(customer, alice, now + HOUR, "in", is_automatic=True)
    assert state(task) == "not_started"


def test_taking_back_the_contact_opens_the_step_again_unless_another_one_closes_it(customer, alice, now):
    task = step(customer, alice, now)
    first = say(customer, alice, now + HOUR)
    second = say(customer, alice, now + 2 * HOUR)
    services.delete_communication(said=first, by=alice, now=now + 3 * HOUR)
    assert (state(task), task.closed_by_id) == ("done", second.pk)
    services.delete_communication(said=second, by=alice, now=now + 3 * HOUR)
    assert state(task) == "not_started"
    services.restore_communication(said=second, by=alice, now=now + 3 * HOUR)
    assert state(task) == "done"


def test_a_correction_keeps_the_original_and_judges_anew(customer, alice, now):
    task = step(customer, alice, now)
    said = say(customer, alice, now + HOUR, "out", body="They take 500 pieces")
    right = CommunicationData("phone", "in", now + HOUR, body="They take 50 pieces")
    services.correct_communication(said=said, data=right, by=alice, now=now + 2 * HOUR)
    kept = apps.get_model("communications", "CommunicationHistory").objects.filter(id=said.pk)
    assert "They take 500 pieces" in set(kept.values_list("body", flat=True))
    assert state(task) == "not_started"
    assert (facts(customer)["touches"], facts(customer)["replies"]) == (0, 1)


def test_a_corrected_time_moves_its_line(customer, alice, now):
    said = say(customer, alice, now)
    services.correct_communication(
        said=said, data=CommunicationData("phone", "out", now - 3 * HOUR), by=alice, now=now + HOUR
    )
    said.refresh_from_db()
    assert Event.objects.get(pk=said.event_id).at == now - 3 * HOUR
    assert Event.objects.filter(kind="communication.logged", target_id=said.pk).count() == 2


def test_to_dos_become_tasks_with_it(customer, alice, now):
    tasks = [TaskData("Send samples", assignee=alice), TaskData("Call again", assignee=alice, due_at=now + HOUR)]
    say(customer, alice, now, tasks=tasks)
    assert sorted(Task.objects.filter(customer=customer).values_list("title", flat=True)) == [
        "Call again",
        "Send samples",
    ]


@pytest.mark.parametrize("ahead", [timedelta(minutes=6), timedelta(days=400)])
def test_what_has_not_happened_is_refused(customer, alice, now, ahead):
    with pytest.raises(errors.InTheFuture):
        say(customer, alice, now + ahead, now=now)


def test_the_same_mail_stands_once(customer, alice, now):
    say(customer, alice, now, external_key="<1@x>")
    with pytest.raises(errors.ImportedAlready):
        say(customer, alice, now, external_key="<1@x>")


def test_anothers_contact_and_a_strangers_hand_are_refused(customer, alice, charlie, now):
    stranger = make_contact(make_customer(alice))
    with pytest.raises(errors.StrangeContact):
        say(customer, alice, now, contacts=[stranger])
    with pytest.raises(NotAllowed):
        say(customer, charlie, now)
