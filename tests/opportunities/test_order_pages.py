"""Do the pages of orders show, filter, enter and refuse as they should, in a fixed number of statements?"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from opportunities.inputs import LineData, OrderData
from opportunities.models import Order
from opportunities.services import create_order, win_opportunity
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
LIST = reverse("opportunities:orders")


@pytest.fixture
def orders(alice, now, rates):
    """Makes so many orders of Alice's."""

    def make(count: int, **data) -> list[Order]:
        made = []
        for n in range(count):
            customer = data.get("customer") or make_customer(alice)
            fields = {
                "number": f"PI-{Order.objects.count() + 1}", "customer": customer, "ordered_on": now.date(),
                "currency": "USD", "amount": Decimal(1000 + n), "cost": Decimal(600),
                "lines": [LineData(f"Drill {n}", Decimal(2), "pcs", Decimal(500))],
            } | data  # fmt: skip
            made.append(create_order(data=OrderData(**fields), by=alice, now=now))
        return made

    return make


def fields(**more: str) -> dict[str, str]:
    return {
        "number": "PI-77", "ordered_on": "2026-11-20", "currency": "USD", "amount": "1,000".replace(",", ""),
        "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-product": "", "lines-0-quantity": "",
    } | more  # fmt: skip


def test_the_list_sums_up_what_it_shows(orders, alice, charlie, signed_in):
    orders(3)
    page = signed_in(alice).get(LIST)
    assert page.context["sums"]["base"] == 3 * 7000
    text = page.content.decode()
    assert "PI-1" in text
    assert "¥21,000" in text
    assert "PI-1" not in signed_in(charlie).get(LIST).content.decode()


def test_filters_narrow(orders, alice, signed_in):
    orders(1, currency="EUR")
    orders(1, payment_terms="30 % T/T")
    client = signed_in(alice)
    for query, found in (
        ("currency=eur", ["PI-1"]), ("payment_terms=t/t", ["PI-2"]), ("state=void", []), ("q=Drill", ["PI-1", "PI-2"]),
        ("ordered_from=2027-01-01", []), ("country=DE&sort=number", ["PI-1", "PI-2"]), ("has_cost=false", []),
    ):  # fmt: skip
        rows = client.get(f"{LIST}?{query}&m=1").context["page"].rows
        assert sorted(row.number for row in rows) == found, query


def test_statements_do_not_grow(orders, alice, signed_in, statements):
    client = signed_in(alice)
    made = orders(1)
    client.get(LIST)
    one = statements(lambda: client.get(LIST))
    tab = reverse("opportunities:orders_of_customer", args=[made[0].customer_id])
    client.get(tab)
    one_tab = statements(lambda: client.get(tab))
    page = statements(lambda: client.get(made[0].get_absolute_url()))
    orders(20)
    orders(10, customer=made[0].customer)
    assert statements(lambda: client.get(LIST)) == one
    assert statements(lambda: client.get(tab)) == one_tab
    lines = [LineData(f"Drill {n}", Decimal(2), "pcs", Decimal(500)) for n in range(30)]
    (long,) = orders(1, lines=lines)
    assert statements(lambda: client.get(long.get_absolute_url())) == page
    assert one <= 12
    assert len(client.get(LIST).content) < 60_000


def test_an_order_is_entered_with_its_lines(alice, signed_in, rates):
    customer = make_customer(alice)
    url = f"{reverse('opportunities:order_create')}?customer={customer.pk}"
    client = signed_in(alice)
    assert client.get(url).status_code == 200
    typed = fields(**{"lines-0-product": "Drill", "lines-0-quantity": "3", "lines-0-price": "9.5", "freight": "1.5"})
    response = client.post(url, typed)
    made = Order.objects.get()
    assert (response.status_code, response["Location"]) == (302, made.get_absolute_url())
    assert (made.amount, made.customer, made.seller) == (Decimal(30), customer, alice)
    assert "Drill" in client.get(made.get_absolute_url()).content.decode()
    edit = reverse("opportunities:order_update", args=[made.pk])
    assert client.get(edit).status_code == 200
    assert client.post(edit, fields(amount="12")).status_code == 302
    made.refresh_from_db()
    assert (made.amount, made.lines.count()) == (12, 0)


def test_what_is_wrong_stands_at_its_field(alice, signed_in, orders):
    orders(1)
    url = f"{reverse('opportunities:order_create')}?customer={make_customer(alice).pk}"
    client = signed_in(alice)
    refused = client.post(url, fields(number="PI-1"))
    assert refused.status_code == 409
    assert "number" in refused.context["form"].errors
    assert client.post(url, fields(**{"lines-0-product": "Drill"})).status_code == 422
    assert client.post(url, fields(amount="")).status_code == 409


def test_a_won_deal_fills_the_form(alice, signed_in, deal, now, rates):
    customer = make_customer(alice)
    won = deal(customer=customer, expected_on=now.date(), lines=[LineData("Padlock", Decimal(10), "pcs", Decimal(20))])
    url = f"{reverse('opportunities:order_create')}?opportunity={won.pk}"
    assert signed_in(alice).get(url).status_code == 403
    win_opportunity(opportunity=won, by=alice, now=now, reason="Signed")
    page = signed_in(alice).get(url).content.decode()
    assert "Padlock" in page


def test_voiding(alice, dana, charlie, signed_in, orders):
    (made,) = orders(1)
    url = reverse("opportunities:order_void", args=[made.pk])
    assert signed_in(alice).post(url, {"reason": "No"}).status_code == 403
    assert signed_in(charlie).post(url, {"reason": "No"}).status_code == 404
    assert signed_in(dana).post(url, {"reason": ""}).status_code == 422
    assert signed_in(dana).post(url, {"reason": "Entered twice"}).status_code == 302
    page = signed_in(alice).get(made.get_absolute_url()).content.decode()
    assert "Entered twice" in page
    assert signed_in(alice).get(reverse("opportunities:order_update", args=[made.pk])).status_code == 403


def test_the_timeline_and_the_search_tell_of_orders(alice, signed_in, orders):
    (made,) = orders(1)
    client = signed_in(alice)
    assert "PI-1" in client.get(reverse("customers:detail", args=[made.customer_id])).content.decode()
    assert made.get_absolute_url() in client.get(reverse("core:search"), {"q": "PI-1"}).content.decode()


def test_nobody_sees_a_strangers_order(charlie, signed_in, orders):
    (made,) = orders(1)
    client = signed_in(charlie)
    for name in ("order", "order_update", "order_void"):
        assert client.get(reverse(f"opportunities:{name}", args=[made.pk])).status_code == 404
    assert client.get(f"{reverse('opportunities:order_create')}?customer={made.customer_id}").status_code == 404
