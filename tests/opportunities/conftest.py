"""What do the tests of leads and deals start from?"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.models import User
from core.models import ExchangeRate
from opportunities.inputs import OpportunityData
from opportunities.models import Opportunity, Stage
from opportunities.services import create_opportunity


@pytest.fixture
def stages(db) -> dict[str, Stage]:
    """The stages of the default pipeline by key."""
    return {stage.key: stage for stage in Stage.objects.select_related("pipeline")}


@pytest.fixture
def rates(db) -> None:
    """A dollar is 7 yuan from 2026 on, a euro 8."""
    for currency, rate in (("USD", "7"), ("EUR", "8")):
        ExchangeRate.objects.create(
            currency=currency, against="CNY", on="2026-01-01", rate=Decimal(rate), source="entered"
        )


@pytest.fixture
def deal(alice, now, rates):
    """Makes a deal of Alice's for 1,000 dollars."""

    def make(by: User = alice, at: datetime = now, **data: Any) -> Opportunity:
        fields = {"title": "Padlocks", "amount": Decimal(1000), "currency": "USD"} | data
        return create_opportunity(data=OpportunityData(**fields), by=by, now=at)

    return make


@pytest.fixture
def page(alice, window) -> Page:
    """Alice's browser, signed in, before the product as it is served."""
    return window(alice)
