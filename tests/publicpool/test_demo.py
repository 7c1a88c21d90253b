"""Has the demo firm full pools, people who claimed and gave back, and countdowns of which their owners know?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Q

from core.demo import World, build
from core.zones import business_day
from customers.models import Customer, Pool
from publicpool.conversion import figures_of, taken
from publicpool.countdown import Clock, within
from publicpool.fairness import shares
from publicpool.figures import with_sales
from publicpool.models import Claim, Extension, ReclaimWarning, Release, Rotation, RotationEntry, RotationHead
from publicpool.proving import prove
from tests.reports.test_board_sums import board_is_that_of_plain_sql, numbers_of_the_board_open_their_rows
from tests.reports.test_forecasts import forecasts_of_the_demo_are_those_of_its_deals
from tests.reports.test_measures import achieved_is_that_of_plain_sql

NOW = datetime(2026, 11, 26, 7, 20, tzinfo=UTC)


@pytest.mark.django_db
def test_the_pools_of_the_demo_are_at_work(promises, signed_in):
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
    # The page of figures has something to show: of the last three months, something was sold after a claim.
    lately = Claim.objects.filter(claimed_at__gte=NOW - timedelta(days=90))
    assert with_sales(lately).filter(is_sold=True).count() >= 3
    promises()
    rotations_are_at_work()
    figures_are_those_of_plain_sql()
    achieved_is_that_of_plain_sql(date(2026, 1, 1), date(2026, 11, 1))
    forecasts_of_the_demo_are_those_of_its_deals(NOW)
    board_is_that_of_plain_sql(NOW)
    numbers_of_the_board_open_their_rows(NOW, signed_in)


def rotations_are_at_work():
    assert RotationEntry.objects.filter(kind="given").exists()
    assert RotationHead.objects.exists()
    for rotation in Rotation.objects.all():
        assert prove(rotation).holds
        with connection.cursor() as cursor:
            values = {"rotation": rotation.pk, "today": business_day(NOW), "zone": str(settings.BUSINESS_ZONE)}
            cursor.execute(Path(__file__).with_name("weights.sql").read_text(), values)
            by_sql = dict(cursor.fetchall())
        if rotation.weights_by == "conversion" and rotation.weighed_on:
            assert {one.user_id: one.weight for one in rotation.members.all()} == by_sql


def figures_are_those_of_plain_sql():
    """Taken, won, received and expected, of everybody and since the beginning."""
    with connection.cursor() as cursor:
        cursor.execute(Path(__file__).with_name("member_figures.sql").read_text())
        rows = cursor.fetchall()
    by_sql = {who: (int(n), int(won)) for what, _of, who, n, won in rows if what == "taken"}
    assert by_sql
    assert {who: (one.taken, one.won) for who, one in figures_of(taken(Q())).items()} == by_sql
    given = {(of, who): (float(due), int(n)) for what, of, who, due, n in rows if what == "given"}
    assert given
    found = shares(list(Rotation.objects.values_list("pk", flat=True)), None, None)
    assert {key: (round(float(one.expected), 9), one.received) for key, one in found.items()} == given
