"""Do real orders and their lines come in, with the sums of their file? Skips where the data is not at hand."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from django.db.models import Sum

from accounts.models import User
from core.models import ExchangeRate
from customers.models import Customer, Revenue
from opportunities.models import Order, OrderLine
from tests.bringing import brought, taken_back, tried, written
from tests.customers.test_import import broken_promises

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "A_crm" / "northwind"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"needs the public sets in {DATA}"),
]
CENT = Decimal("0.01")
NOTHING = {"field": ""}


def file_rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cents(number: Decimal) -> Decimal:
    return number.quantize(CENT, ROUND_HALF_UP)


@pytest.fixture
def firm(root, now):
    """Northwind's people and customers, as a person brings them in, and a dollar of 1996 worth eight yuan."""
    staff = {"employee_id": {"field": "username"}, "last_name": {"field": "name"}, "first_name": {"field": "name"}}
    left = ("title", "region", "country", "reports_to", "notes")
    brought(
        "people", DATA / "employees.csv", root, now, no_address="make",
        columns=staff | dict.fromkeys(left, NOTHING),
    )  # fmt: skip
    brought("customers", DATA / "customers.csv", root, now)
    for day in ("1996-01-01", "1997-01-01", "1998-01-01"):
        ExchangeRate.objects.create(currency="USD", against="CNY", on=day, rate=Decimal(8), source="entered")


def orders(by: User, now):
    left = ("required_date", "shipped_date", "ship_via", "ship_name", "ship_address", "ship_city", "ship_region",
            "ship_postal_code", "ship_country")  # fmt: skip
    return tried(
        "orders", DATA / "orders.csv", by, now, columns=dict.fromkeys(left, NOTHING), currency="USD", lines_follow=True
    )


def test_northwind(root, now, firm):
    rows, details = file_rows("orders.csv"), file_rows("order_details.csv")
    run = orders(root, now)
    assert run.counts == {"new": len(rows)}
    written(run, root, now)
    lines = brought("order_lines", DATA / "order_details.csv", root, now + timedelta(minutes=5))
    assert lines.written == {"made": len(details)}

    goods: dict[str, Decimal] = defaultdict(Decimal)
    for row in details:
        price = Decimal(row["unit_price"]).quantize(Decimal("0.000001"))
        percent = (Decimal(row["discount"]) * 100).quantize(Decimal("0.001"))
        goods[row["order_id"]] += price * Decimal(row["quantity"]) * (100 - percent) / 100
    expected = {row["order_id"]: cents(goods[row["order_id"]]) + cents(Decimal(row["freight"])) for row in rows}
    assert dict(Order.objects.values_list("number", "amount")) == expected
    by_customer: dict[str, Decimal] = defaultdict(Decimal)
    by_seller: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        by_customer[row["customer_id"]] += expected[row["order_id"]]
        by_seller[row["employee_id"]] += expected[row["order_id"]]
    found = Order.objects.order_by().values_list("customer__external_id").annotate(Sum("amount"))
    assert dict(found) == by_customer
    assert dict(Order.objects.order_by().values_list("seller__username").annotate(Sum("amount"))) == by_seller
    assert OrderLine.objects.count() == len(details) == 2155
    numbers = Counter(row["customer_id"] for row in rows)
    for customer in Customer.objects.filter(orders_count__gt=0):
        assert customer.orders_count == numbers[customer.external_id]
        assert customer.status.key == ("retained" if customer.orders_count > 1 else "won")
    assert Revenue.objects.aggregate(total=Sum("amount_base"))["total"] == sum(expected.values()) * 8
    assert broken_promises() == {}

    later = now + timedelta(hours=1)
    assert orders(root, later).counts == {"same": len(rows)}
    assert tried("order_lines", DATA / "order_details.csv", root, later).counts == {"same": len(details)}
    assert taken_back(lines, root, later).undone == {"back": len(details)}
    assert not OrderLine.objects.exists()
    assert taken_back(run, root, later + timedelta(minutes=5)).undone == {"back": len(rows)}
    assert not Order.objects.valid().exists()
    assert not Revenue.objects.exists()
    assert set(Customer.objects.values_list("status__key", flat=True)) == {"potential"}
    assert broken_promises() == {}
