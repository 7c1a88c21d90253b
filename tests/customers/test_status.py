"""The status changes by hand: with a reason, as a row, with what the new status asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.exceptions import NotAllowed
from customers.models import KeyDate, Status
from customers.services import add_collaborator, archive_customer, change_status
from customers.services.errors import CustomerIsArchived, DateInThePast, ReasonMissing, RenewalMissing, SameStatus
from tests.factories import make_customer
from tests.refusals import refused
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(alice):
    return make_customer(alice, "Acme GmbH")


@pytest.fixture
def change(customer, alice, now):
    def change(key: str, *, by=alice, at=now, **said):
        return change_status(customer=customer, status=Status.objects.get(key=key), by=by, now=at, **said)

    return change


def test_what_is_written(customer, change, alice, now):
    row = change("proposal", reason=" they asked for prices ")

    customer.refresh_from_db()
    assert (customer.status.key, customer.status_at) == ("proposal", now)  # a jump forward is allowed
    row.refresh_from_db()
    assert (row.before.key, row.after.key, row.by, row.at) == ("potential", "proposal", alice, now)
    assert (row.reason, row.lost_reason, row.rule) == ("they asked for prices", "", "")
    event = customer.events.first()
    assert (event.kind, event.by, event.target_id) == ("status.changed", alice, row.pk)
    assert event.payload == {"from": row.before_id, "to": row.after_id}
    assert customer.last_followed_at is None


def test_every_change_needs_a_reason(change):
    for key in ("contacted", "won", "dormant"):
        with refused(ReasonMissing, field="reason"):
            change(key, reason="  ")
    with refused(ReasonMissing, field="reason"):  # the list of losses is no reason for anything else
        change("contacted", lost_reason="price")


def test_lost_asks_for_one_of_the_list_and_some_for_more(change, customer):
    with refused(ReasonMissing, field="lost_reason"):
        change("lost", reason="they went away")
    for vague in ("competitor", "other"):  # which one? which other?
        with refused(ReasonMissing, field="reason"):
            change("lost", lost_reason=vague)
    assert change("lost", lost_reason="price").lost_reason == "price"
    change("dormant", reason="back")
    row = change("lost", lost_reason="competitor", reason="Bosch")
    assert (row.lost_reason, row.reason) == ("competitor", "Bosch")


def test_another_status_keeps_no_reason_of_a_loss(change):
    assert change("contacted", reason="they called", lost_reason="price").lost_reason == ""


def test_retained_carries_the_day_of_renewal(change, customer):
    with refused(RenewalMissing, field="renewal_on"):
        change("retained", reason="second order")
    with refused(DateInThePast, field="renewal_on"):
        change("retained", reason="second order", renewal_on=date(2026, 11, 25))
    change("retained", reason="second order", renewal_on=date(2026, 11, 26))
    assert [(one.kind, one.on, one.source) for one in customer.key_dates.all()] == [
        ("renewal", date(2026, 11, 26), "by_hand")
    ]
    change("dormant", reason="silence")
    change("retained", reason="again", renewal_on=date(2027, 5, 1))
    assert KeyDate.objects.get().on == date(2027, 5, 1)


def test_the_day_is_that_of_the_business_zone(change):
    evening = datetime(2026, 11, 26, 16, 30, tzinfo=UTC)  # half past midnight of the 27th in Shanghai
    with refused(DateInThePast, field="renewal_on"):
        change("retained", at=evening, reason="x", renewal_on=date(2026, 11, 26))


def test_a_clock_that_jumps_back_leaves_the_changes_in_order(change, customer, now):
    change("contacted", reason="x")
    change("won", reason="x", at=now - timedelta(hours=1))
    customer.refresh_from_db()
    last = customer.status_changes.first()
    assert (customer.status.key, last.after.key, customer.status_at) == ("won", "won", last.at)


def test_twice_in_a_row(change):
    change("contacted", reason="they called")
    with refused(SameStatus, field="status"):
        change("contacted", reason="they called")


def test_who_may(customer, change, alice, bob, charlie, dana, root, now):
    for person in (charlie, bob):
        with refused(NotAllowed):
            change("contacted", reason="x", by=person)
    add_collaborator(customer=customer, user=bob, role="assistant", by=alice, now=now)
    for person, key in ((bob, "contacted"), (dana, "proposal"), (root, "won")):
        change(key, reason="x", by=person)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    with refused(CustomerIsArchived):
        change("lost", lost_reason="price", by=root)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_a_chain_without_gaps(customer, change, alice, dana, now):
    results = at_once(
        [
            lambda: change("won", reason="order 1"),
            lambda: change("won", reason="order 1", by=dana),
            lambda: change("dormant", reason="no answer", by=dana, at=now + timedelta(seconds=1)),
        ]
    )
    assert {type(error) for error in errors(results)} <= {SameStatus}
    rows = list(customer.status_changes.order_by("pk"))
    assert [row.before_id for row in rows[1:]] == [row.after_id for row in rows[:-1]]
    customer.refresh_from_db()
    assert customer.status_id == rows[-1].after_id
    assert customer.events.filter(kind="status.changed").count() == len(rows) - 1
