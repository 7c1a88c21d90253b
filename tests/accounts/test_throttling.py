"""Are guesses limited before any hash, and does the owner come in all the same?"""

from __future__ import annotations

import pytest
from django.test import Client

from tests.accounts.test_sign_in import WRONG, CountingHasher
from tests.factories import PASSWORD

ATTACKER, OFFICE, HOTEL = "203.0.113.9", "192.0.2.1", "198.51.100.7"
TOO_MANY = "Too many wrong attempts"


@pytest.fixture
def hashes(settings):
    settings.PASSWORD_HASHERS = [f"{CountingHasher.__module__}.CountingHasher"]
    return CountingHasher


@pytest.fixture
def limit(settings):
    """``limit(login_failed_anywhere="10/h/key")``: other limits, where reaching the real ones takes long."""

    def change(**limits: str) -> None:
        settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | limits

    return change


def refused(answer) -> bool:
    return answer.status_code == 200 and TOO_MANY in str(answer.context["form"].non_field_errors())


def test_the_sixth_guess_from_an_address_is_not_even_hashed(hashes, alice, sign_in):
    client = Client()
    assert not any(refused(sign_in(client, "alice", WRONG, ATTACKER)) for _ in range(5))
    hashes.count = 0
    assert refused(sign_in(client, "alice", PASSWORD, ATTACKER))
    assert hashes.count == 0


def test_name_and_address_of_a_person_share_one_count(alice, sign_in):
    for login in ("alice", "alice@example.com", "ALICE", "Alice@example.com", "alice"):
        sign_in(Client(), login, WRONG, ATTACKER)
    assert refused(sign_in(Client(), "alice@example.com", PASSWORD, ATTACKER))


def test_unknown_accounts_are_limited_alike(db, sign_in):
    answers = [sign_in(Client(), "nobody", WRONG, ATTACKER) for _ in range(6)]
    assert [refused(answer) for answer in answers] == [False] * 5 + [True]


def test_the_owner_comes_in_from_elsewhere(alice, sign_in, is_in):
    for _ in range(8):
        sign_in(Client(), "alice", WRONG, ATTACKER)
    client = Client()
    assert sign_in(client, "alice", PASSWORD, OFFICE).status_code == 302
    assert is_in(client)


def test_a_device_of_the_owner_comes_in_even_from_the_attackers_address(alice, sign_in, is_in, limit):
    limit(login_failed="7/5m/ip,5/5m/key")
    own = Client()
    sign_in(own, "alice", PASSWORD, OFFICE)
    own.post("/accounts/logout/")
    for login in ("nobody", "alice") * 5:  # the address is used up for whatever account
        sign_in(Client(), login, WRONG, OFFICE)
    assert refused(sign_in(Client(), "alice", PASSWORD, OFFICE))
    assert sign_in(own, "alice", PASSWORD, OFFICE).status_code == 302
    assert is_in(own)


def test_a_known_device_may_not_guess_for_ever_and_not_for_others(alice, bob, sign_in):
    own = Client()
    sign_in(own, "alice", PASSWORD, OFFICE)
    own.post("/accounts/logout/")
    answers = [sign_in(own, "alice", WRONG, OFFICE) for _ in range(11)]
    assert [refused(answer) for answer in answers] == [False] * 10 + [True]
    answers = [sign_in(own, "bob", WRONG, OFFICE) for _ in range(6)]
    assert [refused(answer) for answer in answers] == [False] * 5 + [True]


def test_a_forged_device_is_a_stranger(alice, sign_in):
    forged = Client()
    forged.cookies["device"] = f'["x", "{alice.pk}"]'
    answers = [sign_in(forged, "alice", WRONG, ATTACKER) for _ in range(6)]
    assert refused(answers[-1])


def test_an_address_that_tries_many_names_is_stopped(alice, sign_in, limit):
    limit(login_failed="6/5m/ip,5/5m/key")
    for number in range(6):
        sign_in(Client(), f"person{number}", WRONG, ATTACKER)
    assert refused(sign_in(Client(), "alice", PASSWORD, ATTACKER))
    assert sign_in(Client(), "alice", PASSWORD, HOTEL).status_code == 302


def test_many_addresses_together_are_stopped_but_not_the_owners_device(alice, sign_in, limit):
    limit(login_failed_anywhere="8/h/key")
    own = Client()
    sign_in(own, "alice", PASSWORD, OFFICE)
    own.post("/accounts/logout/")
    for number in range(8):
        sign_in(Client(), "alice", WRONG, f"203.0.113.{number}")
    assert refused(sign_in(Client(), "alice", PASSWORD, HOTEL))
    assert sign_in(own, "alice", PASSWORD, HOTEL).status_code == 302


def test_right_passwords_use_nothing_up(alice, sign_in):
    for _ in range(8):
        client = Client()
        assert sign_in(client, "alice", PASSWORD, OFFICE).status_code == 302
