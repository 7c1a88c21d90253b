"""Does a series make exactly one next task: when one is done, when the next begins, after an outage, twice at once?"""

# ruff: noqa: DTZ001  wall times have no zone

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.exceptions import NotAllowed
from core.jobs import run_due
from core.models import Job
from customers.models import Event
from followups import services
from followups.inputs import SeriesData
from followups.models import Series, Task
from followups.recurrence import WrongRule
from followups.segments import WrongSegment
from followups.services import errors
from tests.factories import make_customer
from tests.together import at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_series(by, now, **data) -> Series:
    fields = {
        "title": "Ask how it runs",
        "rule": "FREQ=DAILY",
        "starts_at": datetime(2026, 11, 1, 9),
        "zone": "Asia/Shanghai",
        "is_all_day": False,
        "due_after": 60,
    } | data
    return services.create_series(data=SeriesData(**fields), by=by, now=now)


def told(series) -> list[tuple[str, str]]:
    """(day and hour in Shanghai, state) of each task."""
    rows = Task.objects.filter(series=series).order_by("occurs_at", "pk")
    return [(f"{task.occurs_at + timedelta(hours=8):%d %H}", task.state) for task in rows]


def test_the_first_occurrence_from_now_is_made_at_once(alice, now):
    customer = make_customer(alice)
    series = make_series(alice, now, customer=customer, remind_before=30)
    task = Task.objects.get(series=series)
    assert task.occurs_at == task.starts_at == datetime(2026, 11, 27, 1, tzinfo=UTC)
    assert task.due_at == datetime(2026, 11, 27, 2, tzinfo=UTC)
    assert (task.assignee, task.customer, task.created_by) == (alice, customer, None)
    assert task.remind_at == task.due_at - timedelta(minutes=30)
    customer.refresh_from_db()
    assert customer.next_task_at == task.due_at
    assert series.next_at == task.occurs_at + DAY


def test_done_makes_the_next_one_and_only_one(alice, now):
    series = make_series(alice, now)
    first = Task.objects.get(series=series)
    services.complete_task(task=first, by=alice, now=now)
    services.complete_task(task=first, by=alice, now=now)
    assert told(series) == [("27 09", "done"), ("28 09", "not_started")]
    services.cancel_task(task=Task.objects.open().get(), by=alice, now=now, reason="at the fair")
    assert told(series)[2:] == [("29 09", "not_started")]


def test_what_is_open_when_the_next_begins_is_missed_by_rule(alice, now):
    customer = make_customer(alice)
    series = make_series(alice, now, customer=customer)
    begins = series.next_at
    assert services.run_series(now=begins - timedelta(seconds=1)) == 0
    assert services.run_series(now=begins + timedelta(seconds=50)) == 1
    assert services.run_series(now=begins + timedelta(seconds=50)) == 0
    assert told(series) == [("27 09", "missed"), ("28 09", "not_started")]
    event = Event.objects.get(kind="task.missed")
    assert (event.rule, event.by) == ("series", None)


def test_after_an_outage_only_the_first_that_is_not_past_is_made(alice, now):
    series = make_series(alice, now)
    all_day = make_series(alice, now, is_all_day=True, starts_at=datetime(2026, 11, 1), due_after=0)
    services.run_series(now=datetime(2026, 12, 5, 5, tzinfo=UTC))  # 13:00 in Shanghai, four hours late and days
    assert told(series) == [("27 09", "missed"), ("06 09", "not_started")]
    # A task of a day is not past before the day is.
    assert told(all_day) == [("26 00", "missed"), ("05 00", "not_started")]


def test_a_series_ends_with_its_rule(alice, now):
    series = make_series(alice, now, rule="FREQ=DAILY;UNTIL=20261127")
    assert series.next_at is None
    services.complete_task(task=Task.objects.get(), by=alice, now=now)
    assert told(series) == [("27 09", "done")]
    with pytest.raises(WrongRule):
        make_series(alice, now, rule="FREQ=DAILY;COUNT=3")


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_and_a_person_at_once_make_one_next(alice, now):
    for _number in range(5):
        make_series(alice, now, customer=make_customer(alice))
    begins = Series.objects.first().next_at
    task = Task.objects.order_by("pk").first()
    sweep = lambda: services.run_series(now=begins)  # noqa: E731
    outcome = at_once([sweep, sweep, lambda: services.complete_task(task=task, by=alice, now=begins)])
    assert [type(one) for one in outcome if isinstance(one, Exception)] in ([], [errors.TaskIsOver])
    services.run_series(now=begins)
    for series in Series.objects.all():
        states = [state for _when, state in told(series)]
        assert states in (["missed", "not_started"], ["done", "not_started"])


def test_days_off_at_the_customers_move_the_task_but_not_its_occurrence(alice, now):
    customer = make_customer(alice, country="DE")
    make_series(
        alice, now, customer=customer, rule="FREQ=YEARLY", starts_at=datetime(2026, 12, 25), is_all_day=True,
        due_after=0, avoids_days_off=True,
    )  # fmt: skip
    task = Task.objects.get()
    assert task.occurs_at == datetime(2026, 12, 24, 16, tzinfo=UTC)
    assert task.due_at == datetime(2026, 12, 28, 16, tzinfo=UTC)  # the end of Monday 28 December


def test_a_change_goes_for_this_and_all_following(alice, now):
    series = make_series(alice, now)
    services.complete_task(task=Task.objects.get(), by=alice, now=now)
    data = SeriesData("Call", "FREQ=WEEKLY;BYDAY=MO", datetime(2026, 11, 1, 10), "Asia/Shanghai", is_all_day=False)
    services.update_series(series=series, data=data, by=alice, now=now)
    assert told(series) == [("27 09", "done"), ("30 10", "not_started")]
    assert [task.title for task in Task.objects.order_by("occurs_at")] == ["Ask how it runs", "Call"]
    series.refresh_from_db()
    assert series.next_at == datetime(2026, 12, 7, 2, tzinfo=UTC)


def test_stopped_and_started_again(alice, now):
    series = make_series(alice, now)
    services.pause_series(series=series, by=alice, now=now)
    assert told(series) == [("27 09", "cancelled")]
    assert services.run_series(now=now + 9 * DAY) == 0
    services.resume_series(series=series, by=alice, now=now + timedelta(hours=1))
    assert told(series) == [("27 09", "not_started")]
    services.pause_series(series=series, by=alice, now=now + timedelta(hours=2))
    services.resume_series(series=series, by=alice, now=now + 9 * DAY)
    assert told(series)[-1] == ("06 09", "not_started")
    assert Task.objects.open().count() == 1


def test_only_who_may_changes_it(alice, bob, dana, now):
    series = make_series(alice, now)
    with pytest.raises(NotAllowed):
        services.pause_series(series=series, by=bob, now=now)
    services.pause_series(series=series, by=dana, now=now)
    with pytest.raises(NotAllowed):
        make_series(bob, now, customer=make_customer(alice))


# --- a segment -------------------------------------------------------------------------------------------


def test_a_segment_gives_one_task_to_each_customers_holder(alice, bob, charlie, dana, now):
    german = [make_customer(alice), make_customer(bob)]
    make_customer(alice, country="FR")
    make_customer(charlie)  # not of Dana's team
    data = {"segment": "country=DE", "rule": "FREQ=YEARLY", "starts_at": datetime(2026, 12, 20), "is_all_day": True}
    series = make_series(dana, now, **data)
    assert not Task.objects.exists()
    begins = datetime(2026, 12, 19, 16, tzinfo=UTC)
    assert series.next_at == begins
    assert services.run_series(now=begins) == 1
    assert services.run_series(now=begins) == 0
    run_due(lambda: begins)
    run_due(lambda: begins)
    tasks = Task.objects.order_by("customer_id")
    assert [(task.customer, task.assignee) for task in tasks] == [(german[0], alice), (german[1], bob)]
    assert Event.objects.filter(kind="task.created").count() == 2
    job = Job.objects.get()
    assert (job.state, job.done, job.total, job.created_by) == ("done", 2, 2, dana)
    # A year later what was not done is missed, also where the customer has left the segment.
    services.complete_task(task=tasks[0], by=alice, now=begins)
    german[1].country = "AT"
    german[1].save()
    later = begins + 365 * DAY
    services.run_series(now=later)
    run_due(lambda: later)
    assert [(task.customer_id, task.state) for task in Task.objects.order_by("occurs_at", "customer_id")] == [
        (german[0].pk, "done"), (german[1].pk, "missed"), (german[0].pk, "not_started"),
    ]  # fmt: skip


def test_a_segment_that_nobody_can_read_is_refused(alice, now):
    with pytest.raises(WrongSegment):
        make_series(alice, now, segment="status=nonsense")


def test_a_sweep_takes_as_many_statements_for_one_series_as_for_thirty(alice, now, statements):
    make_series(alice, now, customer=make_customer(alice))
    begins = Series.objects.get().next_at
    one = statements(lambda: services.run_series(now=begins))
    for _number in range(29):
        make_series(alice, now, customer=make_customer(alice))
    assert statements(lambda: services.run_series(now=begins + DAY)) == one
