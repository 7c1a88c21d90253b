"""Is each task's reminder told once, to whom it concerns, whatever happens to the sweep?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from celery.contrib.testing.worker import start_worker
from django.core.cache import cache
from django.db import connection
from django.utils import timezone, translation

from accounts.models import Notification, User
from accounts.notices import lines_of
from accounts.services.notice_mails import mail_notices
from core.models import OutgoingMail
from crm.celery import app
from followups import services
from followups.inputs import TaskData
from followups.models import Task
from followups.reminding import TIME_TO_ACT, remind
from tests.core.test_jobs import wait_until
from tests.factories import make_contact, make_customer, make_user
from tests.together import at_once

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make_task(by, now, **data) -> Task:
    fields = {"title": "Send the price list", "assignee": by, "due_at": now + 2 * HOUR} | data
    return services.create_task(data=TaskData(**fields), by=by, now=now)


def told() -> list[tuple[str, str]]:
    """(kind, user name) of every reminder, oldest first."""
    rows = Notification.objects.filter(kind__in=("task_ahead", "task_overdue", "task_escalated"))
    return list(rows.order_by("created_at", "recipient__username").values_list("kind", "recipient__username"))


def words(user) -> list[str]:
    return [one.line.title for one in lines_of(Notification.objects.filter(recipient=user), user) if one.line]


def test_ahead_of_due_then_overdue_then_the_manager_each_once(alice, dana, now):
    due = now + 2 * HOUR
    make_task(alice, now, due_at=due, remind_before=60)
    for at in (now, due - HOUR, due - HOUR, due, due + HOUR, due + 3 * DAY, due + 3 * DAY, due + 99 * DAY):
        remind(now=at)
    assert told() == [("task_ahead", "alice"), ("task_overdue", "alice"), ("task_escalated", "dana")]
    assert Task.objects.get().remind_at is None


@pytest.mark.parametrize(("priority", "after"), [(4, 4 * HOUR), (3, DAY), (2, 3 * DAY), (1, 7 * DAY)])
def test_the_manager_hears_of_urgent_tasks_sooner(alice, dana, now, priority, after):
    make_task(alice, now, due_at=now, priority=priority)
    remind(now=now)
    remind(now=now + after - timedelta(seconds=1))
    assert told() == [("task_overdue", "alice")]
    remind(now=now + after)
    assert told()[1:] == [("task_escalated", "dana")]


def test_what_has_ended_reminds_nobody(alice, now):
    task = make_task(alice, now, remind_before=60)
    services.complete_task(task=task, by=alice, now=now)
    assert remind(now=now + DAY) == 0


def test_a_postponed_task_reminds_anew(alice, now):
    task = make_task(alice, now, due_at=now + HOUR)
    remind(now=now + HOUR)
    services.postpone_task(task=task, by=alice, now=now + HOUR, reason="They are at a fair", due_at=now + 2 * DAY)
    assert remind(now=now + DAY) == 0
    assert remind(now=now + 2 * DAY) == 1
    assert told() == [("task_overdue", "alice")] * 2


def test_a_changed_task_does_not_remind_again(alice, dana, now):
    task = make_task(alice, now, due_at=now + HOUR)
    remind(now=now + HOUR)
    data = TaskData("Send both price lists", assignee=alice, remind_before=30)
    services.update_task(task=task, data=data, by=alice, now=now + 2 * HOUR)
    assert remind(now=now + 2 * HOUR) == 0
    assert remind(now=now + HOUR + 3 * DAY) == 1
    assert told() == [("task_overdue", "alice"), ("task_escalated", "dana")]


def test_of_a_team_all_are_told_and_the_manager_too_when_nobody_takes_it(alice, bob, charlie, dana, team, now):
    make_task(alice, now, assignee=None, team=team, remind_before=60)
    remind(now=now + HOUR)
    assert told() == [("task_ahead", name) for name in ("alice", "bob", "dana")]
    remind(now=now + 2 * HOUR)
    assert told()[3:] == [("task_overdue", name) for name in ("alice", "bob", "dana")]
    remind(now=now + 2 * HOUR + 3 * DAY)
    assert told()[6:] == [("task_escalated", "dana")]


class TestAway:
    @pytest.fixture(autouse=True)
    def _away(self, alice, charlie):
        alice.away_from, alice.away_to, alice.deputy = date(2026, 11, 26), date(2026, 11, 28), charlie
        alice.save()

    def test_the_deputy_is_told_and_sees_the_task_and_the_customers_name_and_no_more(
        self, alice, charlie, now, monkeypatch, signed_in
    ):
        customer = make_customer(alice, "Kunde GmbH", needs="secret needs")
        task = make_task(alice, now, customer=customer, contact=make_contact(customer, "Jo Klein"))
        remind(now=now + 2 * HOUR)
        assert told() == [("task_overdue", "charlie")]
        monkeypatch.setattr(timezone, "now", lambda: now)
        assert Task.objects.visible_to(charlie).get() == task
        (line,) = [one.line for one in lines_of(Notification.objects.filter(kind="task_overdue"), charlie)]
        assert line.text == "Kunde GmbH · Jo Klein · Task of Alice"
        assert signed_in(charlie).get(customer.get_absolute_url()).status_code == 404
        assert not type(customer).objects.visible_to(charlie).exists()
        services.complete_task(task=task, by=charlie, now=now)

    def test_sees_it_no_more_when_the_colleague_is_back(self, alice, charlie, now, monkeypatch):
        make_task(alice, now)
        remind(now=now + 2 * HOUR)
        for days, sees in ((0, True), (2, True), (3, False)):
            monkeypatch.setattr(timezone, "now", lambda days=days: now + days * DAY)
            assert Task.objects.visible_to(charlie).exists() is sees
            assert bool(words(charlie)) is sees

    @pytest.mark.parametrize("why", ["away", "left", "none"])
    def test_a_deputy_who_is_not_there_is_passed_over(self, alice, charlie, dana, now, why):
        if why == "away":
            charlie.away_from, charlie.away_to = alice.away_from, alice.away_to
            charlie.save()
        elif why == "left":
            User.objects.filter(pk=charlie.pk).update(is_active=False)
        else:
            User.objects.filter(pk=alice.pk).update(deputy=None)
        make_task(alice, now)
        remind(now=now + 2 * HOUR)
        assert told() == [("task_overdue", "dana")]


def test_without_a_manager_the_administrators_answer(alice, root, now):
    make_task(alice, now, due_at=now)
    remind(now=now)
    remind(now=now + 3 * DAY)
    assert told() == [("task_overdue", "alice"), ("task_escalated", "root")]


def test_a_manager_does_not_escalate_to_themselves(dana, root, now):
    make_task(dana, now, due_at=now)
    remind(now=now)
    remind(now=now + 3 * DAY)
    assert told() == [("task_overdue", "dana"), ("task_escalated", "root")]


def test_words_are_made_when_they_are_read(alice, dana, now):
    task = make_task(alice, now, due_on=date(2026, 11, 27))
    remind(now=now + 2 * DAY)
    with translation.override("en"):
        assert words(alice) == ["Overdue since 27 Nov: Send the price list"]
        services.complete_task(task=task, by=alice, now=now)
        (line,) = [one.line for one in lines_of(Notification.objects.all(), alice)]
    assert line.text == "Done"


def test_who_may_not_see_it_any_more_reads_nothing(alice, bob, charlie, now):
    task = make_task(charlie, now, assignee=alice)
    remind(now=now + 2 * HOUR)
    services.reassign_tasks(ids=[task.pk], to=charlie, by=charlie, now=now)
    assert words(alice) == []


class TestOutages:
    def test_after_hours_of_silence_each_is_told_what_matters_now(self, alice, dana, now):
        """Beat slept over the reminder and the due moment: the reminder is past, overdue is told."""
        make_task(alice, now, remind_before=60)
        remind(now=now + 6 * HOUR)
        assert told() == [("task_overdue", "alice")]

    def test_the_manager_is_not_told_before_the_person_could_act(self, alice, dana, now):
        make_task(alice, now, priority=4)
        late = now + 30 * DAY
        remind(now=late)
        assert told() == [("task_overdue", "alice")]
        remind(now=late + TIME_TO_ACT)
        assert told()[1:] == [("task_escalated", "dana")]

    def test_a_flushed_broker_loses_nothing(self, alice, now):
        make_task(alice, now)
        cache.clear()
        with app.connection_for_write() as broker:
            broker.default_channel.client.flushdb()
        assert remind(now=now + 2 * HOUR) == 1

    def test_small_batches_tell_all(self, alice, now):
        for _number in range(7):
            make_task(alice, now)
        assert remind(now=now + 2 * HOUR, batch=2) == 7
        assert remind(now=now + 2 * HOUR, batch=2) == 0


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_share_the_work_and_double_nothing(alice, dana, team, now):
    people = [make_user(team=team) for _number in range(5)]
    for number in range(40):
        make_task(people[number % 5], now, title=f"Task {number}")
    assert sum(at_once([lambda: remind(now=now + 2 * HOUR, batch=7)] * 4)) == 40
    assert Notification.objects.filter(kind="task_overdue").count() == 40


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_a_batch_is_lost_whole_and_done_again(alice, now):
    for _number in range(6):
        make_task(alice, now)
    due, batches = now + 2 * HOUR, []

    def die(execute, sql, *args):
        if sql.lstrip().startswith("INSERT INTO accounts_notification"):
            batches.append(1)
        if len(batches) == 2 and sql.startswith("UPDATE"):
            raise SystemExit  # not an Exception: nothing in the code may catch it, as with kill -9
        return execute(sql, *args)

    with connection.execute_wrapper(die), pytest.raises(SystemExit):
        remind(now=due, batch=2)
    assert Notification.objects.count() == Task.objects.filter(reminded="overdue").count() == 2
    assert remind(now=due, batch=2) == 4
    assert remind(now=due) == 0


def test_to_the_readers_mailbox_in_their_words_and_zone(alice, now):
    alice.language, alice.time_zone = "zh-hans", "Europe/Berlin"
    alice.save()
    make_task(alice, now, title="寄样品", due_at=now)
    remind(now=now)
    mail_notices(now=now + 30 * DAY)
    (mail,) = OutgoingMail.objects.all()
    assert "寄样品" in mail.subject
    assert "08:20" in mail.subject  # 15:20 in Shanghai
    mail_notices(now=now + 31 * DAY)
    assert OutgoingMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_does_it_and_a_second_wake_up_harms_nothing(alice):
    at = timezone.now()
    make_task(alice, at, due_at=at - HOUR)
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        for _time in range(2):
            app.send_task("followups.remind")
        wait_until(lambda: Notification.objects.filter(kind="task_overdue").exists())
    assert remind(now=at + HOUR) == 0
