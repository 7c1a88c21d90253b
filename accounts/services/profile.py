"""What does somebody set for themselves?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError

from ..mails import link, write_mail
from ..models import User
from ..weekly import last_slot
from .absence import tell_deputy
from .invitations import EmailTaken
from .saving import save_or_refuse
from .sessions import end_sessions

EMAIL_LINK_VALID_FOR = timedelta(days=1)
EMAIL_LINK = "accounts.confirm_email"


class EmailLinkGone(DomainError):
    status = 410
    message = _("This link is not valid any more. Ask for a new one on your profile page.")


@transaction.atomic
def change_profile(
    *,
    name: str,
    language: str,
    time_zone: str,
    theme: str,
    away_from: date | None,
    away_to: date | None,
    deputy: User | None,
    digest_at: time | None,
    quiet_from: time | None,
    quiet_to: time | None,
    weekly_on: int | None,
    weekly_at: time,
    by: User,
    now: datetime,
) -> None:
    """Write one's own settings and tell a deputy of new days away; empty ``language`` lets the browser decide.

    Raises DomainError on half an absence, on half a quiet time, and where one stands in for oneself.
    """
    *was, former_day = _as_it_was(by)
    by.name, by.language, by.time_zone, by.theme = name, language, time_zone, theme
    by.away_from, by.away_to, by.deputy = away_from, away_to, deputy
    by.digest_at, by.quiet_from, by.quiet_to = digest_at, quiet_from, quiet_to
    by.weekly_on, by.weekly_at = weekly_on, weekly_at
    if by.weekly_day != former_day:
        _begin_with_the_next(by, now)
    fields = ["name", "language", "time_zone", "theme", "away_from", "away_to", "deputy", "digest_at", "quiet_from"]
    save_or_refuse(by, update_fields=[*fields, "quiet_to", "weekly_on", "weekly_at", "weekly_noted_on"])
    if [away_from, away_to, by.deputy_id] != was:
        tell_deputy(by, by=by, now=now)


def _as_it_was(person: User) -> tuple[date | None, date | None, int | None, int | None]:
    """(away from, away to, deputy, day of the weekly summary) before; the row is locked, a sweep may be at it."""
    was = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    person.weekly_noted_on = was.weekly_noted_on
    return was.away_from, was.away_to, was.deputy_id, was.weekly_day


def _begin_with_the_next(person: User, now: datetime) -> None:
    """Who chooses another day for the weekly summary gets it when that day comes, not at once for one that is over."""
    if slot := last_slot(person, now):
        person.weekly_noted_on = max(slot.day, person.weekly_noted_on or slot.day)


def choose_language(*, language: str, by: User) -> None:
    by.language = language
    by.save(update_fields=["language"])


def choose_theme(*, theme: str, by: User) -> None:
    by.theme = theme
    by.save(update_fields=["theme"])


@transaction.atomic
def set_password(*, person: User, password: str) -> None:
    """Set a password that was validated; every session of this person ends."""
    person.set_password(password)
    person.save(update_fields=["password"])
    end_sessions(of=person)


@transaction.atomic
def ask_for_email(*, email: str, by: User) -> None:
    """Send a link to the new address; it becomes theirs when they open it. Raises EmailTaken."""
    email = email.lower()
    if User.objects.filter(email=email).exists():
        raise EmailTaken(field="email")
    # The present address in the signature: once it changed, older links are dead.
    token = signing.dumps([by.pk, by.email, email], salt=EMAIL_LINK)
    context = {"person": by, "url": link("accounts:confirm_email", token), "email": email}
    write_mail("accounts/email/confirm_email.txt", to=email, language=by.language, context=context)


def email_of_link(token: str, by: User) -> str:
    """The address that a link proves, for the person it was made for. Raises EmailLinkGone."""
    try:
        pk, old_email, email = signing.loads(token, salt=EMAIL_LINK, max_age=EMAIL_LINK_VALID_FOR)
    except signing.BadSignature as error:
        raise EmailLinkGone from error
    if (pk, old_email) != (by.pk, by.email):
        raise EmailLinkGone
    return email


@transaction.atomic
def confirm_email(*, token: str, by: User, now: datetime) -> None:
    """Take the new address; the old one is told. Raises EmailLinkGone or DomainError where it was taken meanwhile."""
    by = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    old_email, by.email = by.email, email_of_link(token, by)
    save_or_refuse(by, update_fields=["email"])
    write_mail("accounts/email/email_changed.txt", to=old_email, language=by.language, context={"person": by})
