"""Does what was achieved equal what plain SQL over the raw tables says?"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from communications.services import delete_communication
from opportunities.figures.asked import add_months
from opportunities.inputs import OpportunityData
from opportunities.services import create_opportunity, void_order, win_opportunity
from reports.measures import MEASURES
from tests.factories import make_customer, say

pytestmark = pytest.mark.django_db
SQL = Path(__file__).with_name("achieved.sql").read_text()


def by_sql(first: date, following: date) -> dict[tuple, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"first": first, "next": following})
        return {(measure, who, month): Decimal(n) for measure, who, month, n in cursor.fetchall()}


def by_product(first: date, last: date) -> dict[tuple, Decimal]:
    people = list(User.objects.values_list("pk", flat=True))
    return {
        (key, who, month): done.number
        for key, one in MEASURES.items()
        for (who, month), done in one.reads(people, first, last).items()
        if done.number
    }


def test_every_measure_equals_the_sql_of_the_raw_tables(cast, sold, now):
    chance = random.Random("measures")
    people = [cast[name] for name in ("alice", "bob", "charlie")]
    buyers = [make_customer(chance.choice(people)) for _number in range(12)]
    day = date(2026, 8, 1)
    for _number in range(60):
        seller = chance.choice(people)
        buyer = chance.choice([one for one in buyers if one.owner == seller])
        order = sold(seller, day + timedelta(days=chance.randrange(116)), chance.randrange(1, 9999), buyer)
        if chance.random() < 0.2:
            void_order(order=order, reason="wrong", by=cast["root"], now=now)
        at = datetime(2026, 8, 1, tzinfo=settings.BUSINESS_ZONE) + timedelta(minutes=chance.randrange(116 * 1440))
        done = say(buyer, seller, at, chance.choice(["in", "out"]), now=now, is_automatic=chance.random() < 0.2)
        if chance.random() < 0.2:
            delete_communication(said=done, by=seller, now=now)
        data = OpportunityData(
            title="Padlocks",
            customer=buyer,
            amount=Decimal(chance.randrange(1, 999)),
            currency=chance.choice(["USD", "CNY", "XAF"]),
            expected_on=at.date(),
        )
        deal = create_opportunity(data=data, by=seller, now=at)
        if chance.random() < 0.5:
            win_opportunity(opportunity=deal, by=seller, now=now, closed_on=at.date(), reason="so")
    for first, last in ((11, 11), (9, 10), (1, 12)):
        achieved_is_that_of_plain_sql(date(2026, first, 1), date(2026, last, 1))


def achieved_is_that_of_plain_sql(first: date, last: date) -> None:
    """Of everybody, from one month to another; something of every measure was done."""
    found = by_sql(first, add_months(last, 1))
    assert by_product(first, last) == found
    assert {key for key, _who, _month in found} == set(MEASURES)
