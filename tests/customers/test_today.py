"""Does Today name what wants one?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.zones import business_day
from customers.models import KeyDate
from customers.services import protect, transfer_customer
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db


def today(client) -> str:
    answer = client.get("/today/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_day_says_so(alice, signed_in):
    assert "All done" in today(signed_in(alice))


def test_each_reason_has_its_line(alice, bob, dana, signed_in):
    now = timezone.now()
    day = business_day(now)
    old = now - timedelta(days=20)
    never = make_customer(alice, "Nie GmbH", at=old)
    make_contact(never, email="nie@example.com", at=old)
    renewal = make_customer(alice, "Verlängerung GmbH", at=now)
    KeyDate.objects.create(customer=renewal, kind="renewal", on=day + timedelta(days=2), source="by_hand")
    locked = make_customer(alice, "Schloss GmbH", at=now)
    protect(customer=locked, until=day + timedelta(days=5), reason="fair", by=dana, now=now)
    given = make_customer(bob, "Gabe GmbH", at=old)
    transfer_customer(customer=given, to=alice, by=dana, now=now, reason="area")
    page = today(signed_in(alice))
    for words in (
        "Nie GmbH",
        "mailto:nie@example.com",
        "Verlängerung GmbH",
        "in 2 days",
        "Schloss GmbH",
        "Gabe GmbH",
        "transferred by Dana · area",
    ):
        assert words in page, words
    assert "Nie GmbH" not in today(signed_in(bob))
