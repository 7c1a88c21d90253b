"""Is nothing lost and nothing done twice when beat sleeps, a worker is killed or the broker forgets everything?"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core import mail as django_mail
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Notification, User
from core.models import OutgoingMail
from crm.celery import app
from customers.models import EventDelivery
from followups.models import Playbook, PlaybookRun, Task
from followups.reminding import BATCH, remind
from tests.core.test_jobs import wait_until
from tests.factories import make_customer, make_user, say
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


def flush_broker() -> None:
    with app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()


def make_tasks(number: int, people: list[User], due_at: Callable[[int], datetime], now: datetime) -> None:
    Task.objects.bulk_create(
        Task(
            title=f"Call {n}",
            assignee=people[n % len(people)],
            due_at=due_at(n),
            remind_at=due_at(n),
            created_at=now,
            updated_at=now,
        )
        for n in range(number)
    )


def test_beat_sleeps_four_hours_and_then_everything_runs_twice_at_once(alice, bob, dana, team, time_machine):
    """Promises, silences, digests, mails and events of the hours between: each is told once, to everybody."""
    app.loader.import_default_modules()
    stopped = datetime(2026, 11, 25, 23, 50, tzinfo=UTC)  # 07:50 in Shanghai, where all of them are
    Playbook.objects.filter(key="silence").update(is_active=True)
    people = [alice, bob, *(make_user(team=team) for _ in range(4))]
    User.objects.update(date_joined=stopped - timedelta(days=30))
    silent = make_customer(alice, "Silent GmbH", at=stopped - timedelta(days=14))
    say(silent, alice, stopped - timedelta(days=14) + HOUR)
    time_machine.move_to(stopped, tick=False)
    for entry in app.conf.beat_schedule.values():
        app.tasks[entry["task"]]()
    before = Counter(Notification.objects.values_list("kind", flat=True))
    mails_before = len(django_mail.outbox)

    make_tasks(60, people, lambda n: stopped + n * timedelta(minutes=4), stopped)
    time_machine.move_to(stopped + 2 * HOUR, tick=False)
    new = [make_customer(bob, f"New {n} GmbH", at=stopped + 2 * HOUR) for n in range(5)]
    time_machine.move_to(stopped + 4 * HOUR, tick=False)
    flush_broker()
    for _time in range(2):
        for entry in app.conf.beat_schedule.values():
            assert errors(at_once([app.tasks[entry["task"]]] * 2)) == [], entry
    for entry in app.conf.beat_schedule.values():
        app.tasks[entry["task"]]()

    told = Counter(Notification.objects.values_list("kind", flat=True)) - before
    assert told == {"task_overdue": 60}
    assert Notification.objects.filter(mail_state="due").count() == 0
    runs = PlaybookRun.objects.filter(customer__in=[silent, *new]).values_list("customer", "playbook__key")
    assert Counter(runs) == {(silent.pk, "silence"): 1} | {(one.pk, "first_touch"): 1 for one in new}
    mails = django_mail.outbox[mails_before:]
    subjects = Counter((mail.to[0], bool(re.match("Your day", mail.subject))) for mail in mails)
    assert subjects == {(person.email, is_digest): 1 for person in people for is_digest in (True, False)}
    assert len({mail.extra_headers["Message-ID"] for mail in django_mail.outbox}) == len(django_mail.outbox)
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}
    assert not EventDelivery.objects.exists()
    call_command("check_invariants", verbosity=0)


# --- a worker is killed ---------------------------------------------------------------------------------

MANY = 20_000


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A worker as it runs in real life, on the database and broker of this test; whoever is left is killed."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    own = {"DATABASE_URL": database, "GONGHAI_PROCESS": "worker", "EMAIL_URL": "dummymail://"}
    argv = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "crm", "worker", "--concurrency", "1"]
    argv += ["--queues", "default", "--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
    with subprocess.Popen(argv, cwd=settings.BASE_DIR, env=os.environ | own, start_new_session=True) as process:
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9: the worker, and the child that does its work."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ask(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


WAITING = "FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid"  # for the end of ours
AT_WORK = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"


def test_killed_in_the_middle_of_twenty_thousand_each_is_told_once(alice, bob, dana, team):
    people = [alice, bob, *(make_user(team=team) for _ in range(8))]
    now = timezone.now().replace(microsecond=0)
    flush_broker()
    make_tasks(MANY, people, lambda n: now - HOUR, now - 2 * HOUR)
    # Somebody writes one notice of the third batch at this moment: the worker waits for the end of it in the
    # middle of its INSERT, two batches are told for good, and there it is killed.
    task = Task.objects.order_by("pk")[2 * BATCH + BATCH // 2]
    key = f"task_overdue:{task.pk}:{int(task.due_at.timestamp())}"
    with worker() as process, transaction.atomic():
        Notification.objects.create(recipient=task.assignee, kind="task_overdue", key=key, created_at=now)
        app.send_task("followups.remind")
        wait_until(lambda: ask(f"SELECT count(*) {WAITING}") == 1, 60)
        kill(process)
        transaction.set_rollback(True)
    wait_until(lambda: ask(f"SELECT count(*) {AT_WORK}") == 0)
    assert Notification.objects.count() == Task.objects.filter(reminded="overdue").count() == 2 * BATCH
    flush_broker()

    assert sum(at_once([lambda: remind(now=now)] * 2)) == MANY - 2 * BATCH
    assert remind(now=now) == 0
    told = Notification.objects.filter(kind="task_overdue")
    assert told.count() == told.values("recipient", "key").distinct().count() == MANY
    assert Task.objects.filter(reminded="overdue").count() == MANY
