"""Who is told what, once, in the app and by mail?

A notice is written with its ``mail_state``; the mails themselves are a sweep's (notice_mails).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from core.jobs import wake

from ..models import Notification, User
from ..registries import NOTICES

KEPT_AFTER_READING = timedelta(days=180)
DUE = Notification.MailState.DUE


@transaction.atomic
def notify(
    *,
    to: Iterable[User],
    kind: str,
    now: datetime,
    by: User | None = None,
    target: models.Model | None = None,
    params: dict[str, Any] | None = None,
    key: str = "",
) -> None:
    """Tell active people something of a registered ``kind``; whoever did it is not told.

    ``params`` holds ids, codes and numbers only: words and scope are made when it is read.
    ``key`` makes it happen once per person, however often it is called. Those who asked for mail
    get one, in their language and only while they may see it. Raises KeyError for an unknown kind.
    """
    by_mail = NOTICES[kind].by_mail
    key = key or uuid.uuid4().hex
    people = {person.pk: person for person in to if person.is_active and person != by}
    notices = [
        Notification(
            recipient=person,
            kind=kind,
            target_label=target._meta.label_lower if target is not None else "",
            target_id=target.pk if target is not None else None,
            actor=by,
            params=params or {},
            key=key,
            created_at=now,
            mail_state=DUE if person.mailed_notices.get(kind, by_mail) else "",
        )
        for person in people.values()
    ]
    Notification.objects.bulk_create(notices, ignore_conflicts=True)
    if any(notice.mail_state for notice in notices):
        wake("accounts.mail_notices")


@transaction.atomic
def notify_selected(*, rows: str, values: Sequence[Any], kind: str, now: datetime, target_label: str = "") -> int:
    """Tell many people at once: one INSERT … SELECT; returns how many notices are new.

    ``rows`` is a SELECT of ours with the columns recipient_id, target_id, params (jsonb) and key, ``values``
    are its parameters. Otherwise as ``notify``: active people, each key once, mail as each of them chose.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO accounts_notification
                (recipient_id, kind, target_label, target_id, params, key, created_at, mail_state)
            SELECT person.id, %s, %s, told.target_id, told.params, told.key, %s,
                CASE WHEN coalesce((person.mailed_notices ->> %s)::boolean, %s) THEN 'due' ELSE '' END
            FROM ({rows}) told JOIN accounts_user person ON person.id = told.recipient_id AND person.is_active
            ON CONFLICT (recipient_id, key) DO NOTHING
            """,  # noqa: S608  statements of our own
            [kind, target_label, now, kind, NOTICES[kind].by_mail, *values],
        )
        told = cursor.rowcount
    if told:
        wake("accounts.mail_notices")
    return told


def mark_read(*, notification: Notification, now: datetime) -> None:
    """Once read stays read, with the first time."""
    Notification.objects.unread().filter(pk=notification.pk).update(read_at=now)


def mark_all_read(*, by: User, now: datetime) -> int:
    """Mark all of one's notices read; returns how many were not."""
    return Notification.objects.visible_to(by).unread().update(read_at=now)


def forget_old_notices(*, now: datetime) -> int:
    """Remove notices read more than KEPT_AFTER_READING ago; returns how many."""
    return Notification.objects.filter(read_at__lt=now - KEPT_AFTER_READING).delete()[0]


def choose_mailed_notices(*, kinds: Iterable[str], by: User) -> None:
    """Also mail exactly these kinds; unknown ones are left out."""
    chosen = set(kinds)
    by.mailed_notices = {kind: kind in chosen for kind in NOTICES}
    by.save(update_fields=["mailed_notices"])
