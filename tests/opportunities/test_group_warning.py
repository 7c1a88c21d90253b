"""Is one told of what is open at the other companies of a group, and of nothing else there?"""

from __future__ import annotations

import pytest

from customers.services import put_in_group
from opportunities.inputs import LineData
from opportunities.models import LostReason
from opportunities.services import lose_opportunity
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def sisters(alice, charlie, now):
    """Alice's and Charlie's company belong to one group."""
    mine, theirs = make_customer(alice, "Hafenlicht GmbH"), make_customer(charlie, "Bergwerk AG", country="AT")
    put_in_group(customer=mine, name="Hafen", role="", by=alice, now=now)
    mine.refresh_from_db()
    theirs.group = mine.group
    theirs.save(update_fields=["group"])
    return mine, theirs


@pytest.fixture
def strange(deal, sisters, charlie):
    person = make_contact(sisters[1], "Secret Person", email="secret@bergwerk.example")
    return deal(
        title="Secret title",
        customer=sisters[1],
        by=charlie,
        lines=[LineData("Angle grinder 230 mm")],
        people=[(person, "decides")],
        details="Secret details",
        competitors="Secret rival",
    )


def test_who_chooses_a_customer_is_told_product_stage_amount_and_owner(sisters, strange, alice, signed_in):
    page = signed_in(alice).get(f"/opportunities/group-check/?customer={sisters[0].pk}").content.decode()
    for words in ("Bergwerk AG", "Angle grinder 230 mm", "First contact", "USD\N{NO-BREAK SPACE}1,000", "Charlie"):
        assert words in page, words
    assert "Secret" not in page
    assert strange.get_absolute_url() not in page


def test_the_form_and_the_record_tell_it_too(sisters, strange, deal, alice, signed_in):
    client = signed_in(alice)
    assert "Angle grinder" in client.get(f"/opportunities/new/?customer={sisters[0].pk}").content.decode()
    mine = deal(customer=sisters[0])
    for path in (mine.get_absolute_url(), f"/opportunities/{mine.pk}/edit/"):
        page = client.get(path).content.decode()
        assert "Angle grinder" in page
        assert "Secret" not in page


def test_strangers_to_the_group_are_told_nothing(sisters, strange, bob, alice, signed_in):
    for pk in (sisters[0].pk, "x", "", "9" * 30):
        page = signed_in(bob).get(f"/opportunities/group-check/?customer={pk}").content.decode()
        assert "Angle grinder" not in page


def test_what_ended_and_ones_own_company_warn_nobody(sisters, strange, deal, alice, charlie, signed_in, now):
    deal(title="mine", customer=sisters[0])
    lose_opportunity(opportunity=strange, reason=LostReason.objects.get(key="price"), by=charlie, now=now)
    page = signed_in(alice).get(f"/opportunities/group-check/?customer={sisters[0].pk}")
    assert page.context["deals"] == []


def test_people_of_the_chosen_customer_are_offered(sisters, alice, signed_in):
    make_contact(sisters[0], "Frau Vogel")
    page = signed_in(alice).get(f"/opportunities/group-check/?customer={sisters[0].pk}").content.decode()
    assert "Frau Vogel" in page
    assert 'hx-swap-oob="true"' in page
