"""Is the second factor asked for, enforced where the setting says so, and recoverable?"""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from accounts.models import User
from core.models import OutgoingMail

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE_PAGE = "/accounts/2fa/authenticate/"
SET_UP = "/accounts/2fa/totp/activate/"


def code(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def with_factor():
    def give(user: User) -> User:
        TOTP.activate(user, SECRET)
        return user

    return give


def set_up(client):
    """Set the second factor up as a person does; returns the answer to the right code."""
    secret = client.get(SET_UP).context["form"].secret
    return client.post(SET_UP, {"code": code(secret)})


def test_the_code_is_asked_for_after_the_password(alice, with_factor, sign_in, is_in):
    with_factor(alice)
    client = Client()
    assert sign_in(client, "alice").url == CODE_PAGE
    assert not is_in(client)
    assert client.get(CODE_PAGE).status_code == 200
    assert client.post(CODE_PAGE, {"code": "000000"}).status_code == 200
    assert not is_in(client)
    assert client.post(CODE_PAGE, {"code": code()}).status_code == 302
    assert is_in(client)


def test_a_code_works_once(alice, with_factor, sign_in, is_in):
    with_factor(alice)
    first, second, used = Client(), Client(), code()
    sign_in(first, "alice")
    sign_in(second, "alice")
    first.post(CODE_PAGE, {"code": used})
    second.post(CODE_PAGE, {"code": used})
    assert is_in(first)
    assert not is_in(second)


def test_setting_up_gives_recovery_codes_that_open_once(alice, signed_in, sign_in, is_in):
    client = signed_in(alice)
    answer = set_up(client)
    assert answer.url == "/accounts/2fa/recovery-codes/"
    codes = client.get(answer.url).context["unused_codes"]
    assert len(codes) == 10
    assert codes[0] in client.get("/accounts/2fa/recovery-codes/download/").content.decode()
    for expected in (True, False):
        other = Client()
        sign_in(other, "alice")
        other.post(CODE_PAGE, {"code": codes[0]})
        assert is_in(other) is expected


def test_the_secret_is_not_kept_in_the_clear(alice, with_factor):
    with_factor(alice)
    assert SECRET not in str(Authenticator.objects.get().data)


def test_setting_up_asks_for_the_password_when_it_was_given_long_ago(alice, signed_in):
    assert signed_in(alice, fresh=False).get(SET_UP).url.startswith("/accounts/reauthenticate/")


@pytest.mark.django_db(transaction=True)  # allauth tells of a new factor on commit
@pytest.mark.parametrize("name", ["dana", "root"])
def test_managers_and_admins_get_nothing_before_it(cast, required, signed_in, name):
    client = signed_in(cast[name])
    for path in ("/people/me/", "/people/", "/admin/", "/today/", "/people/notifications/unread/"):
        assert client.get(path).url.startswith(SET_UP), path
    assert client.post("/people/me/", {"name": "X"}).url.startswith(SET_UP)
    set_up(client)
    assert client.get("/people/me/").status_code == 200


def test_salespeople_are_not_asked(alice, required, signed_in, is_in):
    assert is_in(signed_in(alice))


def test_nobody_is_asked_without_the_setting(root, signed_in, is_in):
    assert is_in(signed_in(root))


def test_before_it_one_can_leave_and_read_in_ones_language(root, required, signed_in):
    client = signed_in(root)
    assert client.post("/people/language/", {"language": "zh-hans"}).url == "/"
    assert client.post("/accounts/logout/").url == "/accounts/login/"


def test_a_session_from_before_it_was_set_up_must_give_it_too(root, required, with_factor, signed_in, is_in):
    thief = signed_in(root)  # with the password alone
    with_factor(root)
    answer = thief.get("/people/me/")
    assert answer.url == "/accounts/2fa/reauthenticate/?next=%2Fpeople%2Fme%2F"
    assert thief.get(answer.url).status_code == 200
    assert thief.post(answer.url, {"code": code()}).url == "/people/me/"
    assert is_in(thief)


def test_whoever_must_have_it_cannot_switch_it_off(root, required, with_factor, sign_in):
    with_factor(root)
    client = Client()
    sign_in(client, "root")
    client.post(CODE_PAGE, {"code": code()})
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 200
    assert Authenticator.objects.filter(user=root).exists()


def test_others_can(alice, with_factor, signed_in):
    with_factor(alice)
    assert signed_in(alice).post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.filter(user=alice).exists()


def test_an_admin_removes_a_lost_one(alice, root, with_factor, signed_in, sign_in, is_in):
    with_factor(alice)
    own = Client()
    sign_in(own, "alice")
    own.post(CODE_PAGE, {"code": code()})
    assert is_in(own)
    assert signed_in(root).post(f"/people/{alice.pk}/reset-second-factor/").status_code == 302
    assert not is_in(own)
    assert sign_in(Client(), "alice").url == "/today/"
    assert OutgoingMail.objects.filter(to=alice.email, subject__contains="second factor").exists()


def test_nobody_else_removes_it(alice, bob, dana, root, with_factor, signed_in):
    with_factor(alice)
    with_factor(root)
    for user in (alice, bob, dana):
        assert signed_in(user).post(f"/people/{alice.pk}/reset-second-factor/").status_code == 403
    assert signed_in(root).post(f"/people/{root.pk}/reset-second-factor/").status_code == 403
    assert Authenticator.objects.count() == 2
