"""Does Today name the customers who should hear of us, and those for whom nothing is planned?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command

from customers.models import Customer, Status
from followups import services
from followups.attention import days_between, due_for_contact, without_next_step
from followups.inputs import TaskData
from followups.models import FollowUpCycle
from tests.factories import make_customer, today_lines

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def graded(owner, grade, silent, now, status="contacted", **more) -> Customer:
    """A customer of a grade with whom nobody has spoken for a while."""
    customer = make_customer(owner, at=now - 90 * DAY)
    since = now - silent
    fields = {"grade": grade, "idle_since": since, "last_followed_at": since} | more
    Customer.objects.filter(pk=customer.pk).update(status=Status.objects.get(key=status), **fields)
    return customer


def due(user, now) -> list[int]:
    return list(due_for_contact(user, now, days_between(FollowUpCycle.objects.all())).values_list("pk", flat=True))


def test_the_grade_says_how_often(alice, now):
    late = {grade: graded(alice, grade, days * DAY, now) for grade, days in {"A": 7, "B": 14, "C": 30}.items()}
    for grade, days in {"A": 7, "B": 14, "C": 30, "D": 80, "": 80}.items():
        if days < 80:
            graded(alice, grade, days * DAY - timedelta(seconds=1), now)
        else:
            graded(alice, grade, days * DAY, now)
    assert due(alice, now) == [late["C"].pk, late["B"].pk, late["A"].pk]


def test_a_row_of_grade_and_status_counts_before_that_of_the_grade(alice, now):
    won = Status.objects.get(key="won")
    FollowUpCycle.objects.create(status=won, grade="A", days=3)
    FollowUpCycle.objects.create(status=Status.objects.get(key="retained"), grade="A", days=60)
    close = graded(alice, "A", 4 * DAY, now, status="won")
    graded(alice, "A", 4 * DAY, now)
    graded(alice, "A", 50 * DAY, now, status="retained")
    assert due(alice, now) == [close.pk]


def test_lost_and_dormant_ones_are_left_in_peace_unless_a_row_names_them(alice, now):
    graded(alice, "A", 50 * DAY, now, status="lost")
    dormant = graded(alice, "A", 50 * DAY, now, status="dormant")
    assert due(alice, now) == []
    FollowUpCycle.objects.create(status=Status.objects.get(key="dormant"), grade="A", days=45)
    assert due(alice, now) == [dormant.pk]


def test_whose_next_step_is_due_stands_among_the_tasks(alice, now):
    customer = graded(alice, "A", 9 * DAY, now)
    task = services.create_task(
        data=TaskData("Call", customer=customer, assignee=alice, due_at=now + timedelta(hours=3)), by=alice, now=now
    )
    assert due(alice, now) == []
    services.postpone_task(task=task, by=alice, now=now, reason="fair", due_at=now + 20 * DAY)
    assert due(alice, now) == [customer.pk]


def test_nothing_planned(alice, bob, now):
    silent = graded(alice, "", 9 * DAY, now)
    graded(alice, "", 9 * DAY, now, status="lost")
    graded(alice, "", 9 * DAY, now, status="dormant")
    planned = graded(alice, "", 9 * DAY, now)
    services.create_task(data=TaskData("Some day", customer=planned, assignee=alice), by=alice, now=now)
    assert [one.pk for one in without_next_step(alice)] == [silent.pk]
    assert not without_next_step(bob).exists()


def test_each_line_plans_a_task_with_one_click(alice, now):
    late, other = graded(alice, "A", 9 * DAY, now), graded(alice, "", 9 * DAY, now)
    for customer, kind in ((late, "due_for_contact"), (other, "no_next_step")):
        (line,) = today_lines(kind, alice, now)  # each customer stands in one section
        assert line.act_url.endswith(f"?customer={customer.pk}")
        assert line.due_label == "silent for 9 days"
    assert today_lines("due_for_contact", alice, now)[0].text == "Grade A: every 7 days"


def test_the_list_has_the_same_as_filters(alice, now, signed_in):
    silent = graded(alice, "", 9 * DAY, now)
    waiting = graded(alice, "", 9 * DAY, now, last_inbound_at=now, last_outbound_at=now - DAY)
    services.create_task(data=TaskData("x", customer=waiting, assignee=alice, due_at=now - 30 * DAY), by=alice, now=now)
    client = signed_in(alice)

    def shown(query: str) -> list[int]:
        return [row.pk for row in client.get(f"/customers/?{query}&m=1").context["page"].rows]

    assert shown("next_step=none") == [silent.pk]
    assert shown("next_step=late") == shown("next_step=planned") == shown("waiting=true") == [waiting.pk]
    assert shown("waiting=false") == [silent.pk]


def test_the_rows_belong_to_the_admins():
    assert dict(FollowUpCycle.objects.values_list("grade", "days")) == {"A": 7, "B": 14, "C": 30}
    FollowUpCycle.objects.exclude(grade="A").delete()
    call_command("migrate", verbosity=0)
    assert FollowUpCycle.objects.count() == 1
