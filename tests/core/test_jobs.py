"""Is long work done exactly once, whoever runs it, dies over it or wants it stopped?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.utils import timezone

from core import jobs
from core.exceptions import DomainError
from core.jobs import JobIsOver, Progress
from core.models import Job, SavedView
from core.registries import JOBS, JobKind
from crm.celery import app
from tests.together import at_once

ROWS = 10


def make_rows(job: Job, progress: Progress) -> None:
    """Write ROWS numbered views, one a batch, each in a transaction with the cursor."""
    for number in range(job.cursor.get("next", 0), ROWS):
        with transaction.atomic():
            view = SavedView(page="jobs", name=f"{job.pk}:{number}", owner_id=job.created_by_id)
            view.created_at = progress.clock()
            view.save()
            if job.params.get("dies_at") == number and job.attempts == 1:
                raise SystemExit  # not an Exception: nothing in the code may catch it, as with kill -9
            if job.params.get("cut_off_at", ROWS) <= number and len(cut_off) < job.params["cuts"]:
                cut_off.append(number)
                progress.step(number + 1, total=ROWS, cursor={"next": number + 1})
                transaction.on_commit(too_late)
                continue
            if job.params.get("fails_at") == number:
                raise ValueError("poison")
            progress.step(number + 1, total=ROWS, cursor={"next": number + 1})


cut_off: list[int] = []


def too_late() -> None:
    raise SoftTimeLimitExceeded


def refuse(job: Job, progress: Progress) -> None:
    raise DomainError("The file is gone.")


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    kinds = {"test.rows": JobKind("Rows", make_rows), "test.refuse": JobKind("Refuse", refuse)}
    JOBS.update(kinds)
    yield
    for kind in kinds:
        del JOBS[kind]


def written(job: Job) -> list[str]:
    return sorted(SavedView.objects.filter(name__startswith=f"{job.pk}:").values_list("name", flat=True))


def all_rows(job: Job) -> list[str]:
    return sorted(f"{job.pk}:{number}" for number in range(ROWS))


def ask(alice: Any, now: datetime, **params: Any) -> Job:
    return jobs.enqueue("test.rows", by=alice, now=now, params=params)


def test_an_unknown_kind_is_refused_where_it_is_asked_for(alice, now):
    with pytest.raises(KeyError):
        jobs.enqueue("test.nothing", by=alice, now=now)
    assert not Job.objects.exists()


def test_a_job_runs_and_says_how_far_it_is(alice, now):
    job = ask(alice, now)
    assert jobs.run_due(lambda: now) == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent) == (Job.State.DONE, ROWS, ROWS, 100)
    assert (job.started_at, job.ended_at, job.leased_until) == (now, now, None)
    assert written(job) == all_rows(job)


def test_running_twice_does_it_once(alice, now):
    job = ask(alice, now)
    jobs.run_due(lambda: now)
    assert jobs.run_due(lambda: now) == 0
    assert written(job) == all_rows(job)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_share_the_jobs_and_double_none(alice, now):
    asked = [ask(alice, now) for _ in range(6)]
    ran = at_once([lambda: jobs.run_due(lambda: now)] * 2)
    assert sum(ran) == 6
    for job in asked:
        job.refresh_from_db()
        assert (job.state, job.attempts) == (Job.State.DONE, 1)
        assert written(job) == all_rows(job)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_one_batch_and_the_next_goes_on_there(alice, now):
    job = ask(alice, now, dies_at=4)
    with pytest.raises(SystemExit):
        jobs.run_due(lambda: now)
    job.refresh_from_db()
    assert (job.state, job.cursor, len(written(job))) == (Job.State.RUNNING, {"next": 4}, 4)

    assert jobs.run_due(lambda: now + jobs.LEASE) == 0, "while the lease lasts nobody takes it over"
    later = now + jobs.LEASE + timedelta(seconds=1)
    assert jobs.run_due(lambda: later) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, job.started_at) == (Job.State.DONE, 2, now)
    assert written(job) == all_rows(job)


def test_a_worker_that_lost_its_lease_writes_nothing_more(alice, now):
    job = ask(alice, now)
    slow = jobs._claim(now)
    assert slow is not None
    later = now + jobs.LEASE + timedelta(seconds=1)
    jobs.run_due(lambda: later)
    with pytest.raises(jobs.LeaseLost), transaction.atomic():
        Progress(slow, lambda: later).step(1)
    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.DONE, ROWS)


def test_a_waiting_job_is_cancelled_at_once(alice, now):
    job = ask(alice, now)
    jobs.cancel(job, now=now)
    assert jobs.run_due(lambda: now) == 0
    job.refresh_from_db()
    assert (job.state, written(job)) == (Job.State.CANCELLED, [])
    with pytest.raises(JobIsOver):
        jobs.cancel(job, now=now)


def test_a_running_job_stops_after_its_batch_and_keeps_what_is_done(alice, now):
    job = ask(alice, now)
    ticks = iter(range(1000))

    def clock() -> datetime:
        if next(ticks) == 6:
            jobs.cancel(job, now=now)
        return now

    jobs.run_due(clock)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert 0 < job.done < ROWS
    assert len(written(job)) == job.done == job.cursor["next"]


def test_poison_is_parked_and_does_not_stop_the_others(alice, now):
    poison, good = ask(alice, now, fails_at=2), ask(alice, now)
    jobs.run_due(lambda: now)
    poison.refresh_from_db()
    good.refresh_from_db()
    assert (poison.state, poison.stalls) == (Job.State.PARKED, Job.MAX_ATTEMPTS)
    assert "poison" in poison.message
    assert len(written(poison)) == 2
    assert good.state == Job.State.DONE


def test_a_parked_job_can_be_started_again_and_goes_on(alice, now):
    job = ask(alice, now, fails_at=2)
    jobs.run_due(lambda: now)
    Job.objects.filter(pk=job.pk).update(params={})
    jobs.retry(job, now=now)
    jobs.run_due(lambda: now)
    job.refresh_from_db()
    assert (job.state, job.message, written(job)) == (Job.State.DONE, "", all_rows(job))
    with pytest.raises(JobIsOver):
        jobs.retry(job, now=now)


@pytest.mark.django_db(transaction=True)
def test_a_long_job_may_be_cut_off_often_as_long_as_it_gets_on(alice, now):
    cut_off.clear()
    job = ask(alice, now, cut_off_at=0, cuts=Job.MAX_ATTEMPTS + 2)
    for _task in range(Job.MAX_ATTEMPTS + 2):
        assert jobs.run_due(lambda: now) == 1, "one job a task: its time is over"
    assert jobs.run_due(lambda: now) == 1
    job.refresh_from_db()
    assert (job.state, written(job)) == (Job.State.DONE, all_rows(job))
    assert job.attempts > Job.MAX_ATTEMPTS


def test_a_refusal_ends_a_job_with_its_words_and_is_not_tried_again(alice, now):
    job = jobs.enqueue("test.refuse", by=alice, now=now)
    assert jobs.run_due(lambda: now) == 1
    job.refresh_from_db()
    assert (job.state, job.message, job.attempts) == (Job.State.FAILED, "The file is gone.", 1)


def test_own_jobs_only_but_an_admin_sees_all(alice, bob, root, now):
    job = ask(alice, now)
    assert [list(Job.objects.visible_to(user)) for user in (alice, bob, root)] == [[job], [], [job]]


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_does_it_and_a_second_wake_up_harms_nothing(alice):
    job = ask(alice, timezone.now())
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        for _ in range(2):
            app.send_task("core.run_due_jobs")
        wait_until(lambda: Job.objects.get(pk=job.pk).is_over)
    job.refresh_from_db()
    assert (job.state, written(job)) == (Job.State.DONE, all_rows(job))


def wait_until(true: Any, seconds: float = 20) -> None:
    end = timezone.now() + timedelta(seconds=seconds)
    while not true():
        assert timezone.now() < end, "waited too long"
        threading.Event().wait(0.05)


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_fails_no_request_and_the_sweep_catches_up(alice, now, dead_broker):
    before = timezone.now()
    with transaction.atomic():
        job = ask(alice, now)
    assert timezone.now() - before < timedelta(seconds=5)
    assert jobs.run_due(lambda: now) == 1
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_no_work_is_asked_for_by_a_transaction_that_failed(alice, now, django_capture_on_commit_callbacks):
    @transaction.atomic
    def ask_and_fail() -> None:
        ask(alice, now)
        raise ZeroDivisionError

    with django_capture_on_commit_callbacks() as callbacks, pytest.raises(ZeroDivisionError):
        ask_and_fail()
    assert (callbacks, Job.objects.count()) == ([], 0)
    assert connection.get_autocommit() is not None


def test_a_worker_that_is_told_nothing_serves_every_queue_that_tasks_are_routed_to():
    served = {queue.name: queue.routing_key for queue in app.amqp.queues.consume_from.values()}
    routed = {route["queue"] for route in app.conf.task_routes.values()}
    assert served == {name: name for name in routed | {app.conf.task_default_queue}}


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (Job.State.QUEUED, "An error came in between; it goes on by itself."),
        (Job.State.PARKED, "It failed several times. Try again, or tell an administrator, who sees the reason."),
        (Job.State.FAILED, "InternalError: terminating connection"),  # a rule's own words stand here
    ],
)
def test_people_are_not_shown_the_words_of_a_programs_error(state, told):
    assert Job(state=state, message="InternalError: terminating connection").told == told
    assert Job(state=state).told == ""
