"""A customer is archived and brought back: nobody holds it meanwhile, and its keys are free."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Notification
from core.exceptions import NotAllowed
from customers.models import Customer
from customers.services import add_header, archive_customer, restore_customer
from customers.services.errors import (
    CustomerIsArchived,
    CustomerIsNotArchived,
    PersonIsGone,
    ReasonMissing,
    SameCompany,
)
from tests.factories import THEN, make_customer
from tests.refusals import refused
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db


def test_archived_it_is_nobodys_and_out_of_every_list(alice, dana, root, now):
    customer = make_customer(alice, "Acme GmbH", external_id="E1")

    archive_customer(customer=customer, reason="  closed down ", by=dana, now=now)

    customer.refresh_from_db()
    assert (customer.owner, customer.pool, customer.owned_since, customer.idle_since) == (None, None, None, None)
    assert (customer.archived_at, customer.archive_reason) == (now, "closed down")
    period = customer.periods.get()
    assert (period.started_at, period.ended_at) == (THEN, now)
    event = customer.events.first()
    assert (event.kind, event.by, event.payload) == ("customer.archived", dana, {"owner": alice.pk})
    assert not customer.identity_keys.filter(is_blocking=True).exists()
    assert customer.identity_keys.exists()  # known still: who enters it anew is told
    for person in (alice, dana, root):
        assert not Customer.objects.visible_to(person).exists()


def test_who_may_archive(alice, bob, charlie, dana, root, now):
    customer = make_customer(alice)
    for person in (charlie, bob, alice):
        with refused(NotAllowed):
            archive_customer(customer=customer, reason="x", by=person, now=now)
    with refused(ReasonMissing, field="reason"):
        archive_customer(customer=customer, reason=" ", by=dana, now=now)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    with refused(CustomerIsArchived):
        archive_customer(customer=customer, reason="x", by=root, now=now)


def test_restored_it_is_held_again(alice, bob, dana, now):
    customer = make_customer(alice, "Acme GmbH")
    archive_customer(customer=customer, reason="closed down", by=dana, now=now)
    later = now + timedelta(days=3)

    restore_customer(customer=customer, owner=bob, by=dana, now=later)

    customer.refresh_from_db()
    assert (customer.owner, customer.archived_at, customer.archive_reason) == (bob, None, "")
    assert customer.owned_since == customer.idle_since == later
    last, first = customer.periods.all()
    assert (first.owner, first.ended_at) == (alice, now)
    assert (last.owner, last.started_at, last.ended_at, last.reason, last.by) == (bob, later, None, "restored", dana)
    event = customer.events.first()
    assert (event.kind, event.target_id, event.payload) == ("customer.restored", last.pk, {"owner": bob.pk})
    assert set(customer.identity_keys.values_list("owner", flat=True)) == {bob.pk}
    notice = Notification.objects.get()
    assert (notice.kind, notice.recipient) == ("customer_given", bob)
    with refused(CustomerIsNotArchived):
        restore_customer(customer=customer, owner=bob, by=dana, now=later)


def test_who_may_restore_and_to_whom(alice, bob, charlie, dana, root, now):
    customer = make_customer(alice)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    for person in (alice, charlie):
        with refused(NotAllowed):
            restore_customer(customer=customer, owner=person, by=person, now=now)
    with refused(NotAllowed):
        restore_customer(customer=customer, owner=charlie, by=dana, now=now)
    bob.is_active = False
    bob.save()
    with refused(PersonIsGone, field="owner"):
        restore_customer(customer=customer, owner=bob, by=dana, now=now)
    restore_customer(customer=customer, owner=charlie, by=root, now=now)


def test_a_manager_restores_only_what_the_own_people_held(charlie, dana, root, now):
    foreign = make_customer(charlie)
    archive_customer(customer=foreign, reason="x", by=root, now=now)
    with refused(NotAllowed):
        restore_customer(customer=foreign, owner=dana, by=dana, now=now)


def test_archiving_frees_the_keys_and_restoring_checks_them_again(alice, charlie, dana, root, now):
    customer = make_customer(alice, "Acme GmbH")
    add_header(customer=customer, name="Acme Export KG", kind="trading", country="DE", code="", by=alice, now=now)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    rival = make_customer(charlie, "Acme Export KG")

    with refused(SameCompany, field="name") as caught:
        restore_customer(customer=customer, owner=alice, by=dana, now=now)
    assert "Charlie" in str(caught.value)

    archive_customer(customer=rival, reason="x", by=root, now=now)
    restore_customer(customer=customer, owner=alice, by=dana, now=now)
    assert customer.identity_keys.filter(is_blocking=True).count() == 2


def test_a_clock_that_jumps_back_leaves_periods_in_order(alice, dana, now):
    customer = make_customer(alice, at=now)
    archive_customer(customer=customer, reason="x", by=dana, now=now - timedelta(hours=1))
    restore_customer(customer=customer, owner=alice, by=dana, now=now - timedelta(hours=2))
    last, first = customer.periods.all()
    assert first.started_at < first.ended_at <= last.started_at
    assert last.ended_at is None


@pytest.mark.django_db(transaction=True)
def test_restoring_two_that_share_keys_at_once_lets_one_win(alice, dana, now):
    """Their headers stand in opposite order: locks taken one by one would wait for each other."""
    names = ["Acme GmbH", "Beta GmbH"]
    customers = []
    for main, second in (names, reversed(names)):
        customer = make_customer(alice, main)
        add_header(customer=customer, name=second, kind="trading", country="DE", code="", by=alice, now=now)
        archive_customer(customer=customer, reason="x", by=dana, now=now)
        customers.append(customer)

    results = at_once(
        [lambda one=one: restore_customer(customer=one, owner=alice, by=dana, now=now) for one in customers]
    )
    assert [type(error) for error in errors(results)] == [SameCompany]
    assert Customer.objects.living().count() == 1
