"""When does a playbook begin, for whom, with which steps; what closes, stops and passes them on?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from communications import services as communications
from core.invariants import verdicts
from customers.ledger import deliver_due
from customers.models import Customer, Event, EventDelivery, KeyDate, OwnershipPeriod, Pool, Source, Status
from customers.services import archive_customer, change_status, set_grade, transfer_customer
from customers.services.ownership import open_period
from followups import services
from followups.inputs import PlaybookData, StepData
from followups.models import Playbook, PlaybookRun, Task
from followups.playing import run_playbooks
from tests.factories import make_contact, make_customer, say
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def own(root, now):
    """``own("silence", {"days": 7})``: the only playbook in use, switched on a month ago, with one step."""

    def make(trigger: str, params=None, *steps: StepData, since: datetime | None = None, **more) -> Playbook:
        Playbook.objects.update(is_active=False)
        data = PlaybookData(
            name_en=trigger,
            name_zh="",
            trigger=trigger,
            params=params or {},
            steps=steps or [StepData("Do it: {customer}", "做：{customer}", offset=2)],
            **more,
        )
        made = services.save_playbook(playbook=None, data=data, by=root, now=now)
        return services.switch_on(playbook=made, by=root, now=since or now - 30 * DAY)

    return make


def lodge(customer: Customer, now: datetime) -> list[Task]:
    """Deliver what happened; returns the customer's tasks by playbooks."""
    deliver_due(now)
    assert not EventDelivery.objects.exists()
    return tasks_of(customer)


def tasks_of(customer: Customer) -> list[Task]:
    return list(Task.objects.filter(customer=customer, playbook_run__isnull=False).order_by("due_at", "pk"))


def promises_kept() -> bool:
    return [line for line in verdicts() if line.broken] == []


# --- the two that every firm begins with --------------------------------------------------------------


def test_a_new_customer_wants_a_first_touch_within_three_days_where_its_owner_is(alice, now):
    alice.time_zone = "America/New_York"
    alice.save()
    customer = make_customer(alice, at=now)
    (task,) = lodge(customer, now)
    assert (task.title, task.assignee, task.is_all_day) == (f"First touch: {customer.name}", alice, True)
    assert task.due_at == datetime.fromisoformat("2026-11-30T00:00:00-05:00")  # the 26th there too
    customer.refresh_from_db()
    assert customer.next_task_at == task.due_at
    assert promises_kept()


def test_the_first_touch_closes_it_and_makes_the_second_follow_up_which_an_answer_closes(alice, now):
    customer = make_customer(alice, at=now)
    lodge(customer, now)
    say(customer, alice, now + HOUR)
    first, second = lodge(customer, now + HOUR)
    assert (first.state, first.closed_by_label) == (Task.State.DONE, "communications.communication")
    assert (second.title, second.state) == (f"Second follow-up: {customer.name}", Task.State.NOT_STARTED)
    assert second.due_at == datetime.fromisoformat("2026-12-04T00:00:00+08:00")
    reply = say(customer, alice, now + DAY, "in")
    second.refresh_from_db()
    assert second.state == Task.State.DONE
    assert not PlaybookRun.objects.filter(ended_at=None).exists()
    communications.delete_communication(said=reply, by=alice, now=now + DAY)
    second.refresh_from_db()
    assert second.state == Task.State.NOT_STARTED
    assert PlaybookRun.objects.filter(ended_at=None).get() == second.playbook_run
    assert promises_kept()


def test_a_second_outbound_closes_the_second_follow_up_too(alice, now):
    customer = make_customer(alice, at=now)
    say(customer, alice, now + HOUR)
    lodge(customer, now + HOUR)
    say(customer, alice, now + 2 * HOUR)
    assert {task.state for task in lodge(customer, now + 2 * HOUR)} == {Task.State.DONE}


def test_delivered_late_the_steps_find_what_was_said_meanwhile(alice, now):
    customer = make_customer(alice, at=now)
    say(customer, alice, now + HOUR)
    reply = say(customer, alice, now + 2 * HOUR, "in")
    first, second = lodge(customer, now + 2 * DAY)
    assert (first.state, second.state) == (Task.State.DONE, Task.State.DONE)
    communications.delete_communication(said=reply, by=alice, now=now + 2 * DAY)
    second.refresh_from_db()
    assert second.is_open


def test_the_first_contact_taken_back_takes_its_follow_up_with_it_until_that_is_undone(alice, now):
    customer = make_customer(alice, at=now)
    said = say(customer, alice, now + HOUR)
    lodge(customer, now + HOUR)
    communications.delete_communication(said=said, by=alice, now=now + 2 * HOUR)
    first, second = lodge(customer, now + 2 * HOUR)
    assert (first.state, second.state) == (Task.State.NOT_STARTED, Task.State.CANCELLED)
    assert second.cancel_reason == "What had called the playbook was taken back."
    communications.restore_communication(said=said, by=alice, now=now + 3 * HOUR)
    first, second = lodge(customer, now + 3 * HOUR)
    assert (first.state, second.state) == (Task.State.DONE, Task.State.NOT_STARTED)
    assert promises_kept()


def test_what_was_said_weeks_ago_and_is_written_down_now_calls_nothing(alice, now):
    customer = make_customer(alice, at=now - 40 * DAY)
    lodge(customer, now)
    say(customer, alice, now - 20 * DAY, now=now)
    assert lodge(customer, now) == []


# --- who is called ------------------------------------------------------------------------------------


def test_the_same_event_delivered_again_changes_nothing(alice, now):
    customer = make_customer(alice, at=now)
    assert len(lodge(customer, now)) == 1
    EventDelivery.objects.bulk_create(
        EventDelivery(event=event, consumer="followups.playbooks") for event in Event.objects.filter(customer=customer)
    )
    assert len(lodge(customer, now)) == 1


def test_what_happened_before_it_was_switched_on_does_not_call_it(own, alice, now):
    own("created", since=now)
    customer = make_customer(alice, at=now - HOUR)
    assert lodge(customer, now) == []


def test_events_that_are_not_delivered_call_nobody(alice, now):
    customer = make_customer(alice, at=now)
    EventDelivery.objects.all().delete()  # as an import of thousands leaves them out
    assert lodge(customer, now) == []
    run_playbooks(now=now)
    assert tasks_of(customer) == []


def test_who_is_given_a_customer_by_departure_or_restoring_is_not_called(own, alice, bob, now):
    own("taken")
    customer = make_customer(alice, at=now - 9 * DAY)
    open_period(customer, owner=bob, reason=OwnershipPeriod.Reason.DEPARTURE, by=None, now=now)
    lodge(customer, now)
    run_playbooks(now=now)
    assert tasks_of(customer) == []


def test_a_transfer_calls_the_new_owner(own, alice, bob, dana, now):
    own("taken")
    customer = make_customer(alice, at=now - 9 * DAY)
    EventDelivery.objects.all().delete()
    transfer_customer(customer=customer, to=bob, by=dana, now=now)
    (task,) = lodge(customer, now)
    assert task.assignee == bob


def test_who_is_given_a_customer_before_its_first_touch_has_the_whole_time_for_it(alice, bob, dana, now):
    customer = make_customer(alice, at=now)
    lodge(customer, now)
    transfer_customer(customer=customer, to=bob, by=dana, now=now + 2 * DAY)
    old, new = lodge(customer, now + 2 * DAY)
    assert (old.assignee, old.state, old.cancel_reason) == (alice, "cancelled", "The customer has another owner.")
    assert (new.assignee, new.due_at - old.due_at) == (bob, 2 * DAY)


def test_status_and_grade_call_where_they_still_stand(own, alice, dana, now):
    playbook = own("status", {"statuses": ["proposal"]})
    customer = make_customer(alice)
    lodge(customer, now)
    for key, at in (("proposal", now), ("contacted", now + HOUR)):
        change_status(customer=customer, status=Status.objects.get(key=key), by=alice, now=at, reason="why")
    assert lodge(customer, now + HOUR) == []  # late: it is no proposal any more
    change_status(
        customer=customer, status=Status.objects.get(key="proposal"), by=alice, now=now + 2 * HOUR, reason="why"
    )
    assert len(lodge(customer, now + 2 * HOUR)) == 1
    services.switch_off(playbook=playbook, by=User.objects.get(username="root"), now=now, ends_runs=False)
    own("grade", {"grades": ["A"]})
    set_grade(customer=customer, grade="A", reason="big", by=dana, now=now + 3 * HOUR)
    assert len(lodge(customer, now + 3 * HOUR)) == 2


@pytest.mark.parametrize(
    ("conditions", "is_called"),
    [
        ({"country": ["DE"], "grade": ["none"]}, True),
        ({"country": ["FR"]}, False),
        ({"status": ["potential"]}, True),
        ({"status": ["won"]}, False),
        ({"source": ["referral"]}, True),
        ({"source": ["visit"]}, False),
    ],
)
def test_filters_say_for_whom(own, alice, now, conditions, is_called):
    own("created", conditions=conditions)
    customer = make_customer(alice, at=now, source=source("referral"))
    assert bool(lodge(customer, now)) is is_called


def source(key: str) -> int:
    return Source.objects.get(key=key).pk


def test_filters_by_tag_and_by_the_owners_team_with_those_below_it(own, alice, charlie, team, now):
    customer = make_customer(alice, at=now, tags=["fair"])
    other = make_customer(charlie, at=now)
    tag = customer.tags.get()
    own("created", conditions={"tags": [str(tag.pk)], "team": [str(team.pk)]})
    assert len(lodge(customer, now)) == 1
    assert tasks_of(other) == []


def test_one_run_at_a_time(own, alice, now):
    own("silence", {"days": 3})
    customer = make_customer(alice)
    say(customer, alice, now - 4 * DAY, now=now - 4 * DAY)
    run_playbooks(now=now)
    say(customer, alice, now)
    run_playbooks(now=now + 4 * DAY)  # the first step is still open
    assert len(tasks_of(customer)) == 1


# --- days and silence -----------------------------------------------------------------------------------


def test_silence_calls_once_and_an_answer_keeps_it_quiet(own, alice, now):
    own("silence", {"days": 7})
    silent, answered = make_customer(alice), make_customer(alice)
    for customer in (silent, answered):
        say(customer, alice, now - 7 * DAY, now=now - 7 * DAY)
    say(answered, alice, now - 6 * DAY, "in", now=now - 6 * DAY)
    run_playbooks(now=now - HOUR)
    assert tasks_of(silent) == []
    for _again in range(2):
        run_playbooks(now=now)
    assert (len(tasks_of(silent)), tasks_of(answered)) == (1, [])


def test_an_answer_that_was_taken_back_is_none(own, alice, now):
    own("silence", {"days": 7})
    customer = make_customer(alice)
    say(customer, alice, now - 7 * DAY, now=now - 7 * DAY)
    reply = say(customer, alice, now - 6 * DAY, "in", now=now - 6 * DAY)
    communications.delete_communication(said=reply, by=alice, now=now - DAY)
    run_playbooks(now=now)
    assert len(tasks_of(customer)) == 1


@pytest.mark.parametrize(("late", "is_made_up_for"), [(4 * HOUR, True), (2 * DAY, True), (8 * DAY, False)])
def test_a_day_that_a_sleeping_sweep_missed_is_made_up_for(own, alice, now, late, is_made_up_for):
    own("date", {"date": "renewal", "days": 30})
    customer = make_customer(alice)
    KeyDate.objects.create(customer=customer, kind="renewal", on=date(2026, 12, 26), source="by_hand")
    midnight = datetime.fromisoformat("2026-11-26T00:00:00+08:00")
    run_playbooks(now=midnight - HOUR)
    assert tasks_of(customer) == []
    run_playbooks(now=midnight + late)
    tasks = tasks_of(customer)
    assert bool(tasks) is is_made_up_for
    run_playbooks(now=midnight + late)
    assert tasks_of(customer) == tasks


def test_a_birthday_comes_every_year_and_names_the_person(own, alice, now):
    own("birthday", {"days": 1}, StepData("Greet {contact}", "", offset=1))
    customer = make_customer(alice)
    make_contact(customer, "Ana", birthday=date(1980, 11, 27))
    make_contact(customer, "Do not disturb", birthday=date(1981, 11, 27), is_do_not_contact=True)
    run_playbooks(now=now)
    (task,) = tasks_of(customer)
    assert (task.title, task.contact.name) == ("Greet Ana", "Ana")
    services.complete_task(task=task, by=alice, now=now)
    run_playbooks(now=now + 365 * DAY)
    assert len(tasks_of(customer)) == 2


def test_29_february_is_kept_on_the_28th_of_other_years(own, alice, now):
    own("birthday", {"days": 0})
    customer = make_customer(alice)
    make_contact(customer, birthday=date(1980, 2, 29))
    run_playbooks(now=datetime.fromisoformat("2027-02-27T23:00:00+08:00"))
    assert tasks_of(customer) == []
    run_playbooks(now=datetime.fromisoformat("2027-02-28T00:00:00+08:00"))
    assert len(tasks_of(customer)) == 1


def test_holidays_of_the_customers_country_several_days_are_one(own, alice, now):
    own("holiday", {"days": 3, "holidays": ""})
    german, chinese = make_customer(alice, country="DE"), make_customer(alice, country="CN")
    nowhere = make_customer(alice, country="")
    for day in range(10):  # Chinese New Year of 2027 is 6 February, its holidays last a week
        run_playbooks(now=datetime.fromisoformat("2027-02-01T08:00:00+08:00") + day * DAY)
    assert len(PlaybookRun.objects.filter(customer=chinese)) == 1
    assert tasks_of(german) == tasks_of(nowhere) == []


@pytest.mark.parametrize(
    ("country", "made", "due"),
    [
        ("DE", "2026-12-24T03:00:00Z", "2026-12-28"),  # Christmas Day, Boxing Day on a Saturday, Sunday
        ("AE", "2026-12-01T03:00:00Z", "2026-12-04"),  # National Day on 2 and 3 December
        ("CN", "2026-09-30T03:00:00Z", "2026-10-08"),  # the week of the National Day
        ("", "2026-11-27T03:00:00Z", "2026-11-30"),
    ],
)
def test_working_days_are_those_of_the_customers_country(own, alice, country, made, due):
    made_at = datetime.fromisoformat(made)
    own("created", None, StepData("Call", "", offset=1, unit="working_days"), since=made_at - DAY)
    customer = make_customer(alice, at=made_at, country=country)
    (task,) = lodge(customer, made_at)
    assert (task.due_at - timedelta(microseconds=1)).astimezone(ZoneInfo(alice.time_zone)).date().isoformat() == due


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_and_a_delivery_at_once_begin_each_run_once(own, alice, now):
    own("silence", {"days": 7})
    customers = [make_customer(alice, at=now - 9 * DAY) for _one in range(6)]
    for customer in customers:
        say(customer, alice, now - 7 * DAY, now=now - 7 * DAY)
    acts = [lambda: run_playbooks(now=now), lambda: run_playbooks(now=now), lambda: deliver_due(now)]
    assert errors(at_once(acts)) == []
    run_playbooks(now=now)  # whom the others had locked
    assert [len(tasks_of(customer)) for customer in customers] == [1] * 6
    assert promises_kept()


def test_a_clock_that_is_behind_the_events_loses_no_call(alice, now):
    customer = make_customer(alice, at=now)
    assert len(lodge(customer, now - timedelta(seconds=2))) == 1


# --- steps ------------------------------------------------------------------------------------------------


def test_titles_come_in_the_language_of_whoever_does_it(own, alice, now):
    alice.language = "zh-hans"
    alice.save()
    own("created")
    customer = make_customer(alice, at=now)
    (task,) = lodge(customer, now)
    assert task.title == f"做：{customer.name}"


def test_an_outbound_closes_one_step_of_a_cadence_and_an_answer_all_that_wait_for_it(own, alice, now):
    steps = [StepData(f"Mail {n}", "", offset=n * 3, closes_on="answer") for n in (1, 2, 3)]
    own("created", None, *steps)
    customer = make_customer(alice, at=now)
    lodge(customer, now)
    say(customer, alice, now + HOUR)
    assert [task.is_open for task in tasks_of(customer)] == [False, True, True]
    say(customer, alice, now + 2 * HOUR, "in")
    assert [task.is_open for task in tasks_of(customer)] == [False, False, False]
    assert PlaybookRun.objects.get().end_reason == PlaybookRun.DONE


# --- what ends and what passes on ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ({"key": "reply"}, "The customer answered."),
        ({"key": "outbound"}, "The customer was contacted."),
        ({"key": "status", "statuses": ["proposal"]}, "The customer reached a status at which the playbook stops."),
        ({"key": "owner"}, "The customer has another owner."),
        ({"key": "days", "days": 5}, "The time of the playbook was over."),
    ],
)
def test_a_stop_cancels_what_is_open_and_says_why(own, alice, bob, dana, now, stop, reason):
    own("created", None, StepData("One", "", offset=9), StepData("Two", "", offset=20), stops=[stop])
    customer = make_customer(alice, at=now)
    lodge(customer, now)
    acts = {
        "reply": lambda at: say(customer, alice, at, "in"),
        "outbound": lambda at: say(customer, alice, at),
        "status": lambda at: change_status(
            customer=customer, status=Status.objects.get(key="proposal"), by=alice, now=at, reason="why"
        ),
        "owner": lambda at: transfer_customer(customer=customer, to=bob, by=dana, now=at),
        "days": lambda at: None,
    }
    assert {task.state for task in tasks_of(customer)} == {Task.State.NOT_STARTED}
    acts[stop["key"]](now + 5 * DAY)
    deliver_due(now + 5 * DAY)
    run_playbooks(now=now + 5 * DAY)
    tasks = tasks_of(customer)
    assert {(task.state, task.cancel_reason) for task in tasks} == {(Task.State.CANCELLED, reason)}
    assert PlaybookRun.objects.get().end_reason == stop["key"]
    assert promises_kept()
    # Opened by hand it stays open: the stop has done its work.
    services.reopen_task(task=tasks[0], by=dana, now=now + 6 * DAY)
    run_playbooks(now=now + 6 * DAY)
    assert tasks_of(customer)[0].is_open
    assert promises_kept()


def test_archived_or_released_customers_have_no_steps_left(own, alice, root, now):
    own("created")
    archived, released = make_customer(alice, at=now), make_customer(alice, at=now)
    deliver_due(now)
    archive_customer(customer=archived, reason="gone", by=root, now=now + HOUR)
    pool = Pool.objects.get(is_default=True)
    open_period(released, pool=pool, reason=OwnershipPeriod.Reason.RELEASED, by=alice, now=now + HOUR)
    deliver_due(now + HOUR)
    run_playbooks(now=now + HOUR)
    assert {run.end_reason for run in PlaybookRun.objects.all()} == {"archived", "released"}
    assert not Task.objects.open().exists()


def test_open_steps_go_to_the_new_owner_with_the_day_that_was_promised(own, alice, bob, charlie, dana, now):
    own("created", None, StepData("Mine", ""), StepData("An assistant's", "", offset=4))
    customer = make_customer(alice, at=now)
    mine, other = lodge(customer, now)
    services.reassign_tasks(ids=[other.pk], to=charlie, by=alice, now=now)
    transfer_customer(customer=customer, to=bob, by=dana, now=now + HOUR)
    after, given = lodge(customer, now + HOUR)
    assert (after.assignee, after.due_at, given.assignee) == (bob, mine.due_at, charlie)


def test_switched_off_it_may_end_what_it_began(own, alice, root, now):
    playbook = own("created")
    going, ended = make_customer(alice, at=now), make_customer(alice, at=now)
    deliver_due(now)
    services.switch_off(playbook=playbook, by=root, now=now, ends_runs=False)
    assert Task.objects.open().filter(customer__in=[going, ended]).count() == 2
    services.switch_off(playbook=playbook, by=root, now=now, ends_runs=True)
    assert {task.cancel_reason for task in Task.objects.all()} == {"The playbook was switched off."}
    assert lodge(make_customer(alice, at=now), now) == []


def test_a_change_is_a_new_version_and_what_runs_keeps_its_own(own, alice, root, now):
    playbook = own("created")
    customer = make_customer(alice, at=now)
    lodge(customer, now)
    data = PlaybookData("created", "", "created", [StepData("Another", "", offset=9)])
    services.save_playbook(playbook=playbook, data=data, by=root, now=now + HOUR)
    services.save_playbook(playbook=playbook, data=data, by=root, now=now + HOUR)
    assert [version.number for version in playbook.versions.all()] == [2, 1]
    assert PlaybookRun.objects.get(playbook=playbook).version.number == 1
    newer = make_customer(alice, at=now + 2 * HOUR)
    assert [task.title for task in lodge(newer, now + 2 * HOUR)] == ["Another"]
