"""Do people see where they are signed in, and can they end it?"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.devices import device_of
from accounts.middleware import SessionActivityMiddleware
from accounts.services import forget_ended_sessions, living_sessions

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0 Safari/537.36"
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.49"


@pytest.fixture
def two(alice, sign_in):
    """Two browsers of Alice."""
    here, there = Client(headers={"user-agent": WINDOWS}), Client(headers={"user-agent": WECHAT})
    sign_in(here, "alice", address="192.0.2.1")
    sign_in(there, "alice", address="198.51.100.7")
    return here, there


def test_the_list_names_device_address_and_this_browser(two):
    rows = two[0].get("/people/me/sessions/", REMOTE_ADDR="192.0.2.1").context["rows"]
    shown = {(row["device"].name, row["session"].ip, row["is_current"]) for row in rows}
    assert shown == {("Chrome · Windows", "192.0.2.1", True), ("WeChat · iPhone", "198.51.100.7", False)}


def test_one_can_be_ended(two, is_in):
    here, there = two
    there_pk = UserSession.objects.get(session_key=there.session.session_key).pk
    assert here.post(f"/people/me/sessions/{there_pk}/end/").status_code == 302
    assert not is_in(there)
    assert is_in(here)
    assert here.post(f"/people/me/sessions/{there_pk}/end/").status_code == 404


def test_all_others_can_be_ended(two, is_in):
    here, there = two
    here.post("/people/me/sessions/end-others/")
    assert not is_in(there)
    assert is_in(here)


def test_not_those_of_others(two, bob, signed_in, is_in):
    pk = UserSession.objects.get(session_key=two[1].session.session_key).pk
    assert signed_in(bob).post(f"/people/me/sessions/{pk}/end/").status_code == 404
    signed_in(bob).post("/people/me/sessions/end-others/")
    assert is_in(two[1])


def test_get_ends_nothing(two, is_in):
    pk = UserSession.objects.get(session_key=two[1].session.session_key).pk
    assert two[0].get(f"/people/me/sessions/{pk}/end/").status_code == 405
    assert two[0].get("/people/me/sessions/end-others/").status_code == 405
    assert is_in(two[1])


def test_expired_ones_are_not_listed(two, alice):
    Session.objects.filter(pk=two[1].session.session_key).update(expire_date=timezone.now() - timedelta(days=1))
    assert living_sessions(of=alice, now=timezone.now()).count() == 1


def test_last_use_is_noted_at_most_once_a_minute(two):
    here, _there = two
    key = here.session.session_key
    before = UserSession.objects.get(session_key=key).last_seen_at
    here.get("/people/notifications/unread/")
    assert UserSession.objects.get(session_key=key).last_seen_at == before
    SessionActivityMiddleware.noted[key] -= 61
    with time_machine.travel(before + timedelta(minutes=2), tick=False):
        here.get("/people/notifications/unread/")
    assert UserSession.objects.get(session_key=key).last_seen_at == before + timedelta(minutes=2)


def test_the_page_costs_the_same_with_many(two, alice, statements):
    few = statements(lambda: two[0].get("/people/me/sessions/"))
    for number in range(30):
        Session.objects.create(session_key=f"k{number}", session_data="", expire_date=timezone.now() + timedelta(1))
        UserSession.objects.create(user=alice, session_key=f"k{number}", ip="192.0.2.9", user_agent=WINDOWS)
    assert statements(lambda: two[0].get("/people/me/sessions/")) == few


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (WINDOWS, "Chrome · Windows"),
        (WINDOWS + " Edg/128.0", "Edge · Windows"),
        (WECHAT, "WeChat · iPhone"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605 Version/17.5 Safari/605", "Safari · macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:129.0) Gecko/20100101 Firefox/129.0", "Firefox · Linux"),
        ("", "Unknown device"),
    ],
)
def test_devices_have_names(agent, name):
    assert device_of(agent).name == name


def test_what_tells_of_ended_sessions_is_forgotten(two):
    Session.objects.filter(pk=two[1].session.session_key).delete()
    assert forget_ended_sessions() == 1
    assert forget_ended_sessions() == 0
    assert UserSession.objects.get().session_key == two[0].session.session_key
