"""Are the days that matter written down by those who may, and told in time?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.exceptions import NotAllowed
from core.zones import business_day
from customers.key_dates import comes_round
from customers.models import Event, KeyDate
from customers.services import set_key_dates
from tests.factories import make_contact, make_customer, today_lines

pytestmark = pytest.mark.django_db


def standing(customer) -> dict[str, tuple[date, str]]:
    return {one.kind: (one.on, one.note) for one in KeyDate.objects.filter(customer=customer)}


def test_written_changed_and_removed(alice, now, signed_in):
    customer, client = make_customer(alice), signed_in(alice)
    url = f"/customers/{customer.pk}/key-dates/"
    data = {"contract_end": "2027-03-31", "contract_end_note": "Frame contract 2025", "renewal": "2027-01-15"}
    assert client.post(url, data).status_code == 302
    assert standing(customer) == {
        "contract_end": (date(2027, 3, 31), "Frame contract 2025"),
        "renewal": (date(2027, 1, 15), ""),
    }
    assert client.get(url).context["form"]["contract_end"].value() == date(2027, 3, 31)
    assert client.post(url, {"contract_end": "2027-06-30"}).status_code == 302
    assert standing(customer) == {"contract_end": (date(2027, 6, 30), "")}
    told = Event.objects.filter(customer=customer, kind="key_dates.changed").order_by("pk")
    assert told.last().payload == {"dates": {"renewal": "", "contract_end": "2027-06-30"}}
    page = client.get(customer.get_absolute_url()).content.decode()
    assert "Contract ends" in page
    assert client.post(url, {"renewal": "soon"}).status_code == 422


def test_sent_twice_it_is_written_once(alice, now):
    customer = make_customer(alice)
    dates = {"renewal": (date(2027, 1, 15), " again ")}
    assert set_key_dates(customer=customer, dates=dates, by=alice, now=now) == ["renewal"]
    assert set_key_dates(customer=customer, dates=dates, by=alice, now=now) == []
    assert Event.objects.filter(kind="key_dates.changed").count() == 1


def test_what_other_floors_wrote_stays(alice, now):
    customer = make_customer(alice)
    KeyDate.objects.create(customer=customer, kind="contract_end", on=date(2027, 1, 1), source="sales")
    set_key_dates(customer=customer, dates={"contract_end": (None, "")}, by=alice, now=now)
    assert standing(customer) == {"contract_end": (date(2027, 1, 1), "")}


def test_strangers_do_not(alice, bob, charlie, now, signed_in):
    customer = make_customer(alice)
    with pytest.raises(NotAllowed):
        set_key_dates(customer=customer, dates={"renewal": (date(2027, 1, 15), "")}, by=charlie, now=now)
    for person in (bob, charlie):
        assert signed_in(person).post(f"/customers/{customer.pk}/key-dates/", {}).status_code == 404


@pytest.mark.parametrize(
    ("on", "today", "expected"),
    [
        (date(1980, 5, 3), date(2026, 5, 3), date(2026, 5, 3)),
        (date(1980, 5, 3), date(2026, 5, 4), date(2027, 5, 3)),
        (date(1980, 2, 29), date(2026, 11, 26), date(2027, 2, 28)),
        (date(1980, 2, 29), date(2028, 1, 1), date(2028, 2, 29)),
    ],
)
def test_birthdays_come_round(on, today, expected):
    assert comes_round(on, today) == expected


def test_today_tells_a_fortnight_ahead(alice, bob):
    now = timezone.now()
    today = business_day(now)
    customer = make_customer(alice, "Kunde GmbH", at=now)
    make_contact(customer, "Jo Klein", birthday=(today + timedelta(days=3)).replace(year=1980), at=now)
    make_contact(customer, "Kim Gross", birthday=(today + timedelta(days=20)).replace(year=1980), at=now)
    founded = (today + timedelta(days=14)).replace(year=1998)
    dates = {
        "contract_end": (today + timedelta(days=5), "Frame contract"),
        "quotation_end": (today + timedelta(days=15), ""),
        "renewal": (today - timedelta(days=2), ""),
        "birthday": (founded, ""),
    }
    set_key_dates(customer=customer, dates=dates, by=alice, now=now)
    assert [line.text for line in today_lines("key_dates", alice, now)] == [
        "Renewal or reorder",
        "Birthday of Jo Klein",
        "Contract ends · Frame contract",
        "Anniversary of the company",
    ]
    assert [line.due_label for line in today_lines("key_dates", alice, now)][:2] == ["2 days overdue", "in 3 days"]
    assert today_lines("key_dates", bob, now) == []
