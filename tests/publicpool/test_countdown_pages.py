"""Do the page, the list, Today, the digest and the warning all tell the countdown that the one function gives?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Notification
from accounts.notices import lines_of
from customers.models import Customer
from customers.services import protect
from followups.digest import sections_of
from publicpool.countdown import Clock, countdown
from publicpool.services.warning import warn_due
from publicpool.telling import GOING_SOON
from tests.customers.statements import statements
from tests.factories import make_customer, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def present():
    """Pages know no other time than this one."""
    return timezone.now()


@pytest.fixture
def soon(alice, rule, present):
    """Alice's, which goes within some days, and one of hers with all the time in the world."""
    rule("idle", 30)
    customer = make_customer(alice, "Bald GmbH", at=present - timedelta(days=26))
    make_customer(alice, "Spaeter GmbH", at=present - timedelta(days=2))
    return customer


def text_of(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_names_day_reason_and_cure(soon, alice, signed_in, present):
    found = countdown(Clock.load(present), soon.pk)
    panel = signed_in(alice).get(soon.get_absolute_url()).context["panels"][0]
    assert panel["first"].on == found.on
    said = text_of(signed_in(alice), soon.get_absolute_url())
    assert "Goes to the public pool in" in said
    assert "Nobody contacted the customer for 30 days – Log a contact" in said
    assert f"/pool/customers/{soon.pk}/more-time/" in said


def test_nothing_is_said_where_no_rule_asks(alice, rule, signed_in, present):
    customer = make_customer(alice, at=present)
    client = signed_in(alice)
    assert client.get(customer.get_absolute_url()).context["panels"] == []
    rule("untouched", 7)
    say(customer, alice, present)
    assert client.get(customer.get_absolute_url()).context["panels"] == []


def test_what_exempts_is_told_with_its_last_day(soon, alice, dana, signed_in, present):
    protect(customer=soon, until=present.date() + timedelta(days=90), reason="Fair", by=dana, now=present)
    said = text_of(signed_in(alice), soon.get_absolute_url())
    assert "Protected until" in said
    assert "1 rule asks" in said
    # The manager, who could lock it, has locked it.
    assert f"/pool/customers/{soon.pk}/more-time/" not in text_of(signed_in(dana), soon.get_absolute_url())


def test_every_rule_that_asks_stands_there(soon, alice, rule, signed_in):
    rule("untouched", 60)
    assert "2 rules ask" in text_of(signed_in(alice), soon.get_absolute_url())


def test_the_column_says_the_same_and_sorts(soon, alice, signed_in, present):
    page = signed_in(alice).get("/customers/?m=1&cols=reclaim&sort=reclaim").context
    clock = Clock.load(present)
    column = page["table"].all["reclaim"]
    shown = {row.pk: column.value(row.record) for row in page["rows"]}
    assert shown == {pk: countdown(clock, pk).on for pk in shown}
    assert page["rows"][0].pk == soon.pk
    backwards = signed_in(alice).get("/customers/?m=1&cols=reclaim&sort=-reclaim").context["rows"]
    assert [row.pk for row in backwards] == [row.pk for row in page["rows"]][::-1]


@pytest.mark.parametrize(("days", "names"), [(3, []), (7, ["Bald GmbH"]), (30, ["Bald GmbH", "Spaeter GmbH"])])
def test_the_filter_finds_what_goes_within_so_many_days(soon, alice, signed_in, days, names):
    rows = signed_in(alice).get(f"/customers/?m=1&sort=name&reclaim={days}").context["rows"]
    assert [row.record.name for row in rows] == names


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_with_the_column_asks_no_more_for_many(alice, rule, signed_in, present, rows):
    rule("idle", 30)
    rule("untouched", 7)
    for number in range(rows):
        make_customer(alice, f"Firma {number} GmbH", at=present - timedelta(days=3))
    assert statements(signed_in(alice), "/customers/") == 9
    assert statements(signed_in(alice), "/customers/?m=1&cols=grade,status,reclaim&sort=reclaim") <= 12
    assert statements(signed_in(alice), "/customers/?m=1&reclaim=7") <= 12


def test_the_page_stays_within_its_statements(soon, alice, signed_in):
    assert statements(signed_in(alice), soon.get_absolute_url()) <= 20


def test_today_and_the_digest_lead_to_the_contact(soon, alice, bob, signed_in, present):
    said = text_of(signed_in(alice), "/today/")
    assert "Going to the pool" in said
    assert "Bald GmbH" in said
    assert f"/customers/{soon.pk}/communications/log/" in said or "Log a contact" in said
    assert "Spaeter GmbH" not in said.partition("Going to the pool")[2].partition("</section>")[0]
    labels = [str(section["label"]) for section in sections_of(alice, present)]
    assert "Going to the pool" in labels
    assert "Going to the pool" not in text_of(signed_in(bob), "/today/")


def test_the_warning_leads_to_the_list_of_them(soon, alice, signed_in, present):
    assert warn_due(present).done == 1
    (told,) = lines_of(Notification.objects.filter(recipient=alice, kind="reclaim_warning"), alice)
    assert told.line.url == f"/customers/?{GOING_SOON}"
    rows = signed_in(alice).get(told.line.url).context["rows"]
    assert [row.record for row in rows] == [soon]


def test_a_contact_moves_it_away_everywhere(soon, alice, signed_in, present):
    say(soon, alice, present)
    client = signed_in(alice)
    assert client.get("/customers/?m=1&reclaim=7").context["rows"] == []
    assert "Going to the pool" not in text_of(client, "/today/")


def test_colleagues_customers_do_not_come_along(soon, alice, bob, charlie, signed_in):
    assert signed_in(charlie).get("/customers/?m=1&reclaim=7").context["rows"] == []
    assert Customer.objects.visible_to(charlie).count() == 0
