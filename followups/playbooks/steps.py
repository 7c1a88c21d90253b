"""Which task does a step make: due on which day, with which words?"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.text import Truncator

from customers.working_days import add_working_days

from ..due import end_of_day
from ..models import PlaybookStep

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Contact, Customer
    from opportunities.models import Lead

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = ("customer", "contact")
LONGEST = 200


def unknown_placeholders(text: str) -> list[str]:
    """What stands in braces and is none of PLACEHOLDERS."""
    return [found.group() for found in PLACEHOLDER.finditer(text) if found.group(1) not in PLACEHOLDERS]


def title_of(step: PlaybookStep, *, language: str, party: Customer | Lead, contact: Contact | None) -> str:
    """The title in the language of whoever does it, else in the other one; without a person the company stands in."""
    first, second = step.title_en, step.title_zh
    text = (second or first) if language.startswith("zh") else (first or second)
    person = contact.name if contact else getattr(party, "person", "")
    names = {"customer": party.name, "contact": person or party.name}
    return Truncator(PLACEHOLDER.sub(lambda found: names.get(found.group(1), found.group()), text)).chars(LONGEST)


def due_on(step: PlaybookStep, *, called_at: datetime, zone: str, country: str, now: datetime) -> date:
    """The day until which a step is to be done, where its doer is.

    Counted from the day of the call, in days or in working days of the customer's country. What is called late,
    or about something long past, is due today and never before it was made.
    """
    day = called_at.astimezone(ZoneInfo(zone)).date()
    if step.unit == PlaybookStep.Unit.WORKING_DAYS:
        day = add_working_days(country, day, step.offset)
    else:
        day += timedelta(days=step.offset)
    return max(day, now.astimezone(ZoneInfo(zone)).date())


def due_at(step: PlaybookStep, *, called_at: datetime, user: User, country: str, now: datetime) -> datetime:
    """The midnight that ends that day in the zone of its doer; aware."""
    zone = user.time_zone
    return end_of_day(due_on(step, called_at=called_at, zone=zone, country=country, now=now), zone)
