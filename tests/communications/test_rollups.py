"""Are the months of what was said, and the waits for an answer, those of the communications, whatever was done?"""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from communications.answering import Speed, answered, rows_behind
from communications.inputs import CommunicationData
from communications.models import Answer, Communication
from communications.said import Spoken, said_by_country, said_by_month
from communications.services import (
    correct_communication,
    delete_communication,
    log_communication,
    restore_communication,
)
from core import rollups
from core.exceptions import DomainError
from core.invariants import verdicts
from core.models import StalePart
from customers.models import Customer, Pool
from customers.services.ownership import transfer_customer
from opportunities.inputs import ConversionData
from opportunities.models import Conversion, DisqualifyReason, Lead
from opportunities.services.converting import convert_lead, undo_conversion
from opportunities.services.leads import archive_lead, disqualify_lead
from tests.factories import make_customer, make_lead, say

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
HOUR = timedelta(hours=1)
NOVEMBER = date(2026, 11, 1)


def asked(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def kept_said() -> list[tuple[Any, ...]]:
    return asked("SELECT author_id, month, country, n, touches, replies FROM communications_saidcell ORDER BY 1, 2, 3")


def kept_answers() -> list[tuple[Any, ...]]:
    return asked(
        "SELECT customer_id, lead_id, country, month, asked_id, asked_at, answered_id, answered_at, answered_by_id"
        " FROM communications_answer ORDER BY asked_id"
    )


def cells_are_those_of_plain_sql() -> None:
    """After a sweep, of everybody; and the product's own comparison sees nothing either."""
    assert not StalePart.objects.exists()
    assert kept_said() == asked((HERE / "said.sql").read_text())
    assert kept_answers() == asked((HERE / "answers.sql").read_text())
    for name in ("said", "answers"):
        assert asked(rollups.difference(name)) == []


# --- the waits ----------------------------------------------------------------------------------------------


def test_a_wait_begins_with_the_first_word_and_ends_with_the_next_of_ours(alice, bob, now):
    customer = make_customer(alice)
    first = say(customer, alice, now - 50 * HOUR, "in", now=now)
    say(customer, alice, now - 40 * HOUR, "in", now=now)
    say(customer, alice, now - 30 * HOUR, "out", now=now, is_automatic=True)
    reply = say(customer, alice, now - 20 * HOUR, "both", now=now)
    say(customer, alice, now - 19 * HOUR, "out", now=now)
    last = say(customer, alice, now - 3 * HOUR, "in", now=now)
    say(customer, alice, now - 2 * HOUR, "in", now=now, is_automatic=True)
    rollups.sweep()
    assert [(row[4], row[6]) for row in kept_answers()] == [(first.pk, reply.pk), (last.pk, None)]
    cells_are_those_of_plain_sql()
    found = answered([alice.pk, bob.pk], NOVEMBER, NOVEMBER)
    assert found.whole == Speed(2, 1, (0, 0, 1), timedelta(hours=30), timedelta(hours=30))
    assert found.by_person == {alice.pk: found.whole}
    assert found.by_country == {"DE": found.whole}
    assert found.cells == {(alice.pk, "DE"): found.whole}
    assert answered([bob.pk], NOVEMBER, NOVEMBER).whole == Speed()
    assert answered([alice.pk], date(2026, 12, 1), date(2026, 12, 1)).whole == Speed()


def test_at_the_same_moment_they_are_answered_as_on_today(alice, now):
    customer = make_customer(alice)
    say(customer, alice, now - HOUR, "out", now=now)
    say(customer, alice, now - HOUR, "in", now=now)
    rollups.sweep()
    assert answered([alice.pk], NOVEMBER, NOVEMBER).whole == Speed(1, 0, (1, 1, 1), timedelta(), timedelta())
    cells_are_those_of_plain_sql()


def test_who_waits_is_asked_of_who_holds_it_now_and_who_answered_keeps_it(alice, bob, dana, now):
    customer, other = make_customer(alice, country="FR"), make_customer(alice)
    say(customer, alice, now - 9 * HOUR, "in", now=now)
    say(customer, alice, now - 8 * HOUR, "out", now=now)
    say(customer, alice, now - 5 * HOUR, "in", now=now)
    say(other, alice, now - 5 * HOUR, "in", now=now)
    transfer_customer(customer=customer, to=bob, by=dana, now=now, reason="so")
    rollups.sweep()
    found = answered([alice.pk, bob.pk], NOVEMBER, NOVEMBER)
    hour = timedelta(hours=1)
    assert found.by_person == {alice.pk: Speed(2, 1, (1, 1, 1), hour, hour), bob.pk: Speed(1, 1)}
    assert {country: speed.asked for country, speed in found.by_country.items()} == {"FR": 2, "DE": 1}


def test_a_lead_waits_until_it_is_closed_and_its_customer_takes_the_wait_over(alice, now):
    lead = make_lead(alice, country="IT")
    data = CommunicationData("email", "in", now - 3 * HOUR)
    log_communication(lead=lead, data=data, by=alice, now=now)
    rollups.sweep()
    assert answered([alice.pk], NOVEMBER, NOVEMBER).by_country["IT"] == Speed(1, 1)
    lead.country = "ES"
    lead.save(update_fields=["country"])
    rollups.sweep()
    cells_are_those_of_plain_sql()
    assert set(answered([alice.pk], NOVEMBER, NOVEMBER).by_country) == {"ES"}
    customer = make_customer(alice, country="PT")
    convert_lead(lead=lead, data=ConversionData(customer=customer), by=alice, now=now)
    rollups.sweep()
    cells_are_those_of_plain_sql()
    assert set(answered([alice.pk], NOVEMBER, NOVEMBER).by_country) == {"PT"}


# --- the rows behind ----------------------------------------------------------------------------------------


def test_numbers_of_everybody_leave_out_what_is_nobodys(alice, root, now):
    """Three count; three wait at nobody: in the pool, at a lead that is no business, at an archived one."""
    waits, pooled, told = (make_customer(alice) for _number in range(3))
    leads = [make_lead(alice) for _number in range(3)]
    for one in (waits, pooled, told):
        say(one, alice, now - HOUR, "in", now=now)
    say(told, alice, now, now=now)
    for lead in leads:
        log_communication(lead=lead, data=CommunicationData("email", "in", now - HOUR), by=alice, now=now)
    Customer.objects.filter(pk=pooled.pk).update(owner=None, pool=Pool.objects.first())
    disqualify_lead(lead=leads[0], reason=DisqualifyReason.objects.all()[0], by=alice, now=now, words="so")
    archive_lead(lead=leads[1], by=root, now=now)
    rollups.sweep()
    counted = Answer.objects.counted_for_anybody()
    assert {*counted.values_list("customer", "lead")} == {(waits.pk, None), (told.pk, None), (None, leads[2].pk)}
    found = answered([*User.objects.values_list("pk", flat=True)], NOVEMBER, NOVEMBER)
    assert found.whole.asked == counted.count() == 3


def test_numbers_open_the_waits_that_they_count(alice, bob, charlie, dana, team, now, signed_in, statements):
    def shown(words: Any, reader: Any = dana) -> list[str]:
        page = signed_in(reader).get(rows_behind(NOVEMBER, NOVEMBER, words))
        return sorted(row.record.customer.name for row in page.context["rows"])

    for owner, name, country, hours in ((alice, "A", "DE", 3), (alice, "B", "FR", 90), (bob, "C", "DE", None)):
        customer = make_customer(owner, name, country=country)
        say(customer, owner, now - 100 * HOUR, "in", now=now)
        if hours:
            say(customer, owner, now - (100 - hours) * HOUR, "out", now=now)
    say(make_customer(charlie, "D"), charlie, now, "in", now=now)
    rollups.sweep()
    assert shown({}) == shown({"team": [team.pk]}) == ["A", "B", "C"]
    assert shown({"person": [alice.pk]}) == ["A", "B"]
    assert shown({"person": [alice.pk], "country": ["DE"]}) == shown({"within": [24]}) == ["A"]
    assert shown({"state": ["waiting"]}) == ["C"]
    assert shown({}, charlie) == ["D"]
    client = signed_in(dana)
    assert "3.8 days" in client.get("/communications/waits/").content.decode()
    few = statements(lambda: client.get("/communications/waits/"))
    for _number in range(20):
        say(make_customer(alice), alice, now, "in", now=now)
    rollups.sweep()
    assert statements(lambda: client.get("/communications/waits/")) == few <= 12


# --- what was said ------------------------------------------------------------------------------------------


def test_months_are_those_of_business_time_also_before_any_sweep(alice, now):
    customer = make_customer(alice)
    evening = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)  # the first of November in Shanghai
    for at, direction in ((evening, "in"), (evening - HOUR, "out"), (now, "both")):
        say(customer, alice, at, direction, now=now)
    months = {(alice.pk, NOVEMBER): Spoken(2, 1, 2), (alice.pk, date(2026, 10, 1)): Spoken(1, 1, 0)}
    for _time in range(2):
        assert said_by_month([alice.pk], date(2026, 10, 1), NOVEMBER) == months
        assert said_by_country([alice.pk], NOVEMBER, NOVEMBER) == {(alice.pk, "DE"): Spoken(2, 1, 2)}
        rollups.sweep()
    cells_are_those_of_plain_sql()


def test_another_country_is_seen_and_what_stays_the_same_marks_nothing(alice, now):
    customer = make_customer(alice)
    say(customer, alice, now, "in", now=now)
    rollups.sweep()
    customer.remarks = "so"
    customer.save()
    Communication.objects.update(subject="so")
    say(customer, alice, now, "in", now=now, is_automatic=True)
    assert not StalePart.objects.exists()
    customer.country = "FR"
    customer.save()
    assert said_by_country([alice.pk], NOVEMBER, NOVEMBER) == {(alice.pk, "FR"): Spoken(1, 0, 1)}
    rollups.sweep()
    cells_are_those_of_plain_sql()


def test_readers_ask_one_statement_whatever_there_is(alice, bob, now, django_assert_num_queries):
    for _number in range(5):
        say(make_customer(alice), alice, now - HOUR, "in", now=now)
    for _state in range(2):
        with django_assert_num_queries(1):
            said_by_month([alice.pk, bob.pk], NOVEMBER, NOVEMBER)
        with django_assert_num_queries(1):
            answered([alice.pk, bob.pk], NOVEMBER, NOVEMBER)
        rollups.sweep()


# --- anything at all ----------------------------------------------------------------------------------------

VERBS = ["log", "log", "log", "log", "correct", "delete", "restore", "transfer", "country", "convert", "undo", "sweep"]
ACTS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 2**30)), min_size=3, max_size=16)


class Desk:
    """Some customers and leads, and whoever talks with them, chosen by numbers so that Hypothesis can shrink."""

    def __init__(self, people: list[Any], root: Any, now: datetime) -> None:
        self.people, self.root, self.now = people, root, now
        for place, country in enumerate(("DE", "FR", "")):
            make_customer(people[place % len(people)], country=country)
            make_lead(people[place % len(people)], country=country)

    def act(self, verb: str, seed: int) -> None:
        chance = random.Random(seed)
        with suppress(DomainError), transaction.atomic():
            getattr(self, verb)(chance)

    def log(self, chance: random.Random) -> None:
        at = self.now - chance.choice([0, 1, 1, 7, 30, 700, 1500]) * HOUR
        data = CommunicationData("phone", chance.choice(["in", "in", "out", "both"]), at)
        data = replace(data, is_automatic=chance.random() < 0.15)
        lead = chance.choice([None, *Lead.objects.order_by("pk")])
        where: dict[str, Any] = {"lead": lead} if lead else {"customer": chance.choice(Customer.objects.order_by("pk"))}
        log_communication(**where, data=data, by=chance.choice([*self.people, self.root]), now=self.now)

    def one(self, chance: random.Random) -> Communication:
        return chance.choice([*Communication.objects.order_by("pk")] or [Communication()])

    def correct(self, chance: random.Random) -> None:
        said = self.one(chance)
        data = CommunicationData(
            "phone", chance.choice(["in", "out", "both"]), self.now - chance.choice([1, 9, 900]) * HOUR
        )
        if said.pk:
            correct_communication(said=said, data=data, by=said.author, now=self.now)

    def delete(self, chance: random.Random) -> None:
        if (said := self.one(chance)).pk:
            delete_communication(said=said, by=self.root, now=self.now)

    def restore(self, chance: random.Random) -> None:
        if (said := self.one(chance)).pk:
            restore_communication(said=said, by=self.root, now=self.now)

    def transfer(self, chance: random.Random) -> None:
        customer = chance.choice(Customer.objects.order_by("pk"))
        transfer_customer(customer=customer, to=chance.choice(self.people), by=self.root, now=self.now, reason="so")

    def country(self, chance: random.Random) -> None:
        model = chance.choice([Customer, Lead])
        one = chance.choice(model._default_manager.order_by("pk"))
        one.country = chance.choice(["DE", "IT", ""])
        one.save(update_fields=["country"])

    def convert(self, chance: random.Random) -> None:
        lead, customer = chance.choice(Lead.objects.order_by("pk")), chance.choice(Customer.objects.order_by("pk"))
        convert_lead(lead=lead, data=ConversionData(customer=customer), by=self.root, now=self.now)

    def undo(self, chance: random.Random) -> None:
        conversion = chance.choice([*Conversion.objects.filter(undone_at=None).order_by("pk")] or [None])
        if conversion:
            undo_conversion(conversion=conversion, by=self.root, now=self.now)

    def sweep(self, chance: random.Random) -> None:
        rollups.sweep()


@given(acts=ACTS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_cells_are_those_of_plain_sql_after_anything(alice, bob, root, now, acts):
    with transaction.atomic():
        desk = Desk([alice, bob], root, now)
        for verb, seed in acts:
            desk.act(verb, seed)
            for name in ("said", "answers"):  # parts that are not stale are right at any moment
                assert asked(rollups.difference(name)) == []
        rollups.sweep()
        cells_are_those_of_plain_sql()
        before = kept_said(), kept_answers()
        for name in ("said", "answers"):
            rollups.recompute(name)
        assert (kept_said(), kept_answers()) == before
        transaction.set_rollback(True)


def set_country(one: Any) -> None:
    one.country = "BR"
    one.save(update_fields=["country"])


# For each trigger something that only it tells of: (table, trigger, what is done to what was said).
ONLY_IT_TELLS = [
    ("communications_communication", "communications_inserted", lambda said, by, now: say(said.customer, by, now)),
    (
        "communications_communication",
        "communications_updated",
        lambda said, by, now: delete_communication(said=said, by=by, now=now),
    ),
    (
        "communications_communication",
        "communications_removed",
        lambda said, by, now: Communication.objects.filter(pk=said.pk)._raw_delete("default"),
    ),
    ("customers_customer", "communications_country", lambda said, by, now: set_country(said.customer)),
    ("opportunities_lead", "communications_country", lambda said, by, now: set_country(Lead.objects.get())),
]


@pytest.mark.parametrize(("table", "trigger", "act"), ONLY_IT_TELLS)
def test_without_any_one_of_the_triggers_the_promise_is_seen_to_be_broken(alice, now, table, trigger, act):
    data = CommunicationData("email", "in", now - HOUR)
    log_communication(lead=make_lead(alice), data=data, by=alice, now=now)
    said = say(make_customer(alice), alice, now - HOUR, "in", now=now)
    rollups.sweep()
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    act(said, alice, now)
    rollups.sweep()
    assert asked(rollups.difference("said"))
    assert asked(rollups.difference("answers"))


def test_months_are_wherever_the_firm_is():
    """The triggers know no zone: whatever the firm's is, its month is one of those that are marked."""
    assert django_settings.BUSINESS_ZONE_NAME == "Asia/Shanghai"
    missed = """
    SELECT zone.name, at FROM pg_timezone_names zone
    CROSS JOIN generate_series(timestamptz '2026-02-26', '2026-03-04', '30 minutes') AS at
    WHERE zone.utc_offset BETWEEN '-12 hours' AND '14 hours' AND NOT EXISTS (
        SELECT FROM communications_parts(1, at, 2, NULL) stale
        WHERE stale.part = ARRAY[1, to_char(at AT TIME ZONE zone.name, 'YYYYMM')::bigint]
    )
    """
    assert asked(missed) == []


def test_a_cell_that_is_not_right_is_named_and_made_again(alice, now):
    def broken() -> dict[str, int]:
        return {one.key: one.broken for one in verdicts() if one.broken and one.key.startswith("rollup.")}

    say(make_customer(alice), alice, now, "in", now=now)
    rollups.sweep()
    asked("UPDATE communications_saidcell SET n = n + 1 RETURNING id")
    asked("DELETE FROM communications_answer RETURNING id")
    assert broken() == {"rollup.said": 2, "rollup.answers": 1}  # as it is kept and as it is made; as it is made
    call_command("recompute", verbosity=0)
    assert broken() == {}
