"""Is the table of rights as the firm agreed on it?"""

from __future__ import annotations

import pytest

from accounts import permissions
from accounts.models import Invitation

A = {"root"}
NOBODY: set[str] = set()

# may do what → who, on Bob
MATRIX = {
    "can_edit_person": A,
    "can_set_rights": A,
    "can_deactivate": A,
    "can_reactivate": NOBODY,  # he is active
    "can_reset_second_factor": A,
}


@pytest.mark.parametrize(("predicate", "allowed"), MATRIX.items())
def test_on_a_colleague(cast, predicate, allowed):
    can = getattr(permissions, predicate)
    assert {name for name, user in cast.items() if can(user, cast["bob"])} == allowed


@pytest.mark.parametrize("predicate", ["can_see_people", "can_invite", "can_create_team"])
def test_on_people_at_large(cast, predicate):
    assert {name for name, user in cast.items() if getattr(permissions, predicate)(user)} == A


def test_on_oneself(root):
    assert permissions.can_edit_person(root, root)
    for predicate in ("can_set_rights", "can_deactivate", "can_reactivate", "can_reset_second_factor"):
        assert not getattr(permissions, predicate)(root, root)


def test_on_teams_and_invitations(cast, team):
    assert {name for name, user in cast.items() if permissions.can_edit_team(user, team)} == A
    assert {name for name, user in cast.items() if permissions.can_change_invitation(user, Invitation())} == A


def test_a_deactivated_admin_may_nothing(root, bob, team):
    root.is_active = False
    bob.is_active = False
    assert not permissions.can_see_people(root)
    assert not permissions.can_reactivate(root, bob)
    assert not permissions.can_edit_team(root, team)


@pytest.mark.parametrize(("required", "who"), [(False, NOBODY), (True, {"dana", "root"})])
def test_who_needs_a_second_factor(cast, settings, required, who):
    settings.REQUIRE_SECOND_FACTOR = required
    assert {name for name, user in cast.items() if permissions.needs_second_factor(user)} == who
