"""Who works here in which role, and who no longer does?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from core.exceptions import NotAllowed
from core.jobs import stop_all

from ..mails import write_mail
from ..models import Invitation, Team, User
from ..permissions import (
    can_deactivate,
    can_edit_person,
    can_invite,
    can_reactivate,
    can_reset_second_factor,
    can_set_rights,
)
from .notices import notify
from .saving import save_or_refuse
from .sessions import end_sessions

# No mail goes there (core.mail.NOWHERE).
NO_ADDRESS = "no-address.invalid"


@transaction.atomic
def make_person(
    *, name: str, username: str, role: str, team: Team | None, by: User, language: str = "", time_zone: str = ""
) -> User:
    """Make an account without address and password: records may name the person, who cannot sign in.

    Once an admin enters the address, the person asks for a password by mail. Raises NotAllowed, or DomainError where
    the user name is taken.
    """
    if not can_invite(by):
        raise NotAllowed
    zone = {"time_zone": time_zone} if time_zone else {}
    person = User(
        username=username, name=name, email=f"{username.lower()}@{NO_ADDRESS}", role=role, team=team,
        language=language, **zone,
    )  # fmt: skip
    person.set_unusable_password()
    save_or_refuse(person)
    return person


@transaction.atomic
def unmake_person(*, person: User, by: User) -> bool:
    """Remove an account that was made without address and that nothing names; False where it must stay.

    Raises NotAllowed.
    """
    if not can_invite(by):
        raise NotAllowed
    if person.last_login is not None or not person.email.endswith(NO_ADDRESS):
        return False
    try:
        with transaction.atomic():
            person.delete()
    except (ProtectedError, RestrictedError):
        return False
    return True


@transaction.atomic
def change_person(
    *,
    person: User,
    name: str,
    email: str,
    role: str,
    team: Team | None,
    may_export: bool,
    by: User,
    now: datetime,
) -> None:
    """Change somebody's name, address and rights.

    Raises NotAllowed (one's own rights among it), or DomainError where the address is taken.
    """
    person, by = locked_people(person, by)
    if not can_edit_person(by, person):
        raise NotAllowed
    rights = (role, team.pk if team else None, may_export)
    if rights != (person.role, person.team_id, person.may_export) and not can_set_rights(by, person):
        raise NotAllowed
    old_email, was_admin = person.email, person.is_admin
    person.name, person.email = name, email.lower()
    person.role, person.team_id, person.may_export = rights
    save_or_refuse(person, update_fields=["name", "email", "role", "team", "may_export"])
    if was_admin and not person.is_admin:
        _take_back_invitations(person, now)
    if person.email != old_email:
        _tell_old_address(person, old_email)


@transaction.atomic
def deactivate_person(*, person: User, by: User, now: datetime) -> None:
    """Close an account: its sessions end at once; what the person holds stays and is told to those who answer for it.

    Raises NotAllowed.
    """
    person, by = locked_people(person, by)
    if not can_deactivate(by, person):
        raise NotAllowed
    close_account(person, now)
    notify(
        to=User.objects.answering_for(Team.objects.ids_above(person.team_id) if person.team_id else ()),
        kind="accounts.deactivated",
        target=person,
        by=by,
        now=now,
        key=f"deactivated:{person.pk}:{now.isoformat()}",
    )


@transaction.atomic
def reactivate_person(*, person: User, by: User, now: datetime) -> None:
    """Open a closed account again, with its old role and team; old sessions stay ended. Raises NotAllowed."""
    person, by = locked_people(person, by)
    if not can_reactivate(by, person):
        raise NotAllowed
    open_account(person)


@transaction.atomic
def reset_second_factor(*, person: User, by: User, now: datetime) -> None:
    """Remove somebody's second factor and recovery codes and sign them out; they are told by mail.

    Raises NotAllowed.
    """
    person, by = locked_people(person, by)
    if not can_reset_second_factor(by, person):
        raise NotAllowed
    Authenticator.objects.filter(user=person).delete()
    end_sessions(of=person)
    write_mail(
        "accounts/email/second_factor_reset.txt",
        to=person.email,
        language=person.language,
        context={"person": person, "by": by},
    )


def close_account(person: User, now: datetime) -> None:
    """Let a locked person in no more: sessions end, links for passwords stop, their invitations are taken back.

    Work that they left to the background stops too: an import would go on making customers of theirs.
    """
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_sessions(of=person)
    _take_back_invitations(person, now)
    stop_all(of=person, now=now)


def open_account(person: User) -> None:
    """Let a locked person sign in again."""
    person.is_active = True
    person.save(update_fields=["is_active"])


def locked_people(person: User, by: User, *, also: Iterable[int] = ()) -> tuple[User, User]:
    """Lock and read anew both persons, in id order; ``also`` are others who must stay as they are meanwhile.

    Two admins who close each other's account at once: the second waits here, then finds that it
    is no active admin any more. So the last one cannot be lost.
    """
    rows = User.objects.select_for_update(no_key=True).filter(pk__in={person.pk, by.pk, *also}).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[person.pk], found[by.pk]


def _take_back_invitations(person: User, now: datetime) -> None:
    """Nobody joins by the word of somebody who may not invite any more."""
    Invitation.objects.unanswered().filter(created_by=person).update(revoked_at=now)


def _tell_old_address(person: User, old_email: str) -> None:
    write_mail("accounts/email/email_changed.txt", to=old_email, language=person.language, context={"person": person})
