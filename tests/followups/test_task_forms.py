"""What may whoever is given a task choose in its forms, and what do they keep?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.filters import RANGE_ENDS
from followups.inputs import PlanData, SeriesData, TaskData
from followups.models import Task
from followups.services import create_plan, create_series, create_task, end_plan
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(alice):
    return make_customer(alice)


def given(to, by, customer, **more) -> Task:
    data = TaskData(title="Call the factory", kind="call", customer=customer, assignee=to, **more)
    return create_task(data=data, by=by, now=timezone.now())


def plan_for(customer, by, title):
    day = timezone.localdate()
    data = PlanData(title, day, day + timedelta(days=30))
    return create_plan(customer=customer, data=data, by=by, now=timezone.now())


def test_who_is_given_a_task_sees_the_named_contact_only(customer, alice, charlie, signed_in):
    named, other = make_contact(customer, "Named Nora"), make_contact(customer, "Secret Sven")
    plan = plan_for(customer, alice, "Secret plan")
    task = given(charlie, alice, customer, contact=named)
    client, url = signed_in(charlie), reverse("followups:task_update", args=[task.pk])
    page = client.get(url).content.decode()
    assert "Named Nora" in page
    assert "Secret" not in page

    sent = {"title": "x", "kind": "call", "priority": "2", "contact": str(other.pk), "plan": str(plan.pk)}
    assert client.post(url, sent).status_code == 422
    task.refresh_from_db()
    assert (task.contact, task.plan) == (named, None)
    # Who sees the customer may choose among all.
    assert "Secret Sven" in signed_in(alice).get(url).content.decode()


def test_editing_keeps_an_archived_contact_and_an_ended_plan(customer, alice, signed_in):
    contact, plan = make_contact(customer, "Gone Gerd"), plan_for(customer, alice, "Ended plan")
    task = given(alice, alice, customer, contact=contact, plan=plan)
    end_plan(plan=plan, state="reached", outcome="", by=alice, now=timezone.now())
    contact.archived_at = timezone.now()
    contact.save(update_fields=["archived_at"])
    client, url = signed_in(alice), reverse("followups:task_update", args=[task.pk])
    fields = client.get(url).context["form"].initial
    sent = {name: fields[name] or "" for name in ("kind", "priority", "contact", "plan")} | {"title": "Call again"}
    assert client.post(url, sent).status_code == 302
    task.refresh_from_db()
    assert (task.title, task.contact, task.plan) == ("Call again", contact, plan)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_that_no_calendar_knows_are_refused_in_place(customer, alice, signed_in, day):
    client = signed_in(alice)
    task = given(alice, alice, customer)
    sent = {"title": "x", "kind": "call", "priority": "2", "to": f"u{alice.pk}", "due_on": day}
    assert client.post(reverse("followups:task_create"), sent).status_code == 422
    moved = client.post(reverse("followups:postpone", args=[task.pk]), {"due_on": day, "reason": "x"})
    assert moved.status_code == 422
    task.refresh_from_db()
    assert task.due_at is None


def test_a_number_too_long_for_any_id_names_no_customer(alice, signed_in):
    sent = {"title": "x", "kind": "call", "priority": "2", "to": f"u{alice.pk}", "customer": "9" * 5000}
    assert signed_in(alice).post(reverse("followups:task_create"), sent).status_code == 422


def test_the_page_of_a_task_links_no_series_that_its_reader_does_not_see(customer, alice, charlie, dana, signed_in):
    now = timezone.now()
    series = SeriesData(
        title="Season's greetings",
        rule="FREQ=DAILY",
        starts_at=now.replace(tzinfo=None),
        zone="UTC",
        customer=customer,
        assignee=alice,
    )
    series = create_series(data=series, by=dana, now=now)
    task = Task.objects.get(series=series)
    Task.objects.filter(pk=task.pk).update(assignee=charlie)
    assert series.get_absolute_url() in signed_in(alice).get(task.get_absolute_url()).content.decode()
    assert series.get_absolute_url() not in signed_in(charlie).get(task.get_absolute_url()).content.decode()


@pytest.mark.parametrize("ends", ["due_%s=0001-01-01", "due_%s=9999-12-31"])
def test_a_filter_over_impossible_days_is_no_fault(alice, signed_in, ends):
    client = signed_in(alice)
    for end in RANGE_ENDS:
        assert client.get(f"{reverse('followups:list')}?{ends % end}").status_code == 200
