"""Can people sign in by name or address, and strangers learn nothing?"""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from tests.factories import PASSWORD

WRONG = "not my password at all"


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password is hashed."""

    algorithm = "counting"
    count = 0

    def encode(self, password, salt):
        type(self).count += 1
        return super().encode(password, salt)


@pytest.fixture
def hashes(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.count = 0
    return CountingHasher


@pytest.mark.parametrize("login", ["alice", "ALICE", " alice ", "alice@example.com", "Alice@Example.COM"])
def test_by_user_name_or_address(alice, client, sign_in, is_in, login):
    answer = sign_in(client, login)
    assert (answer.status_code, answer.url) == (302, "/today/")
    assert is_in(client)


def test_the_page_in_both_languages(client):
    page = client.get("/accounts/login/")
    assert page.status_code == 200
    assert page["Content-Language"] == "en"
    assert (
        client.get("/accounts/login/", headers={"accept-language": "zh-CN,zh;q=0.9"})["Content-Language"] == "zh-hans"
    )


def test_the_session_rotates(alice, client, sign_in):
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client, "alice")
    assert client.session.session_key != session.session_key


def test_unknown_wrong_and_deactivated_answer_alike_with_one_hash(hashes, alice, bob, sign_in):
    alice.set_password(PASSWORD)
    alice.save()
    bob.set_password(PASSWORD)
    bob.is_active = False
    bob.save()
    answers = []
    for login, password in (
        ("nobody", WRONG),
        ("nobody@example.com", WRONG),
        ("alice", WRONG),
        ("alice@example.com", WRONG),
        ("bob", PASSWORD),
        ("bob@example.com", PASSWORD),
    ):
        hashes.count = 0
        answer = sign_in(Client(), login, password)
        assert hashes.count == 1, login
        answers.append((answer.status_code, answer.context["form"].non_field_errors()))
    assert answers == [answers[0]] * 6


def test_next_leads_to_own_paths_only(alice, sign_in):
    assert sign_in(Client(), "alice", next="/people/me/").url == "/people/me/"
    for elsewhere in ("https://evil.example/", "//evil.example/", "http://testserver/x", "javascript:alert(1)"):
        assert sign_in(Client(), "alice", next=elsewhere).url == "/today/"


def test_remembered_for_days_only_if_asked(alice, sign_in):
    short, long = Client(), Client()
    sign_in(short, "alice")
    sign_in(long, "alice", remember="on")
    assert short.session.get_expire_at_browser_close()
    assert not long.session.get_expire_at_browser_close()


def test_signing_out_needs_a_post(alice, signed_in, is_in):
    client = signed_in(alice)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_in(client)
    assert client.post("/accounts/logout/").url == "/accounts/login/"
    assert not is_in(client)


@pytest.mark.parametrize("path", ["signup/", "email/", "password/set/", "login/code/confirm/", "inactive/"])
def test_what_we_do_not_use_is_not_there(client, path):
    assert client.get(f"/accounts/{path}").status_code in (302, 404)
    assert client.post(f"/accounts/{path}").status_code in (302, 404)


def test_a_deactivated_person_is_out_at_the_next_click(alice, signed_in, is_in):
    client = signed_in(alice)
    assert is_in(client)
    alice.is_active = False
    alice.save()
    assert not is_in(client)
    assert client.get("/people/notifications/unread/").status_code == 302
