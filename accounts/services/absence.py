"""Who is away on which days, who stands in, and how is the deputy told?

What somebody holds stays theirs. The days that were are kept apart (services.away).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from core.exceptions import NotAllowed

from ..models import User
from ..permissions import can_edit_person
from .notices import notify
from .people import locked_people
from .saving import save_or_refuse

DEPUTY = "accounts.deputy"


@transaction.atomic
def change_absence(
    *, person: User, away_from: date | None, away_to: date | None, deputy: User | None, by: User, now: datetime
) -> None:
    """Say for somebody on which days they are away and who stands in for them.

    Raises NotAllowed, or DomainError on half an absence and where one stands in for oneself.
    """
    person, by = locked_people(person, by)
    if not can_edit_person(by, person):
        raise NotAllowed
    if (away_from, away_to, deputy) == (person.away_from, person.away_to, person.deputy):
        return
    person.away_from, person.away_to, person.deputy = away_from, away_to, deputy
    save_or_refuse(person, update_fields=["away_from", "away_to", "deputy"])
    tell_deputy(person, by=by, now=now)


@transaction.atomic
def come_back(*, by: User, now: datetime) -> None:
    """Back today: the days away end yesterday, or are none where they began today. Twice is harmless."""
    by = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not by.is_away(now):
        return
    yesterday = now.astimezone(ZoneInfo(by.time_zone)).date() - timedelta(days=1)
    if by.away_from is not None and by.away_from <= yesterday:
        by.away_to = yesterday
    else:
        by.away_from = by.away_to = None
    by.save(update_fields=["away_from", "away_to"])


def tell_deputy(person: User, *, by: User, now: datetime) -> None:
    """Tell who stands in, once for the same days; nobody of days that are over."""
    today = now.astimezone(ZoneInfo(person.time_zone)).date()
    if person.deputy is None or person.away_from is None or person.away_to is None or person.away_to < today:
        return
    days = f"{person.away_from.isoformat()}:{person.away_to.isoformat()}"
    params = {"from": person.away_from.isoformat(), "to": person.away_to.isoformat()}
    key = f"{DEPUTY}:{person.pk}:{days}"
    notify(to=[person.deputy], kind=DEPUTY, by=by, target=person, params=params, now=now, key=key)


def is_deputy_away(deputy: User, away_from: date, away_to: date) -> bool:
    """Is the deputy away on one of these days? Then the reminders go to whoever answers for the person."""
    if deputy.away_from is None or deputy.away_to is None:
        return False
    return deputy.away_from <= away_to and away_from <= deputy.away_to
