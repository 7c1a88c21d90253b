"""Has the demo firm full pools, people who claimed and gave back, and countdowns of which their owners know?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.demo import World, build
from customers.models import Customer, Pool
from publicpool.countdown import Clock, within
from publicpool.models import Claim, Extension, ReclaimWarning, Release

NOW = datetime(2026, 11, 26, 7, 20, tzinfo=UTC)


@pytest.mark.django_db
def test_the_pools_of_the_demo_are_at_work(promises):
    build(World(250), NOW)
    pooled = Customer.objects.filter(pool__isnull=False)
    assert 15 <= pooled.count() <= 40
    assert Pool.objects.filter(members__isnull=False, routes__isnull=False).exists()
    assert Claim.objects.exists()
    assert Release.objects.filter(reason__isnull=False).exists()
    assert Extension.objects.exists()
    clock = Clock.load(NOW)
    soon = {one.customer_id for one in within(clock, clock.today + timedelta(days=7))}
    assert soon <= {*ReclaimWarning.objects.values_list("customer", flat=True)}
    assert len(soon) < 25
    promises()
