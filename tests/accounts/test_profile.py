"""Can people set what is theirs, and nothing else?"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Notification, User
from accounts.services import ask_for_email

PROFILE = {
    "name": "Alice Lin",
    "language": "zh-hans",
    "time_zone": "Europe/Berlin",
    "theme": "dark",
    "away_from": "2026-12-01",
    "away_to": "2026-12-05",
    "digest_at": "07:45",
    "quiet_from": "22:00",
    "quiet_to": "07:30",
    "weekly_on": "4",
    "weekly_at": "16:30",
}


def link_in(mail) -> str:
    return re.search(r"https?://[^/]+(/people/me/email/\S+)", mail.text).group(1)


def test_saving_it(alice, signed_in):
    assert signed_in(alice).post("/people/me/", PROFILE).url == "/people/me/"
    alice.refresh_from_db()
    assert (alice.name, alice.language, alice.time_zone, alice.theme) == (
        "Alice Lin",
        "zh-hans",
        "Europe/Berlin",
        "dark",
    )
    assert (alice.away_from, alice.away_to) == (date(2026, 12, 1), date(2026, 12, 5))
    assert (alice.digest_at, alice.quiet_from, alice.quiet_to) == (time(7, 45), time(22), time(7, 30))
    assert (alice.weekly_on, alice.weekly_at) == (4, time(16, 30))


def test_a_deputy_is_an_active_colleague(alice, bob, charlie, signed_in):
    client = signed_in(alice)
    assert client.post("/people/me/", PROFILE | {"deputy": alice.pk}).status_code == 422
    charlie.is_active = False
    charlie.save()
    assert client.post("/people/me/", PROFILE | {"deputy": charlie.pk}).status_code == 422
    assert client.post("/people/me/", PROFILE | {"deputy": bob.pk}).status_code == 302
    alice.refresh_from_db()
    assert alice.deputy == bob


@pytest.mark.parametrize(
    ("quiet", "times"),
    [
        (("21:00", "08:00"), {"20:59": False, "21:00": True, "03:00": True, "07:59": True, "08:00": False}),
        (("12:00", "14:00"), {"11:59": False, "12:00": True, "13:59": True, "14:00": False}),
        ((None, None), {"03:00": False}),
    ],
)
def test_quiet_hours_by_the_clock_where_the_person_is(quiet, times):
    alice = User(time_zone="Europe/Berlin")
    alice.quiet_from, alice.quiet_to = (text and time.fromisoformat(text) for text in quiet)
    for text, is_quiet in times.items():
        there = datetime.combine(date(2026, 11, 26), time.fromisoformat(text), ZoneInfo("Europe/Berlin"))
        assert alice.is_quiet(there) is is_quiet, text


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"language": "xx"},
        {"time_zone": "Mars/Olympus"},
        {"theme": "pink"},
        {"away_to": ""},
        {"away_from": "2026-12-09"},
        {"away_from": "0001-01-01", "away_to": "x"},
        {"quiet_from": ""},
        {"quiet_to": "22:00"},
        {"quiet_to": "25:00"},
        {"deputy": "999999"},
    ],
)
def test_nonsense_is_explained_and_not_saved(alice, signed_in, wrong):
    page = signed_in(alice).post("/people/me/", PROFILE | wrong)
    assert page.status_code == 422
    assert page.context["form"].errors
    assert User.objects.get(pk=alice.pk).name == "Alice"


def test_role_team_and_address_are_not_among_it(alice, other_team, signed_in):
    own = {"role": "admin", "team": other_team.pk, "may_export": "on", "email": "x@example.com", "is_active": ""}
    signed_in(alice).post("/people/me/", PROFILE | own)
    before = (alice.role, alice.team_id, alice.may_export, alice.email, True)
    alice.refresh_from_db()
    assert (alice.role, alice.team_id, alice.may_export, alice.email, alice.is_active) == before


def test_away_counts_days_where_the_person_is(alice, now):
    alice.away_from = alice.away_to = date(2026, 11, 26)
    alice.time_zone = "Asia/Shanghai"
    assert alice.is_away(now)
    assert not alice.is_away(now + timedelta(hours=9))  # 00:20 of the 27th in Shanghai
    alice.time_zone = "America/Los_Angeles"
    assert not alice.is_away(now)  # still the 25th there


def test_a_new_address_by_a_link_in_a_mail(alice, signed_in, mails, sign_in, client):
    browser = signed_in(alice)
    assert browser.post("/people/me/email/", {"email": "New@Example.com"}).url == "/people/me/"
    (mail,) = mails("new@example.com")
    link = link_in(mail)
    assert browser.get(link).status_code == 200
    assert User.objects.get(pk=alice.pk).email == "alice@example.com"
    assert browser.post(link).status_code == 302
    assert User.objects.get(pk=alice.pk).email == "new@example.com"
    assert "new@example.com" in mails("alice@example.com")[0].text
    assert sign_in(client, "new@example.com").status_code == 302
    assert browser.post(link).status_code == 410


def test_the_link_is_for_its_person_and_a_day(alice, bob, signed_in, mails):
    ask_for_email(email="new@example.com", by=alice)
    link = link_in(mails("new@example.com")[0])
    assert signed_in(bob).post(link).status_code == 410
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert signed_in(alice).post(link).status_code == 410
    assert signed_in(alice).post(link[:-3] + "x/").status_code == 410
    assert not User.objects.filter(email="new@example.com").exists()


def test_an_address_that_somebody_has_is_refused(alice, bob, signed_in, mails):
    page = signed_in(alice).post("/people/me/email/", {"email": "BOB@example.com"})
    assert page.status_code == 409
    assert not mails("bob@example.com")


def test_taken_meanwhile(alice, bob, signed_in, mails):
    ask_for_email(email="new@example.com", by=alice)
    bob.email = "new@example.com"
    bob.save()
    assert signed_in(alice).post(link_in(mails("new@example.com")[0])).status_code == 409


def test_changing_the_address_needs_a_fresh_sign_in(alice, signed_in):
    browser = signed_in(alice, fresh=False)
    assert browser.get("/people/me/email/").url.startswith("/accounts/reauthenticate/")


def test_the_password_again_and_then_on(alice, signed_in, mails):
    """What was typed before the password was asked for is not lost."""
    browser = signed_in(alice, fresh=False)
    asked = browser.post("/people/me/email/", {"email": "new@example.com"})
    assert browser.get(asked.url).status_code == 200
    assert browser.post(asked.url, {"password": "wrong"}).status_code == 200
    assert not mails("new@example.com")
    browser.post(asked.url, {"password": "correct horse battery"})
    assert mails("new@example.com")


# --- away -----------------------------------------------------------------------------------------------


def test_that_it_was_saved_is_seen_by_everybody(alice, signed_in):
    page = signed_in(alice).post("/people/me/", PROFILE | {"language": "en"}, follow=True).content.decode()
    assert '<span class="words">Saved.</span>' in page


def test_the_deputy_is_told_once_and_as_long_as_it_is_so(alice, bob, signed_in):
    told = Notification.objects.filter(recipient=bob, kind="accounts.deputy")
    with time_machine.travel("2026-11-26T07:20Z"):
        client = signed_in(alice)
        for _n in range(2):
            client.post("/people/me/", PROFILE | {"deputy": bob.pk})
        assert told.count() == 1
        words = signed_in(bob).get("/people/notifications/").content.decode()
        assert "You stand in for Alice Lin" in words
        client.post("/people/me/", PROFILE | {"deputy": bob.pk, "away_to": "2026-12-06"})
        assert told.count() == 2
        client.post("/people/me/", PROFILE)
        assert "You stand in for Alice Lin" not in signed_in(bob).get("/people/notifications/").content.decode()


def test_a_deputy_who_is_away_too_is_told_to_who_chooses_them(alice, bob, signed_in):
    User.objects.filter(pk=bob.pk).update(away_from=date(2026, 12, 5), away_to=date(2026, 12, 8))
    with time_machine.travel("2026-11-26T07:20Z"):
        english = PROFILE | {"language": "en", "deputy": bob.pk}
        page = signed_in(alice).post("/people/me/", english, follow=True).content.decode()
        assert "Bob, who stands in, is away too" in page
        page = signed_in(alice).post("/people/me/", english | {"away_to": "2026-12-04"}, follow=True).content.decode()
        assert "is away too" not in page


@pytest.mark.parametrize(
    ("first", "left"),
    [(date(2026, 11, 20), (date(2026, 11, 20), date(2026, 11, 25))), (date(2026, 11, 26), (None, None))],
)
def test_back_today(alice, signed_in, first, left):
    with time_machine.travel("2026-11-26T07:20Z"):
        User.objects.filter(pk=alice.pk).update(away_from=first, away_to=date(2026, 12, 5), time_zone="Europe/Berlin")
        client = signed_in(alice)
        assert "Back today" in client.get("/people/me/").content.decode()
        for _n in range(2):
            assert client.post("/people/me/", {"back": "1"}).url == "/people/me/"
        alice.refresh_from_db()
        assert (alice.away_from, alice.away_to) == left
        assert not alice.is_away(timezone.now())
        assert "Back today" not in client.get("/people/me/").content.decode()
