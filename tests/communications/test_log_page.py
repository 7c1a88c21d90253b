"""What does a salesperson meet who writes down what was said?"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communications.models import Communication
from customers.services import put_in_group
from followups.inputs import TaskData
from followups.models import Task
from followups.services import create_task
from tests.customers.statements import CONTROL
from tests.factories import make_contact, make_customer, say

pytestmark = pytest.mark.django_db
MANAGEMENT = {"todo-TOTAL_FORMS": "1", "todo-INITIAL_FORMS": "0"}


@pytest.fixture
def customer(alice):
    return make_customer(alice)


def sent(**more) -> dict:
    at = timezone.localtime(timezone.now() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")
    fields = {"channel": "phone", "direction": "out", "happened_at": at, "submission": str(uuid.uuid4())}
    return fields | MANAGEMENT | more


def asked(client, url, data) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        answer = client.post(url, data)
    assert answer.status_code == 302, answer.content.decode()
    return [one["sql"] for one in seen if not CONTROL.search(one["sql"])]


def test_the_open_form_saves_as_it_stands(customer, alice, signed_in):
    client = signed_in(alice)
    url = reverse("communications:log", args=[customer.pk])
    page = client.get(url).content.decode()
    at = re.search(r'name="happened_at" value="([^"]+)"', page)[1]
    assert re.search(r'value="phone" checked', page)
    assert re.search(r'value="out" checked', page)
    client.post(url, sent(happened_at=at))
    said = Communication.objects.get()
    assert (said.channel, said.direction, said.author) == ("phone", "out", alice)
    assert abs(said.happened_at - timezone.now()) < timedelta(minutes=2)


def test_what_is_logged_in_the_minute_in_which_a_step_began_closes_it(customer, alice, signed_in, time_machine):
    time_machine.move_to(datetime(2026, 11, 26, 7, 20, 20, tzinfo=UTC), tick=False)
    make_task = TaskData("First touch", customer=customer, assignee=alice)
    task = create_task(data=make_task, by=alice, now=timezone.now())
    Task.objects.update(closes_on="touch")
    client, url = signed_in(alice), reverse("communications:log", args=[customer.pk])
    time_machine.move_to(datetime(2026, 11, 26, 7, 20, 40, tzinfo=UTC), tick=False)
    at = re.search(r'name="happened_at" value="([^"]+)"', client.get(url).content.decode())[1]
    time_machine.move_to(datetime(2026, 11, 26, 7, 21, 5, tzinfo=UTC), tick=False)
    client.post(url, sent(happened_at=at))
    task.refresh_from_db()
    assert task.state == Task.State.DONE


def test_the_form_opens_with_the_way_of_last_time(customer, alice, signed_in):
    say(customer, alice, timezone.now() - timedelta(days=1), channel="wechat")
    page = signed_in(alice).get(reverse("communications:log", args=[customer.pk])).content.decode()
    assert re.search(r'value="wechat" checked', page)


def test_sent_twice_it_stands_once(customer, alice, signed_in):
    client, data = signed_in(alice), sent(body="Hello")
    for _time in range(2):
        client.post(reverse("communications:log", args=[customer.pk]), data)
    assert Communication.objects.count() == 1


def test_to_dos_become_tasks_and_a_day_without_words_is_refused_with_everything_kept(customer, alice, signed_in):
    client, url = signed_in(alice), reverse("communications:log", args=[customer.pk])
    answer = client.post(url, sent(body="They ask for a price", **{"todo-0-due_on": "2030-01-02"}))
    assert answer.status_code == 422
    assert "They ask for a price" in answer.content.decode()
    assert not Communication.objects.exists()
    client.post(url, sent(**{"todo-0-title": "Send the price", "todo-0-due_on": "2030-01-02"}))
    assert Task.objects.get().title == "Send the price"


def test_a_colleagues_words_of_three_days_are_told_before_one_disturbs_again(alice, bob, dana, signed_in):
    customer = make_customer(alice)
    say(customer, dana, timezone.now() - timedelta(days=2), subject="Our new prices")
    say(customer, dana, timezone.now() - timedelta(days=4), subject="An older word")
    page = signed_in(alice).get(reverse("communications:log", args=[customer.pk])).content.decode()
    assert "A colleague just wrote" in page
    assert "Our new prices" in page
    assert "An older word" not in page


def test_words_to_a_sister_company_tell_who_and_when_but_not_what(alice, charlie, root, signed_in):
    mine, sister = make_customer(alice), make_customer(charlie, "Sister GmbH")
    group = put_in_group(customer=mine, name="The Group", role="", by=alice, now=timezone.now())
    put_in_group(customer=sister, group=group, role="", by=root, now=timezone.now())
    say(sister, charlie, timezone.now() - timedelta(hours=2), subject="Secret price")
    page = signed_in(alice).get(reverse("communications:log", args=[mine.pk])).content.decode()
    assert "Charlie" in page
    assert "Sister GmbH" in page
    assert "Secret price" not in page


def test_whom_not_to_contact_is_said_at_their_name(customer, alice, signed_in):
    make_contact(customer, "Jo", is_do_not_contact=True, do_not_contact_reason="asked for it")
    page = signed_in(alice).get(reverse("communications:log", args=[customer.pk])).content.decode()
    assert "Do not contact" in page
    assert "asked for it" in page


def test_done_and_logged_in_one_form(customer, alice, signed_in, now):
    task = create_task(
        data=TaskData("Call them", kind="call", customer=customer, assignee=alice),
        by=alice,
        now=now - timedelta(days=9),
    )
    client = signed_in(alice)
    url = reverse("communications:complete", args=[task.pk])
    assert "Log what was said" in client.get(url).content.decode()
    client.post(url, sent(logs="1", result="They take it", subject="Call", **{"todo-0-title": "Send the contract"}))
    task.refresh_from_db()
    said = Communication.objects.get()
    assert (task.state, task.result, task.closed_by_id) == ("done", "They take it", said.pk)
    assert Task.objects.open().get().title == "Send the contract"


def test_whoever_was_given_a_task_finishes_it_without_seeing_the_customer(customer, alice, charlie, signed_in, now):
    task = create_task(data=TaskData("Check", customer=customer, assignee=charlie), by=alice, now=now)
    client = signed_in(charlie)
    page = client.get(reverse("communications:complete", args=[task.pk])).content.decode()
    assert "Log what was said" not in page
    client.post(reverse("communications:complete", args=[task.pk]), sent(logs="1", result="Checked"))
    task.refresh_from_db()
    assert task.state == "done"
    assert not Communication.objects.exists()


def test_logging_asks_at_most_fourteen_statements(customer, alice, signed_in):
    client, url = signed_in(alice), reverse("communications:log", args=[customer.pk])
    client.post(url, sent())  # the first one also changes the status
    seen = asked(client, url, sent(body="Called, they think about it"))
    assert len(seen) <= 14, "\n".join(seen)


def test_completing_asks_at_most_fourteen_statements(customer, alice, signed_in, now):
    tasks = [
        create_task(data=TaskData("Call", customer=customer, assignee=alice), by=alice, now=now) for _one in range(2)
    ]
    client = signed_in(alice)
    client.post(reverse("communications:complete", args=[tasks[0].pk]), sent(result="x"))
    seen = asked(client, reverse("communications:complete", args=[tasks[1].pk]), sent(result="Done"))
    assert len(seen) <= 14, "\n".join(seen)


def test_a_file_goes_with_what_was_said(customer, alice, signed_in):
    client, url = signed_in(alice), reverse("communications:log", args=[customer.pk])
    client.post(url, sent(subject="Their drawing", files=SimpleUploadedFile("drawing.txt", b"M8 x 40")))
    said = Communication.objects.get()
    page = client.get(customer.get_absolute_url()).content.decode()
    assert "drawing.txt" in page
    assert "drawing.txt" in client.get(said.get_absolute_url()).content.decode()
    found = client.get(reverse("communications:list") + "?q=drawing.txt&m=1").content.decode()
    assert "Their drawing" in found


def test_a_refused_file_keeps_what_was_typed(customer, alice, signed_in):
    url = reverse("communications:log", args=[customer.pk])
    answer = signed_in(alice).post(url, sent(body="Long words", files=SimpleUploadedFile("evil.exe", b"MZ\x90")))
    assert answer.status_code == 422
    assert "Long words" in answer.content.decode()
    assert "evil.exe" in answer.content.decode()
    assert not Communication.objects.exists()


def test_a_correction_keeps_seconds_and_people_who_left(customer, alice, signed_in):
    contact = make_contact(customer, "Gone Gerd")
    at = (timezone.now() - timedelta(days=1)).replace(second=42)
    said = say(customer, alice, at=at, contacts=[contact])
    contact.archived_at = timezone.now()
    contact.save(update_fields=["archived_at"])
    client, url = signed_in(alice), reverse("communications:update", args=[said.pk])
    form = client.get(url).context["form"]
    fields = {"happened_at": form["happened_at"].value().strftime("%Y-%m-%dT%H:%M"), "contacts": [str(contact.pk)]}
    assert client.post(url, sent(**fields, subject="Corrected")).status_code == 302
    said.refresh_from_db()
    assert (said.subject, said.happened_at, list(said.contacts.all())) == ("Corrected", at, [contact])


def test_the_result_is_kept_where_the_contact_logged_with_it_closed_the_step(customer, alice, signed_in):
    data = TaskData(title="First touch", kind="call", customer=customer, assignee=alice, closes_on="touch")
    task = create_task(data=data, by=alice, now=timezone.now() - timedelta(hours=1))
    url = reverse("communications:complete", args=[task.pk])
    assert signed_in(alice).post(url, sent(logs="1", result="Wants a catalogue")).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.result) == (Task.State.DONE, "Wants a catalogue")


def test_to_dos_of_a_task_that_is_done_without_a_log_become_tasks_too(customer, alice, signed_in, now):
    task = create_task(data=TaskData("Check stock", customer=customer, assignee=alice), by=alice, now=now)
    todo = {"todo-0-title": "Tell them", "todo-0-due_on": "2030-01-02"}
    signed_in(alice).post(reverse("communications:complete", args=[task.pk]), sent(result="There is some", **todo))
    assert Task.objects.open().get(customer=customer).title == "Tell them"
    assert not Communication.objects.exists()


def test_a_task_done_in_two_tabs_is_written_down_once(customer, alice, signed_in, now):
    begun = now - timedelta(days=9)
    task = create_task(data=TaskData("Call", kind="call", customer=customer, assignee=alice), by=alice, now=begun)
    client, url = signed_in(alice), reverse("communications:complete", args=[task.pk])
    assert client.post(url, sent(logs="1", body="first")).status_code == 302
    answer = client.post(url, sent(logs="1", body="second"))
    assert answer.status_code == 409
    assert "second" in answer.content.decode()
    assert Communication.objects.get().body == "first"
