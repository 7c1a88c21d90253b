"""For whom would a playbook have fired, and which tasks would it make next? Asked of the very function it acts by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F

from accounts.models import User
from customers.models import Contact, Customer
from opportunities.models import Lead

from .models import PlaybookStep
from .playbooks import LEAD, calls_of, due_on, subject_of, title_of

if TYPE_CHECKING:
    from .playbooks.calls import Asked

BACK, AHEAD = timedelta(days=90), timedelta(days=30)
SHOWN, NEXT_SHOWN = 50, 10
# More are not counted one by one.
MOST = 20_000


@dataclass(frozen=True)
class Called:
    at: datetime
    party: Customer | Lead


@dataclass(frozen=True)
class NextTask:
    at: datetime
    party: Customer | Lead
    title: str
    due_on: date


@dataclass(frozen=True)
class Replay:
    """Calls of BACK up to now, the newest first, and the tasks of AHEAD; of what the reader sees."""

    calls: int
    is_more: bool
    # Of so many customers, or leads where ``is_of_leads``.
    parties: int
    is_of_leads: bool
    people: Sequence[tuple[User, int]]
    rows: Sequence[Called]
    next_tasks: Sequence[NextTask]


def replay(*, rule: Asked, steps: Sequence[PlaybookStep], user: User, now: datetime) -> Replay:
    """Say whom a rule would have called, and what it would make, were it in use."""
    past = _calls(rule, user, now - BACK, now)
    past.sort(key=lambda call: call[0], reverse=True)
    by_owner = Counter(owner for _at, _customer, owner, _contact in past)
    people = User.objects.in_bulk(by_owner)
    newest = past[:SHOWN]
    soon = sorted(_calls(rule, user, now, now + AHEAD), key=lambda call: call[0])[:NEXT_SHOWN]
    rows = subject_of(rule).model.objects.visible_to(user).select_related("owner")
    seen = rows.in_bulk({call[1] for call in [*newest, *soon]})
    return Replay(
        calls=len(past),
        is_more=len(past) >= MOST,
        parties=len({call[1] for call in past}),
        is_of_leads=subject_of(rule) is LEAD,
        people=sorted(
            ((people[pk], number) for pk, number in by_owner.items()), key=lambda one: (-one[1], one[0].name)
        ),
        rows=[Called(at, seen[pk]) for at, pk, _owner, _contact in newest if pk in seen],
        next_tasks=_next_tasks(soon, seen, steps, now),
    )


def _calls(rule: Asked, user: User, since: datetime, until: datetime) -> list[Any]:
    found: list[Any] = []
    for calls in calls_of(rule, subject_of(rule).model.objects.visible_to(user), since, until):
        found += calls.order_by().values_list("call_at", "pk", F("owner_id"), "call_contact")[: MOST - len(found)]
    return found


def _next_tasks(
    calls: Sequence[Any], parties: dict[int, Any], steps: Sequence[PlaybookStep], now: datetime
) -> list[NextTask]:
    contacts = Contact.objects.in_bulk([contact for *_call, contact in calls if contact])
    made = []
    for at, pk, _owner, contact in calls:
        party = parties[pk]
        owner = party.owner
        for step in steps:
            title = title_of(step, language=owner.language, party=party, contact=contacts.get(contact))
            country = str(party.country)
            due = due_on(step, called_at=at, zone=owner.time_zone, country=country, now=max(at, now))
            made.append(NextTask(at, party, title, due))
    return made[:NEXT_SHOWN]
