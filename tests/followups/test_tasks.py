"""What becomes of a task, and what does the customer's row say of it?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import Notification
from core.exceptions import NotAllowed
from customers.models import Event
from followups import services
from followups.inputs import TaskData
from followups.models import Postponement, Task
from followups.services import errors
from tests.factories import make_customer, make_user

pytestmark = pytest.mark.django_db


def make_task(by, now, **data) -> Task:
    fields = {"title": "Send the price list", "assignee": by} | data
    return services.create_task(data=TaskData(**fields), by=by, now=now)


def step_of(customer) -> tuple:
    customer.refresh_from_db()
    return customer.next_task_at, customer.next_task_title


def test_a_task_of_a_day_is_due_at_the_midnight_that_ends_it_where_its_assignee_is(alice, now):
    alice.time_zone = "Europe/Berlin"
    alice.save()
    task = make_task(alice, now, due_on=date(2026, 10, 25))  # the day on which Berlin's clocks go back
    assert task.is_all_day
    assert task.due_at.isoformat() == "2026-10-26T00:00:00+01:00"


def test_the_customer_shows_the_open_task_that_is_due_first(alice, now):
    customer = make_customer(alice)
    make_task(alice, now, customer=customer, title="Some day")
    later = make_task(alice, now, customer=customer, title="Later", due_at=now + timedelta(days=9))
    assert step_of(customer) == (later.due_at, "Later")
    sooner = make_task(alice, now, customer=customer, title="Sooner", due_at=now + timedelta(days=2))
    assert step_of(customer) == (sooner.due_at, "Sooner")
    services.complete_task(task=sooner, by=alice, now=now, result="done")
    assert step_of(customer) == (later.due_at, "Later")
    services.cancel_task(task=later, by=alice, now=now, reason="not needed")
    assert step_of(customer) == (None, "Some day")
    services.reopen_task(task=sooner, by=alice, now=now)
    assert step_of(customer) == (sooner.due_at, "Sooner")


def test_postponing_needs_a_reason_and_is_kept(alice, now):
    task = make_task(alice, now, due_at=now + timedelta(days=1), starts_at=now)
    with pytest.raises(errors.ReasonMissing):
        services.postpone_task(task=task, by=alice, now=now, reason=" ", due_at=now + timedelta(days=2))
    moved = services.postpone_task(task=task, by=alice, now=now, reason="at the fair", due_at=now + timedelta(days=2))
    assert (moved.due_at, moved.starts_at) == (now + timedelta(days=2), now + timedelta(days=1))
    kept = Postponement.objects.get()
    assert (kept.before, kept.after, kept.reason, kept.by) == (task.due_at, moved.due_at, "at the fair", alice)


def test_bringing_a_task_forward_needs_no_reason(alice, now):
    task = make_task(alice, now, due_at=now + timedelta(days=5))
    services.postpone_task(task=task, by=alice, now=now, reason="", due_at=now + timedelta(days=2))
    assert Postponement.objects.get().reason == ""


def test_done_twice_is_done_once(alice, now):
    customer = make_customer(alice)
    task = make_task(alice, now, customer=customer)
    services.complete_task(task=task, by=alice, now=now, result="sent")
    services.complete_task(task=task, by=alice, now=now + timedelta(hours=1), result="sent again")
    task.refresh_from_db()
    assert (task.result, task.ended_at) == ("sent", now)
    assert Event.objects.filter(kind="task.done", customer=customer).count() == 1


def test_of_a_team_one_takes_it(alice, bob, team, now):
    task = make_task(alice, now, assignee=None, team=team)
    services.take_task(task=task, by=bob, now=now)
    with pytest.raises(errors.TakenAlready):
        services.take_task(task=task, by=alice, now=now)
    task.refresh_from_db()
    assert task.assignee == bob


def test_who_is_given_a_task_sees_it_and_not_the_customer(alice, charlie, now):
    customer = make_customer(alice)
    task = make_task(alice, now, customer=customer, assignee=charlie)
    assert list(Task.objects.visible_to(charlie)) == [task]
    assert not type(customer).objects.visible_to(charlie).exists()
    assert Notification.objects.get(kind="task_assigned").recipient == charlie
    services.complete_task(task=task, by=charlie, now=now)


def test_a_stranger_neither_sees_nor_does_it(alice, charlie, now):
    task = make_task(alice, now, customer=make_customer(alice))
    assert not Task.objects.visible_to(charlie).exists()
    with pytest.raises(NotAllowed):
        services.complete_task(task=task, by=charlie, now=now)
    assert services.reassign_tasks(ids=[task.pk], to=charlie, by=charlie, now=now) == []


def test_tasks_are_given_to_somebody_else_row_by_row(alice, bob, dana, now):
    mine = make_task(alice, now, customer=make_customer(alice))
    over = make_task(alice, now)
    services.cancel_task(task=over, by=alice, now=now, reason="no")
    foreign = make_task(make_user("eve"), now)
    outcome = services.reassign_tasks(ids=[mine.pk, over.pk, foreign.pk], to=bob, by=dana, now=now)
    assert [(task.pk, bool(why)) for task, why in outcome] == [(mine.pk, False), (over.pk, True)]
    mine.refresh_from_db()
    assert mine.assignee == bob


def test_another_customers_contact_is_refused(alice, now):
    one, other = make_customer(alice), make_customer(alice)
    contact = other.contacts.create(name="Jo", created_at=now)
    with pytest.raises(errors.StrangeContact):
        make_task(alice, now, customer=one, contact=contact)
