"""Who gets the weekly summary now? Once a week, on one's day, at one's hour."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.mails import link, read_by, write_mail
from accounts.models import User
from accounts.weekly import is_due, last_slot, week_of

from .weekly import summary_of

log = logging.getLogger(__name__)


def send_summaries(*, now: datetime) -> int:
    """Write the summaries whose time has come where their readers are; returns how many. One statement where none has.

    Each person and week is one transaction that also notes the day (``weekly_noted_on``), so that a sweep that runs
    late, twice, at once or is killed writes one. What was missed is made up for until the day comes again.
    """
    # No zone is more than a day ahead: whoever was looked after in this week is not even read.
    this_week = week_of((now.astimezone(UTC) + timedelta(days=1)).date())
    waiting = User.objects.active().filter(Q(weekly_noted_on=None) | Q(weekly_noted_on__lt=this_week))
    written = 0
    for person in waiting.order_by("pk"):
        try:
            if (slot := last_slot(person, now)) and is_due(person, slot):
                written += _send(person.pk, now)
        except Exception:  # one reader's trouble must not keep others from theirs; the next sweep tries again
            log.exception("the weekly summary for %s was not written", person.pk)
    return written


@transaction.atomic
def _send(pk: int, now: datetime) -> bool:
    person = User.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=pk, is_active=True).first()
    slot = last_slot(person, now) if person else None
    if person is None or slot is None or not is_due(person, slot):  # somebody else is at it, or was
        return False
    person.weekly_noted_on = slot.day
    person.save(update_fields=["weekly_noted_on"])
    if person.is_away(now):
        return False
    with read_by(person):
        summary = summary_of(person, slot.day, now)
        if not summary.sections:
            return False
        write_mail(
            "reports/email/weekly.txt",
            in_html="reports/email/weekly.html",
            to=person.email,
            language=person.language,
            context={
                "summary": summary,
                "public_url": settings.PUBLIC_URL,
                "page_url": link("reports:weekly"),
                "profile_url": link("accounts:profile"),
            },
            key=f"weekly:{person.pk}:{slot.day}",
            now=now,
        )
    return True
