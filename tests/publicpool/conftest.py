"""What do the tests of the pool start from?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from core.invariants import verdicts
from customers.models import Customer, Pool
from publicpool.models import ReclaimRule, ReleaseReason
from publicpool.services import release_customer
from tests.factories import make_customer


@pytest.fixture
def pool(db) -> Pool:
    return Pool.objects.get(is_default=True)


@pytest.fixture
def reason(db) -> ReleaseReason:
    return ReleaseReason.objects.get(key="no_need")


@pytest.fixture
def pooled(root, bob, reason, now):
    """Makes customers that lie in the pool, where Bob gave them back two months ago."""

    def make(name: str = "", *, by: User = bob, **data: Any) -> Customer:
        long_ago = now - timedelta(days=61)
        customer = make_customer(by, name, at=long_ago - timedelta(days=30), **data)
        release_customer(customer=customer, reason=reason, by=by, now=long_ago)
        customer.refresh_from_db()
        return customer

    return make


@pytest.fixture
def promises(db):
    """Are all promises of INVARIANTS kept? Deliveries are not looked at: in most tests nobody fetches them."""

    def check() -> None:
        broken = [one for one in verdicts() if one.broken and one.key != "customers.deliveries_of_known_events"]
        assert not broken

    return check


@pytest.fixture
def rule(db, now):
    """Makes a rule for every customer that is in use."""

    def make(kind: str = "idle", days: int = 30, **data: Any) -> ReclaimRule:
        fields = {"name_en": f"{kind} {days}", "is_active": True, "is_for_all": True} | data
        return ReclaimRule.objects.create(kind=kind, days=days, created_at=now, updated_at=now, **fields)

    return make
