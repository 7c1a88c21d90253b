"""Do rollups equal a recomputation after a random day of work by several, while their sweeps are killed?"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from communications.inputs import CommunicationData
from communications.models import Communication
from communications.services import (
    correct_communication,
    delete_communication,
    log_communication,
    restore_communication,
)
from core import rollups
from core.exceptions import DomainError
from core.models import ExchangeRate, StalePart
from core.registries import ROLLUPS
from customers.models import Customer
from customers.services.ownership import transfer_customer
from opportunities.inputs import ConversionData, OrderData
from opportunities.models import Lead, Order
from opportunities.services import create_order, update_order, void_order
from opportunities.services.converting import convert_lead
from tests.core.test_jobs import wait_until
from tests.factories import make_customer, make_lead, say
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db(transaction=True)
HERE = Path(__file__).parent
ACTS, KILLS = 60, 6
# What stands in the cells, beside the plain SQL of the raw tables.
KEPT = {
    "communications/said.sql": "author_id, month, country, n, touches, replies FROM communications_saidcell",
    "communications/answers.sql": "customer_id, lead_id, country, month, asked_id, asked_at, answered_id, answered_at,"
    " answered_by_id FROM communications_answer",
    "opportunities/rhythm.sql": "customer_id, orders, first_on, last_on, usual_days, next_on, usual_base"
    " FROM opportunities_rhythm",
}


def asked(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def do(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def cells_are_those_of_plain_sql() -> None:
    for path, cells in KEPT.items():
        assert Counter(asked(f"SELECT {cells}")) == Counter(asked((HERE / path).read_text())), path


def differences() -> dict[str, list[Any]]:
    return {name: found for name in ROLLUPS if (found := asked(rollups.difference(name)))}


class Day:
    """What one person does, chosen by numbers; refusals are part of a day."""

    def __init__(self, seed: int, people: list[Any], root: Any) -> None:
        self.chance, self.people, self.root = random.Random(seed), people, root
        self.done: Counter[str] = Counter()

    def __call__(self) -> None:
        verbs = ["log"] * 6 + ["correct", "delete", "restore", "order", "order", "order", "change", "void"]
        verbs += ["transfer", "country", "country", "convert", "merge"]
        for _number in range(ACTS):
            verb = self.chance.choice(verbs)
            with suppress(DomainError, IndexError), transaction.atomic():
                getattr(self, verb)()
                self.done[verb] += 1

    def any(self, model: Any) -> Any:
        return self.chance.choice(list(model._default_manager.order_by("pk")))

    def log(self) -> None:
        now = timezone.now()
        at = now - timedelta(hours=self.chance.choice([0, 1, 2, 30, 700]))
        data = CommunicationData("phone", self.chance.choice(["in", "in", "out", "both"]), at)
        where: dict[str, Any] = {"customer": self.any(Customer)}
        if self.chance.random() < 0.2:
            where = {"lead": self.any(Lead)}
        log_communication(**where, data=data, by=self.root, now=now)

    def correct(self) -> None:
        now, said = timezone.now(), self.any(Communication)
        data = CommunicationData("phone", self.chance.choice(["in", "out"]), now - timedelta(hours=5))
        correct_communication(said=said, data=data, by=said.author, now=now)

    def delete(self) -> None:
        delete_communication(said=self.any(Communication), by=self.root, now=timezone.now())

    def restore(self) -> None:
        restore_communication(said=self.any(Communication), by=self.root, now=timezone.now())

    def data(self, customer: Customer) -> OrderData:
        day = date(2026, 1, 1) + timedelta(days=self.chance.randrange(200))
        return OrderData(
            number=f"PI-{self.chance.random()}", customer=customer, ordered_on=day, currency="USD",
            amount=Decimal(self.chance.randrange(1, 99)), seller=self.people[0],
        )  # fmt: skip

    def order(self) -> None:
        create_order(data=self.data(self.any(Customer)), by=self.people[0], now=timezone.now())

    def change(self) -> None:
        order = self.any(Order)
        update_order(order=order, data=self.data(order.customer), by=self.root, now=timezone.now())

    def void(self) -> None:
        void_order(order=self.any(Order), reason="so", by=self.root, now=timezone.now())

    def transfer(self) -> None:
        to = self.chance.choice(self.people)
        transfer_customer(customer=self.any(Customer), to=to, by=self.root, now=timezone.now(), reason="so")

    def country(self) -> None:
        one = self.any(self.chance.choice([Customer, Lead]))
        one.country = self.chance.choice(["DE", "IT", "BR", ""])
        one.save(update_fields=["country"])

    def convert(self) -> None:
        data = ConversionData(customer=self.any(Customer))
        convert_lead(lead=self.any(Lead), data=data, by=self.root, now=timezone.now())

    def merge(self) -> None:
        """As a merge does it: what hangs on one customer goes to another."""
        ids = sorted({self.any(Customer).pk, self.any(Customer).pk})
        list(Customer.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
        Communication.objects.filter(customer=ids[0]).update(customer=ids[-1])
        Order.objects.filter(customer=ids[0]).update(customer=ids[-1])


SWEEPING = """
import django; django.setup()
from core import rollups
while True: rollups.sweep()
"""


def sweeper() -> subprocess.Popen[bytes]:
    """A process that sweeps and sweeps, on the database of this test."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    own = {"DATABASE_URL": database, "GONGHAI_PROCESS": "worker", "DJANGO_SETTINGS_MODULE": "crm.settings"}
    return subprocess.Popen([sys.executable, "-c", SWEEPING], cwd=settings.BASE_DIR, env=os.environ | own)


AT_WORK = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"


def test_after_a_day_of_work_by_four_with_sweeps_killed_cells_are_those_of_plain_sql(alice, bob, root):
    ExchangeRate.objects.create(currency="USD", against="CNY", on="2025-01-01", rate=Decimal(7), source="entered")
    people = [alice, bob]
    for place in range(6):
        make_customer(people[place % 2], country=["DE", "FR"][place % 2])
        make_lead(people[place % 2], country="IT")
    days = [Day(seed, people, root) for seed in range(4)]
    sweeps: list[int] = []

    def kill() -> None:
        chance = random.Random("kill")
        for _time in range(KILLS):
            seen = StalePart.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            with sweeper() as process:
                wait_until(lambda last=seen: not StalePart.objects.filter(pk__lte=last).exists(), 30)
                time.sleep(chance.random() / 20)  # anywhere within what it makes next
                sweeps.append(process.pid)
                process.send_signal(signal.SIGKILL)

    assert errors(at_once([*days, kill], timeout=300)) == []
    wait_until(lambda: asked(f"SELECT count(*) {AT_WORK}")[0][0] == 0)
    assert len(set(sweeps)) == KILLS
    assert set().union(*(day.done for day in days)) >= {"log", "correct", "order", "country", "merge", "convert"}
    assert differences() == {}  # what is not stale is right, whatever was cut off
    assert errors(at_once([rollups.sweep] * 2)) == []
    rollups.sweep()
    assert not StalePart.objects.exists()
    cells_are_those_of_plain_sql()
    assert differences() == {}


def test_killed_between_taking_and_making_nothing_is_lost(alice):
    """A sweep is stopped in the middle of its transaction, for somebody holds the cells that it would write."""
    customer = make_customer(alice)
    say(customer, alice, timezone.now(), "in", now=timezone.now())
    waiting = StalePart.objects.count()
    with transaction.atomic():
        do("LOCK TABLE communications_saidcell, communications_answer IN ACCESS EXCLUSIVE MODE")
        with sweeper() as process:
            wait_until(lambda: asked("SELECT count(*) FROM pg_locks WHERE NOT granted")[0][0] >= 1, 30)
            process.send_signal(signal.SIGKILL)
    wait_until(lambda: asked(f"SELECT count(*) {AT_WORK}")[0][0] == 0)
    assert StalePart.objects.count() == waiting
    assert not differences()
    assert rollups.sweep() == waiting
    cells_are_those_of_plain_sql()


def test_two_at_once_make_each_part_once_and_who_writes_meanwhile_is_not_lost(alice):
    customers = [make_customer(alice) for _number in range(12)]

    def talk() -> None:
        for customer in customers * 2:
            say(customer, alice, timezone.now(), "in", now=timezone.now())

    assert errors(at_once([talk, *[lambda: [rollups.sweep() for _time in range(20)]] * 3])) == []
    assert differences() == {}
    rollups.sweep()
    cells_are_those_of_plain_sql()


def test_a_part_that_cannot_be_made_keeps_no_other_waiting(alice, caplog):
    for _number in range(3):
        say(make_customer(alice), alice, timezone.now(), "in", now=timezone.now())
    rollups.sweep()
    bad, *_rest = Customer.objects.order_by("pk")
    try:
        do(f"ALTER TABLE communications_answer ADD CONSTRAINT poison CHECK (party <> {bad.pk}) NOT VALID")
        Customer.objects.update(country="BR")
        rollups.sweep()
        assert list(StalePart.objects.values_list("rollup", "part")) == [("answers", [bad.pk])]
        assert f"part {{{bad.pk}}} of the rollup answers cannot be made" in caplog.text
    finally:
        do("ALTER TABLE communications_answer DROP CONSTRAINT IF EXISTS poison")
    rollups.sweep()
    cells_are_those_of_plain_sql()
