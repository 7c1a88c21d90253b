"""Who is told what, once, in the app and by mail?"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import translation

from ..mails import link, write_mail
from ..models import Notification, User
from ..notices import lines_of
from ..registries import NOTICES

KEPT_AFTER_READING = timedelta(days=180)


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
    notice_kind = NOTICES[kind]
    key = key or uuid.uuid4().hex
    people = {person.pk: person for person in to if person.is_active and person != by}
    Notification.objects.bulk_create(
        [
            Notification(
                recipient=person,
                kind=kind,
                target_label=target._meta.label_lower if target is not None else "",
                target_id=target.pk if target is not None else None,
                actor=by,
                params=params or {},
                key=key,
                created_at=now,
            )
            for person in people.values()
        ],
        ignore_conflicts=True,
    )
    mailed = [pk for pk, person in people.items() if person.mailed_notices.get(kind, notice_kind.by_mail)]
    for notice in Notification.objects.filter(recipient__in=mailed, key=key, kind=kind):
        _mail(notice, people[notice.recipient_id])


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


def _mail(notice: Notification, person: User) -> None:
    with translation.override(person.language or settings.LANGUAGE_CODE):
        line = lines_of([notice], person)[0].line
        if line is None:
            return
        write_mail(
            "accounts/email/notice.txt",
            to=person.email,
            language=person.language,
            context={
                "line": line,
                "url": settings.PUBLIC_URL + line.url if line.url else link("accounts:notifications"),
                "choices_url": link("accounts:notice_choices"),
            },
            key=f"notice:{notice.pk}",
        )
