"""What do the tests of the reports start from? People, rates, and what they sold and said."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Team, User
from core.models import ExchangeRate
from opportunities.inputs import OrderData
from opportunities.models import Order
from opportunities.services import create_order
from reports.models import Target
from reports.periods import TargetPeriod
from tests.factories import make_customer


@pytest.fixture
def rates(db) -> None:
    """A dollar is 7 yuan in 2025 and 2026."""
    for day in ("2025-01-01", "2026-01-01"):
        ExchangeRate.objects.create(currency="USD", against="CNY", on=day, rate=Decimal(7), source="entered")


@pytest.fixture
def sold(now, rates):
    """``sold(alice, date(2026, 11, 3), 100)``: an order of so many dollars by a customer of hers, a new one or this."""

    def make(seller: User, day: date, amount: int, customer: Any = None, **data: Any) -> Order:
        buyer = customer or make_customer(seller)
        number = f"PI-{Order.objects.count() + 1}"
        fields: dict[str, Any] = {
            "number": number, "customer": buyer, "ordered_on": day, "currency": "USD", "amount": Decimal(amount)
        }  # fmt: skip
        return create_order(data=OrderData(**fields | data), by=seller, now=now)

    return make


@pytest.fixture
def target(root, now):
    """``target(alice, "2026-11", 1000)``: what she shall win."""

    def make(party: User | Team, period: str, number: int, *more: int, measure: str = "won") -> Target:
        of = TargetPeriod.read(period)
        assert of
        sprint, challenge = [*more, None, None][:2]
        whose: dict[str, Any] = {"team": party} if isinstance(party, Team) else {"user": party}
        return Target.objects.create(
            measure=measure, first_on=of.first_on, span=of.span, target=number, sprint=sprint, challenge=challenge,
            set_by=root, set_at=now, **whose,
        )  # fmt: skip

    return make


@pytest.fixture
def later() -> datetime:
    return datetime.fromisoformat("2026-11-27T10:00:00+08:00")
