"""Who gets the daily digest now, and what stands in it? What Today shows, as a mail, once a working day."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from accounts.mails import link, read_by, write_mail
from accounts.models import User
from core.registries import Day
from core.today import groups_of
from core.zones import country_of
from customers.working_days import is_working_day

log = logging.getLogger(__name__)


def send_digests(*, now: datetime) -> int:
    """Write the digests whose time has come where their readers are; returns how many.

    Each person and day is one transaction that also notes the day (``digested_on``), so that a sweep that runs
    late, twice, at once or is killed writes one. What was missed is made up for on the same local day only.
    """
    written = 0
    for person in User.objects.active().exclude(digest_at=None).order_by("pk"):
        if not _is_due(person, now):
            continue
        try:
            written += _send(person.pk, now)
        except Exception:  # one reader's trouble must not keep others from theirs; the next sweep tries again
            log.exception("the digest for %s was not written", person.pk)
    return written


def _is_due(person: User, now: datetime) -> bool:
    zone = ZoneInfo(person.time_zone)
    today = now.astimezone(zone).date()
    if person.digest_at is None or person.digested_on == today:
        return False
    # Who joined later in the day has nothing to make up for.
    return person.date_joined <= datetime.combine(today, person.digest_at, zone) <= now


@transaction.atomic
def _send(pk: int, now: datetime) -> bool:
    person = User.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=pk, is_active=True).first()
    if person is None or not _is_due(person, now):  # somebody else is at it, or was
        return False
    today = now.astimezone(ZoneInfo(person.time_zone)).date()
    person.digested_on = today
    person.save(update_fields=["digested_on"])
    if not is_working_day(country_of(person.time_zone), today) or person.is_away(now):
        return False
    with read_by(person):
        sections = sections_of(person, now)
        if not sections:
            return False
        write_mail(
            "followups/email/digest.txt",
            to=person.email,
            language=person.language,
            context={
                "today": today,
                "sections": sections,
                "count": sum(len(one["lines"]) for one in sections),
                "has_more": any(one["has_more"] for one in sections),
                "public_url": settings.PUBLIC_URL,
                "today_url": link("core:today"),
                "profile_url": link("accounts:profile"),
            },
            key=f"digest:{person.pk}:{today}",
            now=now,
        )
    return True


def sections_of(person: User, now: datetime) -> list[dict[str, Any]]:
    """The sections of this person's Today that say something, in its order."""
    return [
        {"label": one.section.label, "lines": one.lines, "has_more": one.has_more}
        for one in groups_of(Day(person, now), aside=False)
        if one.lines
    ]
