"""Are language, zone and colours those of the reader?"""

from __future__ import annotations

import pytest
import time_machine

from accounts.models import User

CHINESE = {"accept-language": "zh-CN,zh;q=0.9,en;q=0.5"}


def language_of(client, **options) -> str:
    return client.get("/accounts/login/", **options)["Content-Language"]


def own_language(client, **options) -> str:
    return client.get("/people/notifications/", **options)["Content-Language"]


def test_the_browser_decides_first(client, db):
    assert language_of(client) == "en"
    assert language_of(client, headers=CHINESE) == "zh-hans"
    assert language_of(client, headers={"accept-language": "fr"}) == "en"


def test_then_the_choice_signed_out(client, db):
    answer = client.post("/people/language/", {"language": "zh-hans", "next": "/accounts/login/"})
    assert (answer.status_code, answer.url) == (302, "/accounts/login/")
    assert language_of(client) == "zh-hans"


def test_signed_in_the_account_remembers_it(alice, signed_in):
    assert own_language(signed_in(alice), headers=CHINESE) == "zh-hans"
    signed_in(alice).post("/people/language/", {"language": "en"})
    assert own_language(signed_in(alice), headers=CHINESE) == "en"


def test_pages_differ_by_language_for_caches(client, db):
    assert {"Accept-Language", "Cookie"} <= set(client.get("/accounts/login/")["Vary"].split(", "))


@pytest.mark.parametrize("path", ["/people/language/", "/people/theme/"])
def test_switches_want_a_known_word_by_post(client, db, path):
    assert client.get(path).status_code == 405
    assert client.post(path, {"language": "xx", "theme": "pink"}).status_code == 400


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_they_lead_back_to_own_paths_only(client, db, elsewhere):
    assert client.post("/people/theme/", {"theme": "dark", "next": elsewhere}).url == "/"


def test_the_theme_by_cookie_and_account(alice, client, signed_in):
    client.post("/people/theme/", {"theme": "dark"})
    assert client.get("/accounts/login/").wsgi_request.theme == "dark"
    own = signed_in(alice)
    assert own.get("/people/me/").wsgi_request.theme == "auto"
    own.post("/people/theme/", {"theme": "light"})
    assert User.objects.get(pk=alice.pk).theme == "light"
    assert signed_in(alice).get("/people/me/").wsgi_request.theme == "light"


def test_a_nonsense_cookie_is_as_none(client, db):
    client.cookies["theme"] = '"><script>'
    client.cookies["django_language"] = "xx"
    page = client.get("/accounts/login/")
    assert page.wsgi_request.theme == "auto"
    assert page["Content-Language"] == "en"


@pytest.mark.parametrize(("zone", "clock"), [("Asia/Shanghai", "15:20"), ("America/Mexico_City", "01:20")])
def test_times_are_in_the_readers_zone(alice, client, sign_in, now, zone, clock):
    alice.time_zone = zone
    alice.save()
    with time_machine.travel(now, tick=False):
        sign_in(client, "alice")
        page = client.get("/people/me/sessions/")
    assert clock in page.content.decode()
