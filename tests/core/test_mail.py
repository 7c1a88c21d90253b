"""Does a mail leave the house once, under one Message-ID, whatever the server and the workers do?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from core import mail
from core.models import OutgoingMail
from crm.celery import app
from tests.core.test_jobs import wait_until
from tests.together import at_once

State = OutgoingMail.State
BROKEN = "tests.core.test_mail.BrokenServer"
TENDER = "tests.core.test_mail.PickyServer"


class BrokenServer(EmailBackend):
    """A server that takes nothing."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("no server there")


class PickyServer(EmailBackend):
    """A server that refuses one address and takes the others."""

    def send_messages(self, messages: Any) -> int:
        if any("bad@" in address for message in messages for address in message.to):
            raise ValueError("550 no such user")
        return super().send_messages(messages)


def queue(now: datetime, to: str = "buyer@example.com", **more: Any) -> OutgoingMail | None:
    return mail.queue_mail(to=to, subject="Your offer\nBcc: all@example.com", text="Hello", now=now, **more)


@pytest.mark.django_db
class TestSending:
    def test_what_is_due_is_sent_with_its_message_id(self, now):
        row = queue(now, html="<p>Hello</p>")
        assert mail.send_due(lambda: now) == 1
        row.refresh_from_db()
        assert (row.state, row.sent_at, row.leased_until) == (State.SENT, now, None)
        assert (row.text, row.html) == ("", ""), "a link that opens a door does not lie about for months"
        assert (row.subject, row.to) == ("Your offer Bcc: all@example.com", "buyer@example.com")
        (sent,) = django_mail.outbox
        assert sent.extra_headers["Message-ID"] == row.message_id
        assert sent.subject == "Your offer Bcc: all@example.com", "a line break in a subject is no header"
        assert mail.send_due(lambda: now) == 0
        assert len(django_mail.outbox) == 1

    def test_not_before_its_time(self, now):
        queue(now, not_before=now + timedelta(hours=1))
        assert mail.send_due(lambda: now) == 0
        assert mail.send_due(lambda: now + timedelta(hours=1)) == 1

    def test_the_same_key_is_one_mail(self, now):
        assert queue(now, key="reminder:7") is not None
        assert queue(now, key="reminder:7") is None
        assert queue(now, key="reminder:8") is not None
        assert mail.send_due(lambda: now) == 2

    def test_the_next_try_waits_longer_each_time_and_then_it_is_parked(self, now, settings):
        settings.EMAIL_BACKEND = BROKEN
        row = queue(now)
        ids, waits, clock = {row.message_id}, [], now
        for _ in range(OutgoingMail.MAX_ATTEMPTS):
            assert mail.send_due(lambda at=clock: at) == 0
            row.refresh_from_db()
            ids.add(row.message_id)
            waits.append(int((row.not_before - clock).total_seconds() // 60))
            clock = row.not_before
        assert waits[:5] == [1, 4, 16, 64, 256]
        assert (row.state, row.attempts, len(ids)) == (State.PARKED, OutgoingMail.MAX_ATTEMPTS, 1)
        assert "no server there" in row.error
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert mail.send_due(lambda: clock + timedelta(days=9)) == 0, "a parked mail waits for a person"

    def test_one_refused_address_does_not_hold_the_others_back(self, now, settings):
        settings.EMAIL_BACKEND = TENDER
        bad, good = queue(now, to="bad@example.com"), queue(now)
        assert mail.send_due(lambda: now) == 1
        bad.refresh_from_db()
        good.refresh_from_db()
        assert (bad.state, good.state) == (State.QUEUED, State.SENT)

    def test_a_worker_killed_while_sending_leaves_a_mail_that_goes_out_under_the_same_id(self, now):
        row = queue(now)
        (leased,) = mail._lease(now)
        assert mail.send_due(lambda: now) == 0, "while the lease lasts nobody sends it again"
        later = now + mail.LEASE + timedelta(seconds=1)
        assert mail.send_due(lambda: later) == 1
        (sent,) = django_mail.outbox
        assert sent.extra_headers["Message-ID"] == row.message_id
        # The first worker wakes up after all: a second copy under one Message-ID, and the row stays as it is.
        mail._send(leased, lambda: later)
        assert {one.extra_headers["Message-ID"] for one in django_mail.outbox} == {row.message_id}
        row.refresh_from_db()
        assert (row.state, row.attempts) == (State.SENT, 2)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_sweeps_send_each_mail_once(self, now):
        for number in range(120):
            queue(now, to=f"buyer{number}@example.com")
        assert sum(at_once([lambda: mail.send_due(lambda: now)] * 2)) == 120
        assert len({one.to[0] for one in django_mail.outbox}) == len(django_mail.outbox) == 120

    def test_two_who_queue_the_same_key_write_one(self, now):
        made = at_once([lambda: queue(now, key="digest:2026-11-26")] * 4)
        assert sum(one is not None for one in made) == 1
        assert OutgoingMail.objects.count() == 1

    def test_a_mail_of_a_failed_transaction_is_never_sent(self, now):
        @transaction.atomic
        def queue_and_fail() -> None:
            queue(now)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            queue_and_fail()
        assert mail.send_due(lambda: now) == 0

    def test_a_dead_broker_fails_nobody(self, now, dead_broker):
        before = timezone.now()
        with transaction.atomic():
            queue(now)
        assert timezone.now() - before < timedelta(seconds=5)
        assert mail.send_due(lambda: now) == 1

    def test_a_real_worker_sends_it(self):
        row = queue(timezone.now())
        with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
            wait_until(lambda: OutgoingMail.objects.get(pk=row.pk).state == State.SENT)
        assert len(django_mail.outbox) == 1
