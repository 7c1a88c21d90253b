"""Do deals go with their customer, keep their search and follow the rates?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.invariants import verdicts
from core.models import ExchangeRate
from customers import ledger
from customers.models import Customer
from customers.services import add_collaborator, remove_collaborator, transfer_customer, update_customer, update_header
from customers.services.errors import StillNeeded
from opportunities.facts import rate_closed_deals, rate_open_deals
from opportunities.models import Opportunity
from opportunities.services import win_opportunity
from tests.factories import make_customer


def broken() -> list[str]:
    return [line.key for line in verdicts() if line.broken]


def test_open_deals_of_the_former_holder_go_with_the_customer(deal, alice, bob, dana, now):
    customer = make_customer(alice)
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    mine = deal(customer=customer, expected_on=date(2026, 12, 1))
    won = deal(customer=customer, expected_on=date(2026, 12, 1))
    win_opportunity(opportunity=won, by=alice, now=now, reason="x")
    his = deal(customer=customer, by=bob)
    transfer_customer(customer=customer, to=dana, reason="Ill", by=dana, now=now)
    ledger.deliver_due(now)
    ledger.deliver_due(now)
    owners = dict(Opportunity.objects.values_list("pk", "owner__username"))
    assert owners == {mine.pk: "dana", won.pk: "alice", his.pk: "bob"}
    assert broken() == []


def test_who_holds_a_deal_stays_collaborator(deal, alice, bob, now):
    customer = make_customer(alice)
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    deal(customer=customer, by=bob)
    with pytest.raises(StillNeeded):
        remove_collaborator(customer=customer, user=bob, by=alice, now=now)


def test_a_deal_is_found_by_its_customers_new_name(deal, alice, now):
    customer = make_customer(alice, "Alt GmbH")
    made = deal(customer=customer)
    header = customer.headers.get()
    update_header(header=header, name="Neubau GmbH", kind=header.kind, country="DE", code="", by=alice, now=now)
    update_customer(customer=Customer.objects.get(pk=customer.pk), changes={"city": "Ulm"}, by=alice, now=now)
    ledger.deliver_due(now)
    assert "neubau" in Opportunity.objects.get(pk=made.pk).search_text


def test_open_deals_are_worth_what_the_rates_of_the_day_say(deal, alice, now):
    open_one = deal(customer=make_customer(alice))
    won = deal(customer=make_customer(alice), expected_on=date(2026, 12, 1))
    win_opportunity(opportunity=won, by=alice, now=now, reason="x")
    rate = {"currency": "USD", "against": "CNY", "source": "entered"}
    ExchangeRate.objects.create(on="2026-11-27", rate=Decimal("7.5"), **rate)
    assert rate_open_deals(date(2026, 11, 27)) == 1
    assert rate_open_deals(date(2026, 11, 27)) == 0
    amounts = dict(Opportunity.objects.values_list("pk", "amount_base"))
    assert amounts == {open_one.pk: Decimal(7500), won.pk: Decimal(7000)}


def test_a_rate_that_comes_late_reaches_deals_that_ended_before_it(deal, alice, now):
    won = deal(customer=make_customer(alice), currency="GBP", expected_on=date(2026, 12, 1))
    win_opportunity(opportunity=won, by=alice, now=now + timedelta(hours=1), reason="x")
    assert Opportunity.objects.get(pk=won.pk).amount_base is None
    ExchangeRate.objects.create(currency="GBP", against="CNY", on="2026-11-20", rate=Decimal(9), source="entered")
    assert rate_closed_deals() == 1
    assert Opportunity.objects.get(pk=won.pk).amount_base == 9000
    ledger.deliver_due(now)
    assert broken() == []
