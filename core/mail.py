"""How does a mail leave the house exactly once, or at worst twice under one Message-ID, and never not at all?"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from .jobs import wake
from .models import OutgoingMail

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BATCH = 50
# Reserved by RFC 2606: of people whose address nobody has told yet.
NOWHERE = ".invalid"
# After a failure: 1, 4, 16, 64, 256 minutes.
BACKOFF_BASE_MINUTES = 4


def queue_mail(
    *,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    key: str | None = None,
    now: datetime | None = None,
    not_before: datetime | None = None,
) -> OutgoingMail | None:
    """Write a mail in the present transaction; the sweep sends it.

    ``key`` makes it unique: a second call with the same key writes nothing and returns None. Its
    Message-ID follows from the key, so that also a house restored from a backup sends no other mail.
    An address under NOWHERE stands for none: nothing is written.
    """
    if to.endswith(NOWHERE):
        return None
    now = now or timezone.now()
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    mail = OutgoingMail(
        key=key,
        to=to,
        subject=" ".join(subject.split())[:400],
        text=text,
        html=html,
        message_id=f"<{_mail_id(key)}@{domain}>",
        not_before=not_before or now,
        created_at=now,
    )
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:
        if key is None:
            raise
        return None
    wake("core.send_due_mails")
    return mail


def _mail_id(key: str | None) -> uuid.UUID:
    return uuid.uuid4() if key is None else uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.PUBLIC_URL}/mails/{key}")


def send_due(clock: Callable[[], datetime] = timezone.now) -> int:
    """Send what is due, each mail under a lease; returns how many were sent."""
    sent = 0
    for _batch in range(100):  # a sweep ends: what is left waits for the next one
        mails = _lease(clock())
        if not mails:
            break
        sent += sum(_send(mail, clock) for mail in mails)
    return sent


def send_again(mails: QuerySet[OutgoingMail], *, now: datetime) -> int:
    """Queue mails that were set aside anew, under the same Message-ID; returns how many."""
    parked = mails.filter(state=OutgoingMail.State.PARKED)
    found = parked.update(state=OutgoingMail.State.QUEUED, attempts=0, not_before=now, error="")
    wake("core.send_due_mails")
    return found


def _lease(now: datetime) -> list[OutgoingMail]:
    due = Q(state=OutgoingMail.State.QUEUED, not_before__lte=now) | Q(
        state=OutgoingMail.State.LEASED, leased_until__lt=now
    )
    with transaction.atomic():
        waiting = OutgoingMail.objects.select_for_update(skip_locked=True).filter(due).order_by("not_before", "pk")
        mails = list(waiting[:BATCH])
        OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
            state=OutgoingMail.State.LEASED, leased_until=now + LEASE, attempts=F("attempts") + 1
        )
    for mail in mails:
        mail.attempts += 1
    return mails


def _send(mail: OutgoingMail, clock: Callable[[], datetime]) -> bool:
    message = EmailMultiAlternatives(
        mail.subject, mail.text, to=[mail.to], headers={"Message-ID": mail.message_id}, connection=get_connection()
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    # Only the holder of this very lease may write the outcome.
    row = OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.LEASED, attempts=mail.attempts)
    try:
        message.send()
    except Exception as error:  # noqa: BLE001  whatever the server says, the row keeps it and the next mail goes on
        log.warning("mail %s was not sent: %s", mail.pk, error)
        parked = mail.attempts >= OutgoingMail.MAX_ATTEMPTS
        row.update(
            state=OutgoingMail.State.PARKED if parked else OutgoingMail.State.QUEUED,
            error=f"{type(error).__name__}: {error}"[:2000],
            not_before=clock() + timedelta(minutes=BACKOFF_BASE_MINUTES ** (mail.attempts - 1)),
            leased_until=None,
        )
        return False
    # Its text may hold a link that opens a door: once sent, nobody reads it here any more.
    row.update(state=OutgoingMail.State.SENT, sent_at=clock(), leased_until=None, error="", text="", html="")
    return True
