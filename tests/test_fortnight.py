"""Is nothing promised forgotten? A fortnight of three people in their browsers, with moved clock, sweeps and mails.

Alice sells from Shanghai on a telephone, in Chinese; Bob from Berlin, in English; Dana in Shanghai leads both. The
server, Postgres, Valkey, the browsers and the mail server are real; the clock is moved, and at each moment
everything that beat would wake runs, twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import Notification, User
from core.models import OutgoingMail
from followups.models import Task
from tests.living import BERLIN, SHANGHAI, Life, mail_server, settled, window_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def at(day: int, clock: str, zone: ZoneInfo) -> datetime:
    """A moment of November 2026; the 2nd is a Monday."""
    return datetime.combine(date(2026, 11, day), time.fromisoformat(clock), zone)


# --- the house ------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(2, "07:00", SHANGHAI)) as traveller:
        yield traveller


@pytest.fixture
def firm(clock, cast) -> dict[str, User]:
    return settled(cast)


@pytest.fixture
def life(clock, firm, window, settings) -> Iterator[Life]:
    windows = {name: window_of(window, firm[name]) for name in ("alice", "bob", "dana")}
    with mail_server(settings) as mails:
        # Days end, and so do nights and the wait for a digest.
        yield Life(clock, windows, mails, calls={"00:00", "08:00", "08:30"})


# --- the story ------------------------------------------------------------------------------------------


def test_a_fortnight(life: Life, firm: dict[str, User]) -> None:
    alice, bob, dana = (life.windows[name] for name in ("alice", "bob", "dana"))

    # Monday. Alice enters a company that she met: the first touch is planned for her, to the end of Thursday there.
    life.until(at(2, "09:10", SHANGHAI))
    nordwind = enter_customer(alice, "Nordwind Textil GmbH", "DE")
    life.sweep_twice()
    first = Task.objects.get(title="首次跟进：Nordwind Textil GmbH")
    assert (first.assignee, first.due_at, first.is_all_day) == (firm["alice"], at(6, "00:00", SHANGHAI), True)
    alice.reload()
    expect(alice.locator(".strip")).to_contain_text(first.title)

    # Bob in Berlin enters one too, and writes to it in the same minute.
    life.until(at(2, "10:00", BERLIN))
    silencio = enter_customer(bob, "Silencio Textiles SL", "ES")
    life.sweep_twice()
    log(bob, silencio, "email", "out")
    assert Task.objects.get(title="First touch: Silencio Textiles SL").state == Task.State.DONE
    life.sweep_twice()
    second = Task.objects.get(title="Second follow-up: Silencio Textiles SL")
    assert (second.assignee, second.due_at) == (firm["bob"], at(10, "00:00", BERLIN))
    plan(bob, "Send the samples", "2026-11-03", "15:00", remind_before="60")

    # Tuesday. She logs her call on the phone in three taps, and the step closes in the same request.
    life.until(at(3, "11:00", SHANGHAI))
    alice.goto(nordwind)
    taps = log(alice, nordwind, "phone", "out", press="tap")
    assert taps == 3
    first.refresh_from_db()
    assert (first.state, first.closed_by_label) == (Task.State.DONE, "communications.communication")
    expect(alice.locator(".strip")).not_to_contain_text(first.title)
    life.sweep_twice()
    answer = Task.objects.get(title="第二次跟进：Nordwind Textil GmbH")
    assert (answer.state, answer.due_at) == (Task.State.NOT_STARTED, at(11, "00:00", SHANGHAI))
    alice.reload()
    expect(alice.locator(".strip")).to_contain_text(answer.title)
    plan(alice, "回电报价", "2026-11-04", "22:30", press="tap")

    # An hour ahead, then at its time, Bob hears of his samples; he sends them.
    life.until(at(3, "13:59", BERLIN))
    assert life.told("bob") == []
    life.until(at(3, "14:00", BERLIN))
    assert life.shown(bob) == ["Due Today 15:00: Send the samples"]
    life.until(at(3, "15:00", BERLIN))
    finish(bob, "Send the samples")

    # Wednesday. The customer writes back: what waited for it is done. At night Alice's own promise runs out.
    life.until(at(4, "15:00", SHANGHAI))
    log(alice, nordwind, "email", "in", press="tap")
    answer.refresh_from_db()
    assert answer.state == Task.State.DONE
    life.until(at(4, "23:00", SHANGHAI))
    alice.goto("/today/")
    expect(alice.locator("#unread")).to_have_text("1")
    assert life.shown(alice) == ["已逾期（今天 22:30到期）：回电报价"]
    life.until(at(5, "09:00", SHANGHAI))
    finish(alice, "回电报价")

    # The other one stays silent. Tuesday: the second follow-up is overdue, in the app at midnight.
    life.until(at(10, "00:00", BERLIN))
    assert life.shown(bob)[0] == "Overdue since Yesterday: Second follow-up: Silencio Textiles SL"

    # Friday: three days later his manager hears of it.
    life.until(at(13, "00:00", BERLIN))
    assert life.shown(dana) == ["Still not done since 9 Nov: Second follow-up: Silencio Textiles SL"]
    life.until(at(13, "09:00", SHANGHAI))  # read before the mail's time, it would be in no mail
    dana.locator(".mini .name .btn-link-plain").click()
    expect(dana.locator("h1")).to_have_text(second.title)
    life.until(at(15, "12:00", SHANGHAI))

    # Each notice once in the app, each once by mail: to whom, when where they are, in their words.
    notices = Notification.objects.order_by("created_at").values_list("recipient__username", "kind")
    assert list(notices) == [
        ("bob", "task_ahead"),
        ("bob", "task_overdue"),
        ("alice", "task_overdue"),
        ("bob", "task_overdue"),
        ("dana", "task_escalated"),
    ]
    working_days = (6, 9, 10, 11, 12, 13)
    assert life.mailed("alice", SHANGHAI) == [
        (4, "08:30", "11月4日每日摘要：1 件事"),
        (5, "08:00", "已逾期（昨天 22:30到期）：回电报价"),
        (5, "08:30", "11月5日每日摘要：3 件事"),
        (6, "08:30", "11月6日每日摘要：2 件事"),
        (9, "08:00", "您的一周：11月2日至11月8日"),
        *((day, "08:30", f"11月{day}日每日摘要：2 件事") for day in working_days if day > 6),
    ]
    assert life.mailed("bob", BERLIN) == [
        (3, "08:30", "Your day, 3 Nov: 1 thing"),
        (3, "14:00", "Due Today 15:00: Send the samples"),
        (3, "15:00", "Overdue since Today 15:00: Send the samples"),
        (9, "08:00", "Your week, 2 Nov to 8 Nov"),
        (9, "08:30", "Your day, 9 Nov: 1 thing"),
        (10, "08:00", "Overdue since Yesterday: Second follow-up: Silencio Textiles SL"),
        *((day, "08:30", f"Your day, {day} Nov: 1 thing") for day in working_days if day > 9),
    ]
    assert life.mailed("dana", SHANGHAI) == [
        (9, "08:00", "Your week, 2 Nov to 8 Nov"),
        (13, "08:00", "Still not done since 9 Nov: Second follow-up: Silencio Textiles SL"),
    ]
    assert len({mail["Message-ID"] for mail in life.mails}) == len(life.mails) == 22
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {OutgoingMail.State.SENT}
    assert "· Yesterday\n" in life.text("Your day, 10 Nov: 1 thing")

    # What stands in a mail leads there.
    bob.goto(re.search(r"http\S+/tasks/\d+/", life.text("Overdue since Yesterday: " + second.title))[0])
    expect(bob.locator("h1")).to_have_text(second.title)
    call_command("check_invariants", verbosity=0)


# --- what people do -------------------------------------------------------------------------------------


def enter_customer(page: Page, name: str, country: str) -> str:
    """Fill in the form; returns the path of the customer's page."""
    page.goto("/customers/new/")
    page.fill("[name=name]", name)
    page.locator("[name=country]").select_option(country, force=True)
    page.locator("#entry .save-bar .btn-primary").click()
    page.wait_for_url(re.compile(r"/customers/\d+/"))
    return page.url


def log(page: Page, customer: str, channel: str, direction: str, press: str = "click") -> int:
    """Write down from a customer's page what was said; returns with how many presses."""
    page.goto(customer)
    taps = ["main a[href$='/log/']", f"dialog .tile:has([value={channel}])"]
    if direction != "out":  # the form opens with it
        taps.append(f"dialog .tile:has([value={direction}])")
    taps.append("dialog .save-bar .btn-primary")
    *before, save = taps
    for tap in before:
        getattr(page.locator(tap), press)()
    with page.expect_navigation():
        getattr(page.locator(save), press)()
    return len(taps)


def plan(page: Page, title: str, day: str, clock: str, *, remind_before: str = "", press: str = "click") -> None:
    page.goto("/tasks/new/")
    page.fill("[name=title]", title)
    page.fill("[name=due_on]", day)
    page.fill("[name=due_time]", clock)
    page.select_option("[name=remind_before]", remind_before)
    getattr(page.locator("main .save-bar .btn-primary"), press)()
    page.wait_for_url(lambda url: "/tasks/new/" not in url)


def finish(page: Page, title: str) -> None:
    task = Task.objects.get(title=title)
    page.goto(f"/tasks/{task.pk}/complete/")
    page.locator("main .save-bar .btn-primary").click()
    page.wait_for_url(lambda url: "/complete/" not in url)
