"""How do notices become mails: one mail a person for all that is due, each notice in one mail, never at night?"""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, prefetch_related_objects

from ..mails import link, read_by, write_mail
from ..models import Notification, User
from ..notices import lines_of

log = logging.getLogger(__name__)

# A mail lists so many; the others stand in the app.
MOST_LISTED = 50

# Claims and reads in one statement: what another sweep holds is its to mail.
TAKE = """
UPDATE accounts_notification SET mail_state = 'sent' WHERE id IN (
    SELECT id FROM accounts_notification WHERE recipient_id = %s AND mail_state = 'due' FOR UPDATE SKIP LOCKED
) RETURNING *
"""


def mail_notices(*, now: datetime) -> int:
    """Write the mails of all whose notices are due and whose quiet hours are over; returns how many.

    Each person's is one transaction, in which their notices are taken too: a sweep that is killed, or
    runs twice or beside another, mails each notice once.
    """
    waiting = Notification.objects.filter(recipient=OuterRef("pk"), mail_state=Notification.MailState.DUE)
    written = 0
    for person in User.objects.filter(Exists(waiting)).order_by("pk"):
        if person.is_quiet(now):
            continue
        try:
            written += _mail_all(person, now)
        except Exception:  # what one reader's words stumble over stays due and must not keep others from theirs
            log.exception("notices for %s were not mailed", person.pk)
    return written


@transaction.atomic
def _mail_all(person: User, now: datetime) -> bool:
    # Locked first: two sweeps that share one person's notices would write two mails.
    mine = User.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=person.pk)
    if mine.values_list("pk").first() is None:
        return False
    taken = sorted(Notification.objects.raw(TAKE, [person.pk]), key=lambda one: (one.created_at, one.pk), reverse=True)
    unread = [notice for notice in taken if notice.read_at is None]
    if not person.is_active or not unread:
        return False
    newest = unread[:MOST_LISTED]
    prefetch_related_objects(newest, "actor")
    with read_by(person):
        lines = [one for one in lines_of(newest, person) if one.line]
        if not lines:
            return False
        write_mail(
            "accounts/email/notices.txt",
            to=person.email,
            language=person.language,
            context={
                "lines": [one.line for one in lines],
                "others": len(lines) - 1,
                "has_more": len(unread) > len(newest),
                "public_url": settings.PUBLIC_URL,
                "inbox_url": link("accounts:notifications"),
                "choices_url": link("accounts:notice_choices"),
            },
            key=f"notices:{unread[0].pk}",
            now=now,
        )
    return True
