"""Are orders written, corrected and voided with their sums right, and does the customer's row follow?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from core.exceptions import DomainError, NotAllowed
from core.models import ExchangeRate
from core.money import decimals_of
from customers.facts import recompute_all
from customers.models import Customer, KeyDate, Revenue
from opportunities.inputs import LineData, OrderData
from opportunities.models import Order
from opportunities.revenue import amount_of
from opportunities.services import create_order, draft_of, reopen_opportunity, update_order, void_order, win_opportunity
from tests.customers.test_import import broken_promises
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


@pytest.fixture
def buyer(alice) -> Customer:
    return make_customer(alice, "Hansen Tools GmbH")


@pytest.fixture
def order(alice, buyer, now, rates):
    """Makes an order of the buyer's for 1,000 dollars."""

    def make(by: User = alice, **data: Any) -> Order:
        fields = {
            "number": "PI-1", "customer": buyer, "ordered_on": DAY, "currency": "USD", "amount": Decimal(1000)
        } | data  # fmt: skip
        return create_order(data=OrderData(**fields), by=by, now=now)

    return make


def standing(customer: Customer) -> tuple:
    customer.refresh_from_db()
    return customer.status.key, customer.orders_count, customer.won_total, customer.last_order_on


def test_an_order_makes_a_won_customer_and_a_second_a_retained_one(order, buyer, alice):
    first = order()
    assert (first.amount_base, first.seller) == (Decimal(7000), alice)
    assert standing(buyer) == ("won", 1, Decimal(7000), DAY)
    order(number="PI-2", currency="EUR", amount=Decimal("10.50"), cost=Decimal(8))
    assert standing(buyer) == ("retained", 2, Decimal(7084), DAY)
    assert Revenue.objects.get(on=DAY, amount_base=84).cost_base == 64
    assert broken_promises() == {}


def test_a_retained_customer_of_known_cycle_has_the_day_of_the_next_order(order, buyer):
    Customer.objects.filter(pk=buyer.pk).update(purchase_cycle_days=90)
    order()
    assert not KeyDate.objects.exists()
    order(number="PI-2")
    assert KeyDate.objects.get(kind="renewal").on == DAY + timedelta(days=90)
    order(number="PI-3", ordered_on=DAY + timedelta(days=3))
    assert KeyDate.objects.get(kind="renewal").on == DAY + timedelta(days=93)


def test_lines_make_the_amount_with_discount_and_freight(order):
    lines = [
        LineData("Drill", Decimal(12), "pcs", Decimal("3.333"), Decimal(5)),
        LineData("Bits", Decimal("2.5"), "kg", Decimal("0.125")),
        LineData("  ", Decimal(9), "", Decimal(9)),
    ]
    made = order(lines=lines, freight=Decimal("7.20"), amount=None)
    # 12 × 3.333 × 0.95 = 37.9962 and 0.3125, rounded once: 38.31, and 7.20.
    assert made.amount == Decimal("45.51")
    assert made.lines.count() == 2
    assert broken_promises() == {}


def test_a_day_without_a_rate_is_said_and_follows_when_one_comes(order, buyer):
    made = order(currency="TRY", amount=Decimal(500))
    assert made.amount_base is None
    assert standing(buyer) == ("won", 1, Decimal(0), DAY)
    ExchangeRate.objects.create(currency="TRY", against="CNY", on="2026-11-01", rate=Decimal("0.2"), source="entered")
    recompute_all()
    assert standing(buyer) == ("won", 1, Decimal(100), DAY)
    assert broken_promises() == {}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"number": "PI-1"}, "NumberTaken"),
        ({"number": "X", "amount": None}, "AmountMissing"),
        ({"number": "X", "currency": ""}, "CurrencyMissing"),
        ({"number": "X", "ordered_on": date(2026, 11, 28)}, "DateInTheFuture"),
        ({"number": "X", "lines": [LineData("Drill")]}, "LineIncomplete"),
    ],
)
def test_what_cannot_be_an_order(order, data, error):
    order()
    with pytest.raises(DomainError) as refused:
        order(**data)
    assert type(refused.value).__name__ == error
    assert Order.objects.count() == 1


def test_correcting_says_what_changed(order, alice, buyer, now):
    made = order()
    data = OrderData("PI-1", buyer, DAY - timedelta(days=1), "EUR", Decimal(100), payment_terms="30 % T/T")
    changed = update_order(order=made, data=data, by=alice, now=now)
    assert standing(buyer) == ("won", 1, Decimal(800), DAY - timedelta(days=1))
    event = buyer.events.get(kind="order.changed")
    assert set(event.payload["fields"]) == {"ordered_on", "currency", "amount", "payment_terms"}
    update_order(order=changed, data=data, by=alice, now=now)
    assert buyer.events.filter(kind="order.changed").count() == 1
    assert broken_promises() == {}


def test_voiding_takes_four_eyes_and_leaves_the_status(order, alice, bob, dana, buyer, now):
    made = order()
    for person in (alice, bob):
        with pytest.raises(NotAllowed):
            void_order(order=made, reason="Twice", by=person, now=now)
    with pytest.raises(DomainError):
        void_order(order=made, reason=" ", by=dana, now=now)
    void_order(order=made, reason="Entered twice", by=dana, now=now)
    assert standing(buyer) == ("won", 0, Decimal(0), None)
    with pytest.raises(DomainError):
        void_order(order=made, reason="Again", by=dana, now=now)
    order()  # its number is free
    assert broken_promises() == {}


def test_dana_does_not_void_what_she_sold(order, dana, now):
    made = order(seller=dana)
    with pytest.raises(NotAllowed):
        void_order(order=made, reason="Mine", by=dana, now=now)


def test_an_order_is_made_of_a_won_deal_only(order, deal, buyer, alice, now, stages):
    open_deal = deal(
        customer=buyer, expected_on=DAY, lines=[LineData("Drill", Decimal(10), "pcs", Decimal(20))], incoterm="FOB"
    )
    with pytest.raises(DomainError):
        order(opportunity=open_deal)
    won = win_opportunity(opportunity=open_deal, by=alice, now=now, reason="They signed")
    assert standing(buyer)[0] == "won"
    draft = draft_of(won, DAY)
    assert (draft.amount, draft.incoterm, draft.lines[0].product) == (Decimal(200), "FOB", "Drill")
    draft.number, draft.ordered_on = "PI-9", DAY
    made = create_order(data=draft, by=alice, now=now)
    # The same deal, not a second one.
    assert standing(buyer) == ("won", 1, Decimal(1400), DAY)
    order(number="PI-10", opportunity=won)
    assert standing(buyer)[0] == "retained"
    reopen_opportunity(opportunity=won, to=stages["contract"], reason="They wait", by=alice, now=now)
    made.refresh_from_db()
    draft.amount, draft.lines = Decimal(150), ()
    assert update_order(order=made, data=draft, by=alice, now=now).amount == 150
    other = make_customer(alice, "Other")
    with pytest.raises(DomainError):
        order(number="PI-11", customer=other, opportunity=won)


def test_strangers_write_no_orders(order, charlie, bob):
    for person in (charlie, bob):
        with pytest.raises(NotAllowed):
            order(by=person)


AMOUNTS = st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False, allow_infinity=False)


@given(
    rows=st.lists(st.tuples(AMOUNTS, AMOUNTS, st.integers(0, 100)), min_size=1, max_size=8),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
    turn=st.integers(0, 7),
)
def test_the_sum_does_not_hang_on_the_order_of_lines(rows, currency, turn):
    lines = [LineData("x", quantity, "", price, Decimal(off)) for quantity, price, off in rows]
    amount = amount_of(lines, Decimal(0), currency)
    assert amount == amount_of(lines[turn:] + lines[:turn], Decimal(0), currency)
    assert amount == amount.quantize(Decimal(1).scaleb(-decimals_of(currency)))
    exact = sum(q * p * (100 - off) for q, p, off in rows) / 100
    assert abs(amount - exact) * 2 <= Decimal(1).scaleb(-decimals_of(currency))
