"""Does each word of the query ask for the opportunities it says, for the list, the board and the funnel's links?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import Source
from opportunities.models import LostReason, Opportunity
from opportunities.services import (
    archive_opportunity,
    lose_opportunity,
    move_opportunity,
    set_collaborators,
    win_opportunity,
)
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(signed_in, alice):
    """``asked("stage=3")``: titles that the list shows Alice."""

    def ask(query: str, user=alice) -> set[str]:
        answer = signed_in(user).get(f"/opportunities/?m=1&{query}")
        assert answer.status_code == 200
        return {row.record.title for row in answer.context["rows"]}

    return ask


def test_where_it_stands_and_how_far_it_came(deal, asked, stages, alice, now):
    customer = make_customer(alice)
    deal(title="first")
    far = deal(title="far", customer=customer)
    move_opportunity(opportunity=far, to=stages["proposal"], by=alice, now=now, reason="known")
    back = deal(title="back", customer=customer)
    move_opportunity(opportunity=back, to=stages["proposal"], by=alice, now=now, reason="known")
    move_opportunity(opportunity=back, to=stages["first_contact"], by=alice, now=now, reason="too early")
    won = deal(title="won", customer=customer, expected_on=date(2026, 12, 1))
    win_opportunity(opportunity=won, by=alice, now=now, reason="known")
    lost = deal(title="lost")
    lose_opportunity(opportunity=lost, reason=LostReason.objects.get(key="price"), by=alice, now=now)
    assert asked(f"stage={stages['first_contact'].pk}") == {"first", "back"}
    assert asked(f"stage={stages['first_contact'].pk}&stage={stages['proposal'].pk}") == {"first", "back", "far"}
    assert asked(f"reached={stages['proposal'].pk}") == {"far", "back", "won"}
    assert asked(f"reached={stages['first_contact'].pk}") == {"first", "far", "back", "won", "lost"}
    assert asked(f"reached_only={stages['proposal'].pk}") == {"far", "back"}
    assert asked("outcome=won") == {"won"}
    assert asked("outcome=won&outcome=lost") == {"won", "lost"}
    assert asked(f"reason={LostReason.objects.get(key='price').pk}") == {"lost"}


def test_whose_it_is(deal, asked, alice, bob, charlie, dana, now):
    deal(title="mine")
    theirs = deal(title="bobs", by=bob)
    deal(title="charlies", by=charlie)
    set_collaborators(opportunity=theirs, users=[alice], by=bob, now=now)
    nobody = deal(title="nobodys", customer=make_customer(alice))
    Opportunity.objects.filter(pk=nobody.pk).update(owner=None)
    assert asked("") == {"mine", "bobs", "nobodys"}
    assert asked("whose=mine") == {"mine"}
    assert asked("whose=shared") == {"bobs"}
    assert asked(f"owner={bob.pk}") == {"bobs"}
    assert asked("owner=none") == {"nobodys"}
    assert asked(f"owner=none&owner={alice.pk}") == {"nobodys", "mine"}
    assert asked("whose=team", dana) == {"mine", "bobs"}
    assert asked(f"team={alice.team_id}", dana) == {"mine", "bobs"}


def test_with_whom_and_from_where(deal, asked, alice):
    german, french = make_customer(alice), make_customer(alice, country="FR")
    source = Source.objects.order_by("pk").first()
    deal(title="german", customer=german, source=source)
    deal(title="french", customer=french, competitors="Hafele, Master Lock")
    deal(title="unknown")
    assert asked("country=DE") == {"german"}
    assert asked("country=none") == {"unknown"}
    assert asked("country=none&country=FR") == {"unknown", "french"}
    assert asked(f"customer={german.pk}") == {"german"}
    assert asked(f"source={source.pk}") == {"german"}
    assert asked("source=none") == {"french", "unknown"}
    assert asked("competitor=master") == {"french"}


def test_months_and_days_include_their_ends(deal, asked):
    for title, opened in (("jan", date(2026, 1, 31)), ("feb", date(2026, 2, 1)), ("mar", date(2026, 3, 31))):
        deal(title=title, opened_on=opened, expected_on=opened + timedelta(days=300))
    unknown = deal(title="unknown")
    Opportunity.objects.filter(pk=unknown.pk).update(opened_on=None)
    assert asked("opened_from=2026-02") == {"feb", "mar"}
    assert asked("opened_from=2026-01&opened_to=2026-02") == {"jan", "feb"}
    assert asked("opened_from=2026-03-31&opened_to=2026-03-31") == {"mar"}
    assert asked("unopened=1") == {"unknown"}
    assert asked("expected_from=2026-11&expected_to=2026-11") == {"jan", "feb"}
    assert asked("undated=1") == {"unknown"}


def test_amounts_are_asked_for_in_the_base_currency(deal, asked):
    deal(title="seven thousand")
    deal(title="two", amount=Decimal(2), currency="EUR")
    deal(title="no rate", amount=Decimal(9), currency="AED")
    deal(title="nothing", amount=None, currency="")
    assert asked("amount_min=16") == {"seven thousand", "two"}
    assert asked("amount_min=16&amount_max=16") == {"two"}
    assert asked("currency=eur") == {"two"}
    assert asked("currency=none") == {"nothing"}
    assert asked("unrated=1") == {"no rate"}


def test_marks(deal, asked, alice):
    now = timezone.now()
    deal(title="fresh", at=now, expected_on=now.date() + timedelta(days=2))
    deal(title="old", at=now - timedelta(days=20), expected_on=now.date() - timedelta(days=2))
    gone = deal(title="gone", at=now - timedelta(days=20), expected_on=now.date() - timedelta(days=2))
    lose_opportunity(opportunity=gone, reason=LostReason.objects.get(key="price"), by=alice, now=now)
    assert asked("stalled=1") == {"old"}
    assert asked("past_close=1") == {"old"}
    assert asked("next_step=none") == {"fresh", "old"}


def test_archived_ones_stand_only_in_their_own_view_of_managers(deal, asked, alice, dana, now):
    away = deal(title="away")
    archive_opportunity(opportunity=away, reason="entered twice", by=dana, now=now)
    assert asked("") == set()
    assert asked("archived=1") == set()
    assert asked("archived=1", dana) == {"away"}


def test_nonsense_is_said_and_names_no_stranger(deal, signed_in, alice, charlie):
    deal(title="charlies", by=charlie)
    client = signed_in(alice)
    for query in ("stage=x", "opened_from=2026-13", "opened_from=0000-01", "reached=99999999999999999999", "owner=-1"):
        assert client.get(f"/opportunities/?m=1&{query}").status_code == 200
    page = client.get("/opportunities/?m=1&owner__password__startswith=a").content.decode()
    assert "charlies" not in page


def test_the_panel_shows_a_month_as_the_days_it_stands_for(deal, signed_in, alice):
    page = signed_in(alice).get("/opportunities/filter/?m=1&opened_from=2026-02&opened_to=2026-02").content.decode()
    assert 'name="opened_from" value="2026-02-01"' in page
    assert 'name="opened_to" value="2026-02-28"' in page
