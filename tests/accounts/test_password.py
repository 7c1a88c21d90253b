"""Does a new password end every session, and reach only its owner?"""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.accounts.test_sign_in import WRONG
from tests.factories import PASSWORD

NEW = "another good phrase"


def ask(client, email):
    return client.post("/accounts/password/reset/", {"email": email})


def link_in(mail) -> str:
    return re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.text).group(1)


def set_by_link(link, password=NEW):
    client = Client()
    page = client.get(link, follow=True)
    if "form" not in (page.context or {}) or page.context.get("token_fail"):
        return None
    return client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})


def change(client, old=PASSWORD, new=NEW, again=None):
    return client.post("/accounts/password/change/", {"oldpassword": old, "password1": new, "password2": again or new})


def test_changing_it_ends_all_sessions(alice, sign_in, is_in):
    here, there = Client(), Client()
    sign_in(here, "alice")
    sign_in(there, "alice")
    assert change(here).url == "/accounts/login/"
    assert not is_in(there)
    assert not is_in(here)
    assert sign_in(Client(), "alice").status_code == 200
    assert sign_in(here, "alice", NEW).status_code == 302


def test_changing_it_needs_the_old_one(alice, signed_in, is_in):
    client = signed_in(alice)
    assert "oldpassword" in change(client, old=WRONG).context["form"].errors
    assert is_in(client)


@pytest.mark.parametrize("weak", ["short", "password1234", "123456789012", "alice@example.com"])
def test_weak_ones_are_refused(alice, signed_in, weak):
    assert change(signed_in(alice), new=weak).context["form"].errors


def test_a_link_by_mail_sets_it_once_and_ends_sessions(alice, client, signed_in, mails, sign_in, is_in):
    elsewhere = signed_in(alice)
    assert is_in(elsewhere)
    assert ask(client, "Alice@example.com").url == "/accounts/password/reset/done/"
    (mail,) = mails("alice@example.com")
    link = link_in(mail)
    assert set_by_link(link).status_code == 302
    assert not is_in(elsewhere)
    assert sign_in(Client(), "alice", NEW).status_code == 302
    assert set_by_link(link) is None


def test_the_link_never_takes_the_host_of_the_asker(alice, client, mails, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/accounts/password/reset/", {"email": "alice@example.com"}, headers={"host": "evil.example"})
    (mail,) = mails("alice@example.com")
    assert "evil.example" not in mail.text
    assert settings.PUBLIC_URL in mail.text


def test_unknown_addresses_get_the_same_answer_and_a_mail(alice, client, mails):
    known, unknown = ask(client, "alice@example.com"), ask(client, "nobody@example.com")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    (mail,) = mails("nobody@example.com")
    assert "no Gonghai account" in mail.subject.replace("No", "no")
    assert "/password/reset/key/" not in mail.text


def test_deactivated_people_get_no_link_and_old_links_die(alice, client, mails):
    ask(client, "alice@example.com")
    link = link_in(mails("alice@example.com")[0])
    alice.is_active = False
    alice.save()
    assert set_by_link(link) is None
    ask(client, "alice@example.com")
    assert "/password/reset/key/" not in mails("alice@example.com")[1].text


def test_a_reset_opens_the_throttle(alice, client, mails, sign_in):
    for _ in range(6):
        sign_in(client, "alice", WRONG, "127.0.0.1")
    ask(client, "alice@example.com")
    set_by_link(link_in(mails("alice@example.com")[0]))
    assert sign_in(client, "alice", NEW, "127.0.0.1").status_code == 302


def test_mails_to_one_address_are_limited(alice, client, mails):
    answers = [ask(client, "alice@example.com") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert len(mails("alice@example.com")) == 5


def test_the_mail_speaks_the_owners_language(alice, client, mails):
    alice.language = "zh-hans"
    alice.save()
    ask(client, "alice@example.com")
    assert mails("alice@example.com")
