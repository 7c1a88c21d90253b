"""Grade and protection by hand: who may, why, until when."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.exceptions import NotAllowed
from customers.services import add_collaborator, archive_customer, protect, set_grade, unprotect
from customers.services.errors import CustomerIsArchived, DateInThePast, ReasonMissing
from tests.factories import make_customer
from tests.refusals import refused, untouched

pytestmark = pytest.mark.django_db

TODAY, YESTERDAY = date(2026, 11, 26), date(2026, 11, 25)
# Half past midnight of the 27th in Shanghai.
LATE = datetime(2026, 11, 26, 16, 30, tzinfo=UTC)


@pytest.fixture
def customer(alice):
    return make_customer(alice, "Acme GmbH")


def test_graded(customer, alice, now):
    set_grade(customer=customer, grade="A", reason=" buys every month ", until=TODAY, by=alice, now=now)
    customer.refresh_from_db()
    assert (customer.grade, customer.grade_reason, customer.grade_until) == ("A", "buys every month", TODAY)
    event = customer.events.first()
    assert (event.kind, event.by, event.payload) == ("grade.set", alice, {"from": "", "to": "A"})

    set_grade(customer=customer, grade="", by=alice, now=now)
    customer.refresh_from_db()
    assert (customer.grade, customer.grade_reason, customer.grade_until) == ("", "", None)
    assert customer.events.first().payload == {"from": "A", "to": ""}


def test_a_grade_needs_a_reason_and_a_day_to_come(customer, alice, now):
    with refused(ReasonMissing, field="reason"):
        set_grade(customer=customer, grade="A", reason=" ", by=alice, now=now)
    with refused(DateInThePast, field="until"):
        set_grade(customer=customer, grade="A", reason="x", until=YESTERDAY, by=alice, now=now)
    with refused(DateInThePast, field="until"):
        set_grade(customer=customer, grade="A", reason="x", until=TODAY, by=alice, now=LATE)


def test_the_same_grade_twice_is_told_once(customer, alice, now):
    set_grade(customer=customer, grade="B", reason="x", by=alice, now=now)
    with untouched():
        set_grade(customer=customer, grade="B", reason="x", by=alice, now=now)


def test_who_may_grade(customer, alice, bob, charlie, dana, root, now):
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    for person in (charlie, bob):
        with refused(NotAllowed):
            set_grade(customer=customer, grade="A", reason="x", by=person, now=now)
    for person, grade in ((alice, "A"), (dana, "B"), (root, "C")):
        set_grade(customer=customer, grade=grade, reason="x", by=person, now=now)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    with refused(CustomerIsArchived):
        set_grade(customer=customer, grade="D", reason="x", by=root, now=now)


def test_protected_and_no_more(customer, dana, now):
    protect(customer=customer, until=TODAY, reason=" fair in May ", by=dana, now=now)
    customer.refresh_from_db()
    assert (customer.protected_until, customer.protected_reason) == (TODAY, "fair in May")
    event = customer.events.first()
    assert (event.kind, event.by, event.payload) == ("customer.protected", dana, {"until": "2026-11-26"})
    with untouched():
        protect(customer=customer, until=TODAY, reason="fair in May", by=dana, now=now)

    unprotect(customer=customer, by=dana, now=now)
    customer.refresh_from_db()
    assert (customer.protected_until, customer.protected_reason) == (None, "")
    assert customer.events.first().kind == "customer.unprotected"
    with untouched():
        unprotect(customer=customer, by=dana, now=now)


def test_a_protection_needs_a_reason_and_a_day_to_come(customer, dana, now):
    with refused(ReasonMissing, field="reason"):
        protect(customer=customer, until=TODAY, reason=" ", by=dana, now=now)
    with refused(DateInThePast, field="until"):
        protect(customer=customer, until=YESTERDAY, reason="x", by=dana, now=now)
    with refused(DateInThePast, field="until"):
        protect(customer=customer, until=TODAY, reason="x", by=dana, now=LATE)


def test_only_who_heads_it_protects(customer, alice, bob, charlie, dana, root, now):
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    for person in (charlie, bob, alice):
        with refused(NotAllowed):
            protect(customer=customer, until=TODAY, reason="x", by=person, now=now)
        with refused(NotAllowed):
            unprotect(customer=customer, by=person, now=now)
    for person in (dana, root):
        protect(customer=customer, until=TODAY, reason=person.name, by=person, now=now)
        unprotect(customer=customer, by=person, now=now)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    with refused(CustomerIsArchived):
        protect(customer=customer, until=TODAY, reason="x", by=root, now=now)
    with refused(CustomerIsArchived):
        unprotect(customer=customer, by=root, now=now)
