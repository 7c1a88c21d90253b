"""Does everybody get the weekly summary once, on their day, at their hour, in their words, also after an outage?"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.models import User
from accounts.models.people import NEVER
from core.models import OutgoingMail
from followups.models import Task
from reports.mailing import send_summaries
from tests.factories import make_customer, make_user
from tests.together import at_once

pytestmark = pytest.mark.django_db
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
# 08:00 of Monday 23 November 2026 in Shanghai.
MONDAY = datetime(2026, 11, 23, 0, tzinfo=UTC)


def busy(*people: User) -> None:
    """Something of theirs is overdue for a long time, so that there is something to say."""
    long_ago = datetime(2015, 1, 1, tzinfo=UTC)
    User.objects.update(date_joined=long_ago, weekly_noted_on=None)
    Task.objects.bulk_create(
        Task(title="Call", assignee=one, due_at=long_ago, created_at=long_ago, updated_at=long_ago) for one in people
    )


def test_on_monday_at_eight_once(alice, bob):
    busy(alice)
    send_summaries(now=MONDAY - timedelta(seconds=1))  # the week before is made up for
    OutgoingMail.objects.all().delete()
    assert [send_summaries(now=MONDAY + n * HOUR) for n in (-0.01, 0, 1, 30, 160)] == [0, 1, 0, 0, 0]
    (mail,) = OutgoingMail.objects.all()
    assert mail.to == alice.email
    assert mail.subject == "Your week, 16 Nov to 22 Nov"
    assert "Overdue tasks\n- 1 Jan · Call\n" in mail.text
    assert "/people/me/" in mail.text
    assert re.search(r'<li><a href="[^"]+/tasks/\d+/">1 Jan · Call</a></li>', mail.html)
    assert send_summaries(now=MONDAY + WEEK) == 1


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Berlin", date(2026, 3, 16)),
        ("Europe/Berlin", date(2026, 10, 12)),
        ("America/New_York", date(2026, 2, 23)),
        ("America/New_York", date(2026, 10, 19)),
        ("America/Sao_Paulo", date(2018, 10, 22)),
        ("America/Sao_Paulo", date(2026, 10, 12)),
        ("Australia/Lord_Howe", date(2026, 9, 21)),
        ("Asia/Shanghai", date(2026, 10, 12)),
    ],
)
@pytest.mark.parametrize(("weekday", "at"), [(0, time(8)), (6, time(2, 15))])
def test_one_a_week_at_the_local_hour_over_a_change_of_clocks(alice, zone, first, weekday, at):
    """Sweeps each minute about the hour, and each quarter of an hour at all other times."""
    busy(alice)
    there = ZoneInfo(zone)
    User.objects.filter(pk=alice.pk).update(
        time_zone=zone, weekly_on=weekday, weekly_at=at, weekly_noted_on=first - DAY
    )
    now = begins = datetime.combine(first, time(), there).astimezone(UTC)
    while now < begins + 3 * WEEK:
        send_summaries(now=now)
        local = now.astimezone(there)
        is_near = local.weekday() == weekday and at.hour - 1 <= local.hour <= at.hour + 1
        now += timedelta(minutes=1 if is_near else 15)
    sent = [one.astimezone(there) for one in OutgoingMail.objects.order_by("pk").values_list("created_at", flat=True)]
    assert [one.date() for one in sent] == [first + weekday * DAY + n * WEEK for n in range(3)]
    # Where the clocks jump over it, the difference before the jump holds.
    jumped = {"Europe/Berlin": time(3, 15), "America/New_York": time(3, 15), "Australia/Lord_Howe": time(2, 45)}
    for one in sent:
        exists = datetime.combine(one.date(), at, there).astimezone(UTC).astimezone(there).time() == at
        assert one.time() == (at if exists else jumped[zone])


@pytest.mark.parametrize("late", [2 * HOUR, 3 * DAY, 7 * DAY - HOUR])
def test_an_outage_is_made_up_for_until_the_day_comes_again(alice, late):
    busy(alice)
    assert send_summaries(now=MONDAY - 4 * DAY) == 1
    assert send_summaries(now=MONDAY + late) == 1  # beat was down for days
    assert OutgoingMail.objects.order_by("-pk")[0].subject == "Your week, 16 Nov to 22 Nov"
    assert send_summaries(now=MONDAY + WEEK - timedelta(seconds=1)) == 0
    assert send_summaries(now=MONDAY + WEEK) == 1
    assert send_summaries(now=MONDAY + 5 * WEEK + HOUR) == 1  # what lies weeks back is over
    assert OutgoingMail.objects.count() == 4


def test_who_joined_later_is_away_gone_or_wants_none_gets_none(alice, bob, charlie, dana, root):
    late, zoned = make_user("late"), make_user("zoned")
    people = [alice, bob, charlie, dana, root, late, zoned]
    busy(*people)
    User.objects.filter(pk=late.pk).update(date_joined=MONDAY + HOUR)
    User.objects.filter(pk=bob.pk).update(away_from=date(2026, 11, 23), away_to=date(2026, 11, 24))
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    User.objects.filter(pk=dana.pk).update(weekly_on=NEVER)
    User.objects.filter(pk=zoned.pk).update(time_zone="America/New_York", weekly_noted_on=date(2026, 11, 16))
    assert send_summaries(now=MONDAY + 2 * HOUR) == 1
    assert OutgoingMail.objects.get().to == alice.email
    # Who was away then is not told later in the week; in New York it is Monday half a day later.
    assert send_summaries(now=MONDAY + 13 * HOUR - timedelta(seconds=1)) == 0
    assert send_summaries(now=MONDAY + 13 * HOUR) == 1
    assert send_summaries(now=MONDAY + 3 * DAY) == 0
    assert send_summaries(now=MONDAY + WEEK) == 3  # alice, bob and the new one; New York later


def test_its_lines_hold_on_a_phone(alice):
    customer = make_customer(alice, "Vereinigte Schloss- und Beschlägewerke Velbert GmbH & Co. KG")
    busy(alice)
    Task.objects.create(
        title="Send the certificate of conformity for all of the padlocks", assignee=alice, customer=customer,
        due_at=MONDAY - HOUR, created_at=MONDAY - DAY, updated_at=MONDAY - DAY,
    )  # fmt: skip
    send_summaries(now=MONDAY)
    lines = OutgoingMail.objects.get().text.splitlines()
    assert any("Vereinigte" in line for line in lines)
    assert [line for line in lines if len(line) > 60 and "http" not in line] == []


def test_nothing_to_say_is_no_mail(alice):
    busy()
    assert send_summaries(now=MONDAY) == 0
    busy(alice)
    assert send_summaries(now=MONDAY) == 1


def test_each_in_their_language(alice, bob):
    busy(alice, bob)
    User.objects.filter(pk=alice.pk).update(language="zh-hans")
    assert send_summaries(now=MONDAY) == 2
    mails = {mail.to: mail for mail in OutgoingMail.objects.all()}
    assert "11月16日" in mails[alice.email].subject
    assert '<html lang="zh-hans">' in mails[alice.email].html
    assert "1月1日 · Call" in mails[alice.email].text
    assert mails[bob.email].subject == "Your week, 16 Nov to 22 Nov"


def test_a_sweep_in_which_nobody_is_due_is_one_statement(alice, bob, dana, statements):
    busy(alice, bob, dana)
    assert send_summaries(now=MONDAY) == 3
    for later in (timedelta(minutes=1), 3 * DAY, 6 * DAY):
        assert statements(lambda later=later: send_summaries(now=MONDAY + later)) == 1


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_write_one_each(alice):
    people = [make_user() for _number in range(5)]
    busy(alice, *people)
    assert sum(at_once([lambda: send_summaries(now=MONDAY)] * 4)) == 6 == OutgoingMail.objects.count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_written", [False, True])
def test_killed_before_the_commit_it_is_written_by_the_next_sweep(alice, bob, is_written):
    """The worker dies while bob's mail is written, or just after: alice has hers, his comes once."""
    busy(alice, bob)
    left = iter([False, True])

    def die(execute, sql, params, many, context):
        dies = sql.startswith('INSERT INTO "core_outgoingmail"') and next(left)
        if dies and not is_written:
            raise SystemExit  # not an Exception: nothing in the code may catch it, as with kill -9
        result = execute(sql, params, many, context)
        if dies:
            raise SystemExit
        return result

    with connection.execute_wrapper(die), pytest.raises(SystemExit):
        send_summaries(now=MONDAY)
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [alice.email]
    assert send_summaries(now=MONDAY + HOUR) == 1
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == [alice.email, bob.email]


def test_one_persons_trouble_keeps_nobody_from_theirs(alice, bob, caplog):
    busy(alice, bob)
    User.objects.filter(pk=alice.pk).update(time_zone="Mars/Olympus")
    assert send_summaries(now=MONDAY) == 1
    assert OutgoingMail.objects.get().to == bob.email
    assert "was not written" in caplog.text
