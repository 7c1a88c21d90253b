"""Colleagues see a customer and work on it without holding it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Notification
from core.exceptions import NotAllowed
from customers.models import Collaborator, Customer
from customers.services import add_collaborator, archive_customer, remove_collaborator
from customers.services.errors import AlreadyCollaborator, CustomerIsArchived, PersonIsGone, SameOwner
from tests.factories import make_customer
from tests.refusals import refused, untouched
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(alice):
    return make_customer(alice, "Acme GmbH")


def test_added(customer, alice, charlie, now):
    row = add_collaborator(customer=customer, user=charlie, role="assistant", by=alice, now=now)

    assert (row.user, row.role, row.added_by, row.added_at) == (charlie, "assistant", alice, now)
    assert Customer.objects.visible_to(charlie).get() == customer
    event = customer.events.first()
    assert (event.kind, event.by) == ("collaborator.added", alice)
    assert event.payload == {"user": charlie.pk, "role": "assistant"}
    notice = Notification.objects.get()
    assert (notice.kind, notice.recipient, notice.actor, notice.target_id) == (
        "customer_shared",
        charlie,
        alice,
        customer.pk,
    )


def test_removed(customer, alice, charlie, now):
    add_collaborator(customer=customer, user=charlie, role="collaborator", by=alice, now=now)
    remove_collaborator(customer=customer, user=charlie, by=alice, now=now)

    assert not customer.collaborators.exists()
    assert not Customer.objects.visible_to(charlie).exists()
    event = customer.events.first()
    assert (event.kind, event.payload) == ("collaborator.removed", {"user": charlie.pk})
    with untouched():
        remove_collaborator(customer=customer, user=charlie, by=alice, now=now)


def test_added_again_is_told_again(customer, alice, charlie, now):
    for _time in range(2):
        add_collaborator(customer=customer, user=charlie, role="collaborator", by=alice, now=now)
        remove_collaborator(customer=customer, user=charlie, by=alice, now=now)
    assert Notification.objects.count() == 2


def test_refusals_say_whom_they_are_about(customer, alice, bob, now):
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    with refused(AlreadyCollaborator, field="user"):
        add_collaborator(customer=customer, user=bob, role="assistant", by=alice, now=now)
    with refused(SameOwner, field="user"):
        add_collaborator(customer=customer, user=alice, role="collaborator", by=alice, now=now)
    bob.is_active = False
    with refused(PersonIsGone, field="user"):
        add_collaborator(customer=customer, user=bob, role="assistant", by=alice, now=now)


def test_who_may(customer, alice, bob, charlie, dana, root, now):
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    for person in (charlie, bob):
        with refused(NotAllowed):
            add_collaborator(customer=customer, user=charlie, role="collaborator", by=person, now=now)
        with refused(NotAllowed):
            remove_collaborator(customer=customer, user=dana, by=person, now=now)
    with refused(NotAllowed):  # who is none has nothing to leave
        remove_collaborator(customer=customer, user=charlie, by=charlie, now=now)
    remove_collaborator(customer=customer, user=bob, by=bob, now=now)
    for person in (dana, root):
        add_collaborator(customer=customer, user=charlie, role="collaborator", by=person, now=now)
        remove_collaborator(customer=customer, user=charlie, by=person, now=now)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    with refused(CustomerIsArchived):
        add_collaborator(customer=customer, user=charlie, role="collaborator", by=root, now=now)
    with refused(CustomerIsArchived):
        remove_collaborator(customer=customer, user=charlie, by=root, now=now)


def test_a_deactivated_person_does_not_even_leave(customer, alice, bob, now):
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    bob.is_active = False
    with refused(NotAllowed):
        remove_collaborator(customer=customer, user=bob, by=bob, now=now)


def test_somebody_collaborates_once_whatever_writes(customer, alice, bob, now):
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_collaborator (customer_id, user_id, role, added_by_id, added_at)"
            " SELECT customer_id, user_id, role, added_by_id, added_at FROM customers_collaborator"
        )


@pytest.mark.django_db(transaction=True)
def test_added_by_two_at_once(customer, alice, dana, charlie, now):
    results = at_once(
        [
            lambda by=by: add_collaborator(customer=customer, user=charlie, role="collaborator", by=by, now=now)
            for by in (alice, dana)
        ]
    )
    assert [type(error) for error in errors(results)] == [AlreadyCollaborator]
    assert Collaborator.objects.count() == Notification.objects.count() == 1
    assert customer.events.filter(kind="collaborator.added").count() == 1
