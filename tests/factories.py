"""Which rows do tests start from? Simple makers with keyword overrides; the cast lives in conftest.py."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from accounts.models import Team, User
from communications.inputs import CommunicationData
from communications.services import log_communication
from core.registries import TODAY, Day, TodayLine
from customers.inputs import ContactData, CustomerData, PointData
from customers.models import Customer
from customers.services import create_customer, save_contact
from opportunities.inputs import LeadData
from opportunities.models import Lead
from opportunities.services.leads import create_lead

PASSWORD = "correct horse battery"
# A week before the "now" of the tests: what stands already when a test begins.
THEN = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
_numbers = count(1)


def make_team(name: str = "", **fields: Any) -> Team:
    return Team.objects.create(name_en=name or f"Team {next(_numbers)}", **fields)


def make_user(username: str = "", **fields: Any) -> User:
    """A salesperson without a team, whose password is PASSWORD."""
    username = username or f"user{next(_numbers)}"
    fields = {"name": username.title(), "email": f"{username.lower()}@example.com"} | fields
    return User.objects.create_user(username, password=fields.pop("password", PASSWORD), **fields)


def make_customer(owner: User, name: str = "", *, at: datetime = THEN, **data: Any) -> Customer:
    """A German company that ``owner`` entered a week ago; ``data`` are fields of CustomerData."""
    fields = {"name": name or f"Kunde {next(_numbers)} GmbH", "country": "DE"} | data
    return create_customer(data=CustomerData(**fields), by=owner, now=at)


def make_contact(customer: Customer, name: str = "", *, email: str = "", at: datetime = THEN, **data: Any) -> Any:
    """A person at a customer, entered by its owner."""
    points = [PointData("email", email)] if email else []
    fields = {"name": name or f"Person {next(_numbers)}", "points": points} | data
    return save_contact(customer=customer, data=ContactData(**fields), by=customer.owner, now=at)


def say(
    customer: Customer, by: User, at: datetime, direction: str = "out", *, now: datetime | None = None, **data: Any
) -> Any:
    """Write down that somebody spoke with a customer at a moment, by phone unless said otherwise."""
    fields = {"channel": "phone", "direction": direction, "happened_at": at} | data
    return log_communication(customer=customer, data=CommunicationData(**fields), by=by, now=now or at)


def today_lines(kind: str, user: User, now: datetime) -> list[TodayLine]:
    """What stands on this person's Today under one kind."""
    return list(TODAY[kind].lines(Day(user, now)))


def make_lead(owner: User | None = None, company: str = "", *, at: datetime = THEN, **data: Any) -> Lead:
    """A lead that ``owner`` entered a week ago; without one it came by a form, to whom ``data`` says."""
    fields = {"company": company or f"Frager {next(_numbers)} GmbH", "country": "DE"} | data
    return create_lead(data=LeadData(**fields), by=owner, now=at)
