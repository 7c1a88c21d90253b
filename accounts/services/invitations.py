"""How does somebody come to have an account?"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError, NotAllowed

from ..mails import link, write_mail
from ..models import Invitation, Team, User
from ..permissions import can_change_invitation, can_invite
from .saving import save_or_refuse

VALID_FOR = timedelta(days=7)


class EmailTaken(DomainError):
    message = _("Somebody has this e-mail address already. A deactivated account can be reactivated.")


class InvitationAnswered(DomainError):
    message = _("This invitation was accepted or taken back already.")


class InvitationGone(DomainError):
    """The same answer for a link that is wrong, too old, used or taken back."""

    status = 410
    message = _("This invitation is not valid any more. Ask the person who invited you for a new one.")


def hash_of(token: str) -> str:
    """A token has 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite_person(
    *,
    email: str,
    role: str,
    team: Team | None,
    by: User,
    now: datetime,
    name: str = "",
    language: str = "",
    username: str = "",
    time_zone: str = "",
) -> tuple[Invitation, str]:
    """Invite somebody by mail; returns the invitation and its link, which is kept nowhere.

    Raises NotAllowed, EmailTaken, or DomainError where an invitation to this address is open.
    """
    if not can_invite(by):
        raise NotAllowed
    email = email.lower()
    if User.objects.filter(email=email).exists():
        raise EmailTaken(field="email")
    # One that ran out unanswered makes room for the new one.
    Invitation.objects.unanswered().filter(email=email, expires_at__lte=now).update(revoked_at=now)
    invitation = Invitation(
        email=email,
        name=name,
        role=role,
        team=team,
        language=language,
        username=username,
        time_zone=time_zone,
        created_by=by,
        created_at=now,
    )
    return invitation, _send(invitation, now)


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: User, now: datetime) -> str:
    """Send a new link, valid for seven days from now; the old one stops working. Returns the link.

    Raises NotAllowed or InvitationAnswered.
    """
    invitation = _open_one(invitation, by)
    return _send(invitation, now)


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Take an invitation back. Raises NotAllowed or InvitationAnswered."""
    invitation = _open_one(invitation, by)
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])


@transaction.atomic
def accept_invitation(
    *, token: str, username: str, name: str, password: str, time_zone: str, now: datetime, language: str = ""
) -> User:
    """Make the account that a link invites to; of two at once, one gets it.

    Raises InvitationGone, or DomainError where the user name or address is taken.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).filter(token_hash=hash_of(token)).first()
    if invitation is None or not invitation.is_open(now):
        raise InvitationGone
    person = User(
        username=username,
        name=name,
        email=invitation.email,
        role=invitation.role,
        team=invitation.team,
        language=language,
        time_zone=time_zone,
    )
    person.set_password(password)
    save_or_refuse(person)
    invitation.accepted_at, invitation.accepted_by = now, person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return person


def find_open(token: str, now: datetime) -> Invitation | None:
    """The invitation that a link leads to, while it is valid; for showing, not for deciding."""
    return Invitation.objects.open(now).select_related("team").filter(token_hash=hash_of(token)).first()


def _open_one(invitation: Invitation, by: User) -> Invitation:
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not can_change_invitation(by, invitation):
        raise NotAllowed
    if invitation.is_answered:
        raise InvitationAnswered
    return invitation


def _send(invitation: Invitation, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(token)
    invitation.expires_at = now + VALID_FOR
    save_or_refuse(invitation)
    url = link("accounts:join", token)
    context = {"invitation": invitation, "url": url, "days": VALID_FOR.days}
    write_mail("accounts/email/invitation.txt", to=invitation.email, language=invitation.language, context=context)
    return url
