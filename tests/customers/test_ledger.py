"""The ledger keeps what was written; whoever waits for an event gets it, at least once, in any order."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from customers import ledger
from customers.models import Event, EventDelivery, IdentityKey, Status, Tag
from customers.registries import CONSUMERS, Consumer
from customers.services import add_tags, change_status
from customers.tasks import deliver_events
from tests.factories import make_customer
from tests.refusals import untouched
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_else_listens(monkeypatch):
    """What the floors above wait for is their matter."""
    for name in list(CONSUMERS):
        monkeypatch.delitem(CONSUMERS, name)


@pytest.fixture
def heard(monkeypatch):
    """Kinds that the consumer ``ear`` was handed, in order; it listens to tags."""
    kinds: list[tuple[str, int]] = []

    def handle(event: Event, now) -> None:
        kinds.append((event.kind, event.pk))

    monkeypatch.setitem(CONSUMERS, "ear", Consumer(frozenset({"tags.changed", "customer.created"}), handle))
    return kinds


@pytest.fixture
def customer(alice):
    return make_customer(alice, "Acme GmbH")


def tell(customer, by, now, *names) -> Event:
    add_tags(customer=customer, names=names or ["VIP"], by=by, now=now)
    return customer.events.first()


# --- for good ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE customers_event SET at = now()",
        "UPDATE customers_event SET payload = '{}' WHERE kind = 'customer.created'",
        "DELETE FROM customers_event",
    ],
)
def test_raw_sql_changes_and_deletes_nothing(customer, sql):
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        connection.cursor().execute(sql)


def test_django_changes_and_deletes_nothing_either(customer):
    event = Event.objects.get()
    event.kind = "nothing"
    for change in (event.save, event.delete, Event.objects.all().delete, lambda: Event.objects.update(kind="x")):
        with untouched(), pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_rolled_back_act_leaves_no_event_and_no_delivery(customer, alice, now, heard):
    with untouched(), suppress(ZeroDivisionError), transaction.atomic():
        tell(customer, alice, now)
        raise ZeroDivisionError


def test_the_payload_has_ids_codes_and_numbers_only(customer, alice, now):
    tell(customer, alice, now, "Secret word")
    for payload in Event.objects.values_list("payload", flat=True):
        assert "Secret" not in str(payload)


# --- delivered --------------------------------------------------------------------------------------


def test_an_event_is_handed_to_whoever_wants_its_kind(customer, alice, now, heard):
    event = tell(customer, alice, now)
    assert EventDelivery.objects.get().event == event
    assert ledger.deliver_due(now) == 1
    assert heard == [("tags.changed", event.pk)]
    assert not EventDelivery.objects.exists()
    assert ledger.deliver_due(now) == 0
    assert len(heard) == 1


def test_nobody_waits_for_other_kinds_or_for_silent_imports(customer, alice, now, heard):
    ledger.append(kind="status.changed", customer=customer, by=alice, at=now)
    ledger.append(kind="tags.changed", customer=customer, by=alice, at=now, deliver=False)
    assert not EventDelivery.objects.exists()


def test_two_consumers_get_one_event_each_on_their_own(customer, alice, now, heard, monkeypatch):
    def fail(event, now):
        raise RuntimeError("deaf")

    monkeypatch.setitem(CONSUMERS, "deaf", Consumer(frozenset({"tags.changed"}), fail))
    tell(customer, alice, now)
    assert ledger.deliver_due(now) == 1
    assert len(heard) == 1
    assert EventDelivery.objects.get().consumer == "deaf"


def test_the_order_of_deliveries_does_not_matter(customer, alice, now, monkeypatch):
    """Handlers read the present state: two events handed over the wrong way round leave what is true."""
    seen: dict[int, set[str]] = {}

    def mirror(event: Event, now) -> None:
        seen[event.customer_id] = {tag.name for tag in event.customer.tags.all()}

    monkeypatch.setitem(CONSUMERS, "mirror", Consumer(frozenset({"tags.changed"}), mirror))
    tell(customer, alice, now, "one")
    tell(customer, alice, now, "two")
    first, _second = EventDelivery.objects.order_by("pk")
    EventDelivery.objects.filter(pk=first.pk).update(parked_at=now)
    ledger.deliver_due(now)
    ledger.retry_parked([first])
    ledger.deliver_due(now)
    assert seen == {customer.pk: {"one", "two"}}


def test_one_that_fails_five_times_is_parked_with_its_reason(customer, alice, now, heard, monkeypatch):
    def fail(event, now):
        Tag.objects.create(name="half done")
        raise RuntimeError("no such\0thing")

    monkeypatch.setitem(CONSUMERS, "poison", Consumer(frozenset({"tags.changed"}), fail))
    tell(customer, alice, now)
    tell(customer, alice, now, "other")
    for attempt in range(1, 5):
        ledger.deliver_due(now)
        waiting = EventDelivery.objects.filter(consumer="poison")
        assert {(one.attempts, one.parked_at) for one in waiting} == {(attempt, None)}
    assert len(heard) == 2  # one poisoned consumer stops no other
    ledger.deliver_due(now)

    parked = list(EventDelivery.objects.all())
    assert {(one.attempts, one.parked_at) for one in parked} == {(5, now)}
    assert parked[0].error == "RuntimeError: no suchthing"
    assert not Tag.objects.filter(name="half done").exists()
    ledger.deliver_due(now)
    assert {one.attempts for one in EventDelivery.objects.all()} == {5}

    monkeypatch.setitem(CONSUMERS, "poison", Consumer(frozenset({"tags.changed"}), lambda event, now: None))
    assert ledger.retry_parked(parked) == 2
    assert ledger.retry_parked(parked) == 0
    assert ledger.deliver_due(now) == 2
    assert not EventDelivery.objects.exists()


def test_a_handler_whose_rows_break_a_promise_fails_alone(customer, alice, now, heard, monkeypatch):
    """Foreign keys are checked at commit: that must not stop the whole sweep for ever."""

    def dangle(event, now):
        IdentityKey.objects.create(kind="x", value="x", target_label="x", target_id=1, customer_id=0, name_shown="x")

    monkeypatch.setitem(CONSUMERS, "dangling", Consumer(frozenset({"tags.changed"}), dangle))
    tell(customer, alice, now)
    assert ledger.deliver_due(now) == 1
    waiting = EventDelivery.objects.get()
    assert (waiting.consumer, waiting.attempts) == ("dangling", 1)
    assert waiting.error.startswith(IntegrityError.__name__)


def test_a_consumer_that_is_no_more_keeps_nothing_waiting(customer, alice, now, heard, monkeypatch):
    tell(customer, alice, now)
    monkeypatch.delitem(CONSUMERS, "ear")
    ledger.deliver_due(now)
    assert not EventDelivery.objects.exists()


def test_a_sweep_ends_at_its_limit_and_the_next_goes_on(customer, alice, now, heard):
    for number in range(3):
        tell(customer, alice, now, str(number))
    assert ledger.deliver_due(now, limit=2) == 2
    assert EventDelivery.objects.count() == 1


def test_the_task_sweeps(customer, alice, now, heard):
    tell(customer, alice, now)
    deliver_events()
    assert len(heard) == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_hand_each_event_over_once(customer, alice, now, monkeypatch):
    handed, lock = [], threading.Lock()

    def handle(event, now):
        with lock:
            handed.append(event.pk)

    monkeypatch.setitem(CONSUMERS, "ear", Consumer(frozenset({"tags.changed"}), handle))
    events = [tell(customer, alice, now, str(number)).pk for number in range(30)]
    results = at_once([lambda: ledger.deliver_due(now)] * 4)
    assert sum(results) == 30
    assert sorted(handed) == events
    assert not EventDelivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_is_killed_in_the_middle_loses_nothing(customer, alice, now, monkeypatch):
    class Killed(BaseException):
        pass

    attempts = []

    def handle(event, now):
        attempts.append(event.pk)
        if len(attempts) == 1:
            raise Killed

    monkeypatch.setitem(CONSUMERS, "ear", Consumer(frozenset({"status.changed"}), handle))
    change_status(customer=customer, status=Status.objects.get(key="won"), reason="order", by=alice, now=now)
    with pytest.raises(Killed):
        ledger.deliver_due(now)
    assert EventDelivery.objects.count() == 1
    assert ledger.deliver_due(now) == 1
    assert attempts == attempts[:1] * 2  # at least once: handlers are idempotent
