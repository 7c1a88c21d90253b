"""Is each customer's rhythm that of its orders, whatever was done, and does its page show who is late?"""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import rollups
from core.exceptions import DomainError
from core.models import StalePart
from core.zones import business_day
from customers.models import Customer, Pool
from customers.services.ownership import transfer_customer
from opportunities.inputs import OrderData
from opportunities.models import Order, Rhythm
from opportunities.rhythm import LATE, Standing, latest, rows_behind, standings
from opportunities.services import create_order, update_order, void_order
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
PAGE = reverse("opportunities:rhythm")
SQL = Path(__file__).with_name("rhythm.sql").read_text()


def asked(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def rhythms_are_those_of_plain_sql() -> None:
    """After a sweep, of everybody; and the product's own comparison sees nothing either."""
    assert not StalePart.objects.exists()
    kept = "SELECT customer_id, orders, first_on, last_on, usual_days, next_on, usual_base FROM opportunities_rhythm"
    assert asked(f"{kept} ORDER BY customer_id") == asked(SQL)
    assert asked(rollups.difference("rhythm")) == []


@pytest.fixture
def ordered(rates):
    """``ordered(customer, date, …)``: valid orders of these days, of 100 dollars, 200 and so on."""

    def make(customer: Customer, *days: date, by: Any = None, **data: Any) -> list[Order]:
        found = []
        for place, day in enumerate(days, 1):
            fields = {
                "number": f"PI-{Order.objects.count() + 1}", "customer": customer, "ordered_on": day,
                "currency": "USD", "amount": Decimal(100 * place),
            } | data  # fmt: skip
            found.append(create_order(data=OrderData(**fields), by=by or customer.owner, now=timezone.now()))
        rollups.sweep()
        return found

    return make


def rhythm(customer: Customer) -> tuple[Any, ...]:
    one = Rhythm.objects.get(pk=customer.pk)
    return one.orders, one.usual_days, one.next_on, one.usual_base


def test_the_usual_gap_is_the_median_of_days_with_orders(alice, ordered):
    customer = make_customer(alice)
    ordered(customer, date(2026, 1, 1), date(2026, 1, 31))
    assert rhythm(customer) == (2, None, None, 700)  # two days: one gap is no rhythm
    ordered(customer, date(2026, 1, 31), date(2026, 4, 1))
    assert rhythm(customer) == (4, 30, date(2026, 5, 1), 700)  # gaps of 30 and 60: the lower one occurs
    ordered(customer, date(2026, 6, 1))
    assert rhythm(customer) == (5, 60, date(2026, 7, 31), 700)
    rhythms_are_those_of_plain_sql()


def test_what_is_void_or_without_a_rate_is_left_out(alice, dana, ordered, now):
    customer = make_customer(alice)
    first, *_rest = ordered(customer, date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
    ordered(customer, date(2026, 3, 2), currency="XAF")
    assert rhythm(customer) == (4, 28, date(2026, 3, 30), 1400)
    void_order(order=first, reason="so", by=dana, now=now)
    rollups.sweep()
    assert rhythm(customer) == (3, 1, date(2026, 3, 3), 1400)
    rhythms_are_those_of_plain_sql()


# --- anything at all ----------------------------------------------------------------------------------------

VERBS = ["order", "order", "order", "order", "change", "void", "transfer", "sweep", "move"]
ACTS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 2**30)), min_size=3, max_size=20)


class Shop:
    """Some customers, their orders, and what becomes of them, chosen by numbers so that Hypothesis can shrink."""

    def __init__(self, people: list[Any], root: Any) -> None:
        self.people, self.root, self.now = people, root, timezone.now()
        self.customers = [make_customer(person) for person in people]

    def act(self, verb: str, seed: int) -> None:
        chance = random.Random(seed)
        with suppress(DomainError), transaction.atomic():
            getattr(self, verb)(chance)

    def data(self, chance: random.Random, customer: Customer) -> OrderData:
        return OrderData(
            number=f"PI-{chance.random()}",
            customer=customer,
            ordered_on=date(2026, 1, 1) + timedelta(days=chance.choice([0, 0, 1, 5, 9, 30, 31, 90])),
            currency=chance.choice(["USD", "USD", "XAF"]),
            amount=Decimal(chance.randrange(1, 5)),
        )

    def order(self, chance: random.Random) -> None:
        create_order(data=self.data(chance, chance.choice(self.customers)), by=self.root, now=self.now)

    def one(self, chance: random.Random) -> Order:
        found = list(Order.objects.order_by("pk"))
        if not found:
            raise DomainError("none")
        return chance.choice(found)

    def change(self, chance: random.Random) -> None:
        order = self.one(chance)
        update_order(order=order, data=self.data(chance, order.customer), by=self.root, now=self.now)

    def void(self, chance: random.Random) -> None:
        order = self.one(chance)
        Order.objects.filter(pk=order.pk).update(seller=self.people[0], created_by=self.people[0])
        void_order(order=order, reason="so", by=self.root, now=self.now)

    def move(self, chance: random.Random) -> None:
        """As a merge does, and the revenue follows it."""
        Order.objects.filter(pk=self.one(chance).pk).update(customer=chance.choice(self.customers))

    def transfer(self, chance: random.Random) -> None:
        customer = Customer.objects.get(pk=chance.choice(self.customers).pk)
        transfer_customer(customer=customer, to=chance.choice(self.people), by=self.root, now=self.now, reason="so")

    def sweep(self, chance: random.Random) -> None:
        rollups.sweep()


@given(acts=ACTS)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_rhythms_are_those_of_plain_sql_after_anything(alice, bob, root, rates, acts):
    with transaction.atomic():
        shop = Shop([alice, bob], root)
        for verb, seed in acts:
            shop.act(verb, seed)
            assert asked(rollups.difference("rhythm")) == []
        rollups.sweep()
        rhythms_are_those_of_plain_sql()
        rollups.recompute("rhythm")
        rhythms_are_those_of_plain_sql()
        transaction.set_rollback(True)


@pytest.mark.parametrize("verb", ["inserted", "updated", "removed"])
def test_without_any_one_of_the_triggers_the_promise_is_seen_to_be_broken(alice, dana, ordered, now, verb):
    customer = make_customer(alice)
    (order,) = ordered(customer, date(2026, 1, 1))
    with connection.cursor() as cursor:
        table, trigger = "opportunities_order", f"opportunities_orders_{verb}"
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    if verb == "inserted":
        ordered(customer, date(2026, 1, 2))
    elif verb == "updated":
        void_order(order=order, reason="so", by=dana, now=now)
    else:
        Order.objects.filter(pk=order.pk)._raw_delete("default")
    rollups.sweep()
    assert asked(rollups.difference("rhythm"))


# --- the page -----------------------------------------------------------------------------------------------


@pytest.fixture
def firm(alice, bob, charlie, ordered) -> dict[str, Customer]:
    """Alice's late, soon, in time and new ones; one of Bob's that is late, and one of Charlie's."""
    today = business_day(timezone.now())

    def every(owner: Any, name: str, days: int, last: int) -> Customer:
        customer = make_customer(owner, name)
        ordered(customer, *(today - timedelta(days=last + days * back) for back in (2, 1, 0)))
        return customer

    found = {
        "late": every(alice, "Late GmbH", 30, 70),
        "soon": every(alice, "Soon GmbH", 30, 20),
        "today": every(alice, "Today GmbH", 30, 30),
        "on_time": every(alice, "Fine GmbH", 30, 3),
        "bobs": every(bob, "Bobs GmbH", 30, 31),
        "charlies": every(charlie, "Charlies GmbH", 30, 90),
        "new": make_customer(alice, "New GmbH"),
    }
    ordered(found["new"], today)
    return found


def test_standings_count_by_who_holds_the_customer_now(firm, alice, bob, dana, now, django_assert_num_queries):
    today = business_day(timezone.now())
    with django_assert_num_queries(1):
        found = standings([alice.pk, bob.pk], today)
    assert found == {alice.pk: Standing(1, 2, 1, Decimal(1400)), bob.pk: Standing(1, 0, 0, Decimal(1400))}
    assert [one.customer.name for one in latest([alice.pk, bob.pk], today, 5)] == ["Late GmbH", "Bobs GmbH"]
    transfer_customer(customer=firm["late"], to=bob, by=dana, now=timezone.now(), reason="so")
    assert standings([alice.pk, bob.pk], today)[bob.pk].late == 2
    Customer.objects.filter(pk=firm["soon"].pk).update(owner=None, pool=Pool.objects.first())
    assert standings([alice.pk, bob.pk], today)[alice.pk] == Standing(0, 1, 1)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Late", "Bobs"]),
        ("?view=soon", ["Today", "Soon"]),
        ("?view=on_time", ["Fine"]),
        ("?view=all", ["Late", "Bobs", "Today", "Soon", "Fine", "New"]),
        ("?view=all&sort=-usual_days&whose=team", ["New", "Bobs", "Late", "Today", "Soon", "Fine"]),
        ("?standing=late&team={team}", ["Late", "Bobs"]),
        ("?country=FR&m=1", []),
    ],
)
def test_the_page_shows_the_latest_first_and_can_be_narrowed(firm, dana, team, signed_in, query, names):
    page = signed_in(dana).get(PAGE + query.format(team=team.pk))
    rows = [row.record.customer.name.removesuffix(" GmbH") for row in page.context["rows"]]
    assert sorted(rows) == sorted(names)
    if "sort" not in query:
        assert rows == names
    assert "Charlies" not in page.content.decode()


def test_a_number_of_the_board_opens_its_rows(firm, alice, signed_in):
    page = signed_in(alice).get(rows_behind(LATE, {"owner": [alice.pk]}))
    assert [row.pk for row in page.context["rows"]] == [firm["late"].pk]
    text = page.content.decode()
    assert "40 days" in text
    assert "¥1,400" in text


def test_statements_are_the_same_for_one_and_for_thirty(alice, dana, ordered, signed_in, statements):
    client = signed_in(dana)
    today = business_day(timezone.now())

    def more(count: int) -> None:
        for _number in range(count):
            ordered(make_customer(alice), *(today - timedelta(days=days) for days in (90, 60, 40)))

    more(1)
    client.get(PAGE)
    few = statements(lambda: client.get(PAGE))
    more(30)
    assert statements(lambda: client.get(PAGE)) == few <= 12
    assert len(client.get(PAGE).content) < 60_000


def test_the_page_says_as_of_when(firm, alice, signed_in):
    client = signed_in(alice)
    page = client.get(PAGE)
    assert page.context["as_of"] <= timezone.now()
    assert "As of: <time" in page.content.decode()
    Order.objects.update(amount_base=1)
    stale = StalePart.objects.order_by("at").first()
    assert client.get(PAGE).context["as_of"] == stale.at
