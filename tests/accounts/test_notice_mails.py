"""Does each notice reach its reader by mail once: together with the others, in their language, never at night?"""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Notification, User
from accounts.registries import NOTICES, NoticeKind, NoticeLine
from accounts.services import mark_read, notify, notify_selected
from accounts.services.notice_mails import mail_notices
from core.models import OutgoingMail
from core.templatetags.ui import moment
from crm.celery import app
from tests.core.test_jobs import wait_until
from tests.factories import make_user
from tests.together import at_once


def render_colleague(notices, user):
    """A colleague's name and when, for those of the same team."""
    people = User.objects.filter(team=user.team).in_bulk({notice.target_id for notice in notices})
    return {
        notice.pk: NoticeLine(f"About {people[notice.target_id].name}", url="/people/me/", text=_when(notice))
        for notice in notices
        if notice.target_id in people
    }


def _when(notice) -> str:
    return f"{timezone.localtime(notice.created_at):%H:%M}"


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setitem(NOTICES, "colleague", NoticeKind("Colleagues", render_colleague))
    monkeypatch.setitem(NOTICES, "urgent", NoticeKind("Urgent things", render_colleague, by_mail=True))


def tell(to, about, now, kind="urgent", **options):
    notify(to=[to], kind=kind, target=about, now=now, **options)


def test_one_notice_is_a_mail_of_its_own(alice, bob, now, mails):
    tell(alice, bob, now, key="a")
    tell(alice, bob, now, key="a")
    tell(alice, bob, now, kind="colleague")
    assert not mails(alice.email), "the mail is the sweep's"
    assert mail_notices(now=now) == 1
    (mail,) = mails(alice.email)
    assert mail.subject == "About Bob"
    assert f"{settings.PUBLIC_URL}/people/me/" in mail.text


def test_several_are_a_list_in_one_mail(alice, bob, dana, now, mails):
    tell(alice, bob, now)
    tell(alice, dana, now + timedelta(minutes=1))
    mail_notices(now=now)
    (mail,) = mails(alice.email)
    assert mail.subject == "About Dana, and 1 more notice"
    assert mail.text.index("About Dana") < mail.text.index("About Bob")
    assert mail_notices(now=now) == 0


def test_a_mail_of_hundreds_lists_the_newest(alice, bob, now, mails):
    for minute in range(60):
        tell(alice, bob, now + timedelta(minutes=minute))
    mail_notices(now=now)
    (mail,) = mails(alice.email)
    assert mail.text.count("About Bob") == 50
    assert f"{settings.PUBLIC_URL}/people/notifications/" in mail.text
    assert not Notification.objects.filter(mail_state="due").exists()


def test_words_and_times_are_the_readers(alice, bob, now, mails):
    alice.language, alice.time_zone = "zh-hans", "America/New_York"
    alice.quiet_from = alice.quiet_to = None
    alice.save()
    tell(alice, bob, now)
    mail_notices(now=now)
    (mail,) = mails(alice.email)
    assert "02:20" in mail.text
    assert moment(now)  # the sweep left zone and language as they were
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE


def test_by_choice(alice, bob, now, mails, signed_in):
    signed_in(alice).post("/people/me/notices/", {"mail": ["colleague", "nonsense"]})
    alice.refresh_from_db()
    tell(alice, bob, now)
    tell(alice, bob, now, kind="colleague")
    mail_notices(now=now)
    assert len(mails(alice.email)) == 1
    assert list(Notification.objects.filter(mail_state="sent").values_list("kind", flat=True)) == ["colleague"]
    assert "nonsense" not in alice.mailed_notices


def test_what_somebody_may_not_see_or_has_read_is_in_no_mail(alice, bob, charlie, now, mails):
    tell(alice, charlie, now)
    tell(alice, bob, now, key="read")
    mark_read(notification=Notification.objects.get(key="read"), now=now)
    assert mail_notices(now=now) == 0
    assert not mails(alice.email)
    assert not Notification.objects.filter(mail_state="due").exists()


def test_who_left_is_written_nothing(alice, bob, now):
    tell(alice, bob, now)
    alice.is_active = False
    alice.save()
    assert mail_notices(now=now) == 0
    assert not OutgoingMail.objects.exists()


def test_mails_wait_until_quiet_hours_end_but_the_app_shows_at_once(alice, bob, now, mails):
    night = now.replace(hour=15)  # 23:00 in Shanghai
    tell(alice, bob, night)
    tell(bob, alice, night)
    bob.time_zone = "Europe/Berlin"
    bob.save()
    assert Notification.objects.visible_to(alice).unread().count() == 1
    assert mail_notices(now=night) == 1, "it is afternoon where Bob is"
    assert mail_notices(now=night.replace(hour=23, minute=59)) == 0
    assert not mails(alice.email)
    assert mail_notices(now=night + timedelta(hours=9)) == 1


def test_one_whose_words_fail_does_not_keep_others_from_theirs(alice, bob, now, mails, monkeypatch, caplog):
    def stumble(notices, user):
        if user == alice:
            raise ZeroDivisionError
        return render_colleague(notices, user)

    monkeypatch.setitem(NOTICES, "urgent", NoticeKind("Urgent things", stumble, by_mail=True))
    tell(alice, bob, now)
    tell(bob, alice, now)
    assert mail_notices(now=now) == 1
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.setitem(NOTICES, "urgent", NoticeKind("Urgent things", render_colleague, by_mail=True))
    assert mail_notices(now=now) == 1
    assert len(mails(alice.email)) == 1


def test_many_are_told_in_one_statement(alice, bob, charlie, now, mails):
    bob.mailed_notices = {"urgent": False}
    bob.save()
    charlie.is_active = False
    charlie.save()
    rows = "SELECT id AS recipient_id, %s AS target_id, '{}'::jsonb AS params, 'x:' || id AS key FROM accounts_user"
    told = {"rows": rows, "values": [bob.pk], "kind": "urgent", "target_label": "accounts.user"}
    assert notify_selected(**told, now=now) == 2
    assert notify_selected(**told, now=now) == 0
    found = dict(Notification.objects.values_list("recipient", "mail_state"))
    assert found == {alice.pk: "due", bob.pk: ""}
    mail_notices(now=now)
    assert [mail.subject for mail in mails(alice.email)] == ["About Bob"]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_mail_each_notice_once(alice, bob, team, now):
    people = [alice, bob, *(make_user(team=team) for _ in range(8))]
    for person in people:
        for _ in range(3):
            tell(person, bob, now)
    written = at_once([lambda: mail_notices(now=now)] * 4)
    assert sum(written) == OutgoingMail.objects.count() == len(people)
    assert sum(mail.text.count("About Bob") for mail in OutgoingMail.objects.all()) == 3 * len(people)


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_nothing_is_lost_and_nothing_twice(alice, bob, now, monkeypatch):
    def die(notices, user):
        if user == bob:
            raise SystemExit  # not an Exception: nothing in the code may catch it, as with kill -9
        return render_colleague(notices, user)

    tell(alice, bob, now)
    tell(bob, alice, now)
    monkeypatch.setitem(NOTICES, "urgent", NoticeKind("Urgent things", die, by_mail=True))
    with pytest.raises(SystemExit):
        mail_notices(now=now)
    monkeypatch.setitem(NOTICES, "urgent", NoticeKind("Urgent things", render_colleague, by_mail=True))
    assert [mail.to for mail in OutgoingMail.objects.all()] == [alice.email]
    assert mail_notices(now=now) == 1
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == sorted([alice.email, bob.email])


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_is_woken_after_commit(alice, bob):
    alice.quiet_from = alice.quiet_to = None
    alice.save()
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        with transaction.atomic():
            tell(alice, bob, timezone.now())
        wait_until(lambda: OutgoingMail.objects.filter(to=alice.email).exists())
    assert Notification.objects.get().mail_state == "sent"


def test_quiet_by_default(alice):
    assert (alice.quiet_from, alice.quiet_to) == (time(21), time(8))
