"""What may somebody do with people, teams and their own account?

One table of predicates; pages, services, admin and tests ask the same functions. Everything
about other people is the administrators', and nobody works on their own rights: so whoever takes
an admin's role away is an active admin who stays one, and the last admin is safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from .models import Invitation, Team, User


def _is_admin(user: User) -> bool:
    return user.is_active and user.is_admin


def can_see_people(user: User) -> bool:
    """The list of people, their pages, invitations and the page of teams."""
    return _is_admin(user)


def can_invite(user: User) -> bool:
    return _is_admin(user)


def can_change_invitation(user: User, invitation: Invitation) -> bool:
    """Send it again, or take it back."""
    return _is_admin(user)


def can_edit_person(user: User, person: User) -> bool:
    return _is_admin(user)


def can_set_rights(user: User, person: User) -> bool:
    """Role, team and the right to export: never one's own."""
    return _is_admin(user) and user.pk != person.pk


def can_deactivate(user: User, person: User) -> bool:
    return _is_admin(user) and user.pk != person.pk and person.is_active


def can_let_go(user: User, person: User) -> bool:
    """Plan somebody's departure, carry it out, take it back: also of an account that was closed before."""
    return _is_admin(user) and user.pk != person.pk


def can_reactivate(user: User, person: User) -> bool:
    return _is_admin(user) and not person.is_active


def can_reset_second_factor(user: User, person: User) -> bool:
    """For somebody who lost the telephone; one's own is switched off on one's own page."""
    return _is_admin(user) and user.pk != person.pk


def can_create_team(user: User) -> bool:
    return _is_admin(user)


def can_edit_team(user: User, team: Team) -> bool:
    return _is_admin(user)


def needs_second_factor(user: User) -> bool:
    """Must this person sign in with a second factor?"""
    return settings.REQUIRE_SECOND_FACTOR and (user.is_manager or user.is_admin)
