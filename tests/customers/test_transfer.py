"""A customer passes to somebody else: one period, one ledger row, both are told."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification, Team, User
from accounts.notices import lines_of
from accounts.registries import HOLDINGS
from core.exceptions import NotAllowed
from customers.inputs import CustomerData
from customers.models import Contact, Customer, OwnershipPeriod, Pool
from customers.services import add_collaborator, archive_customer, create_customer, transfer_customer
from customers.services.errors import CustomerIsArchived, CustomerIsBusy, PersonIsGone, SameCompany, SameOwner
from tests.factories import THEN, make_contact, make_customer, make_user
from tests.refusals import refused
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db


def test_what_is_written(alice, bob, dana, now):
    customer = make_customer(alice, "Acme GmbH")
    make_contact(customer, "Eva")

    transfer_customer(customer=customer, to=bob, reason="new region", by=dana, now=now)

    customer.refresh_from_db()
    assert (customer.owner, customer.pool) == (bob, None)
    assert customer.owned_since == customer.idle_since == now
    last, first = customer.periods.all()
    assert (first.owner, first.started_at, first.ended_at) == (alice, THEN, now)
    assert (last.owner, last.started_at, last.ended_at) == (bob, now, None)
    assert (last.reason, last.note, last.by) == ("transferred", "new region", dana)
    event = customer.events.first()
    assert (event.kind, event.by, event.target_id) == ("owner.transferred", dana, last.pk)
    assert event.payload == {"from": alice.pk, "to": bob.pk}
    assert customer.contacts.get().name == "Eva"
    assert {(notice.kind, notice.recipient) for notice in Notification.objects.all()} == {
        ("customer_given", bob),
        ("customer_taken", alice),
    }


def test_a_later_refusal_names_who_holds_it_now(alice, bob, charlie, dana, now):
    customer = make_customer(alice, "Acme GmbH")
    transfer_customer(customer=customer, to=bob, by=dana, now=now)
    with pytest.raises(SameCompany, match="Bob"):
        create_customer(data=CustomerData("Acme GmbH", country="DE"), by=charlie, now=now)


def test_a_contact_newer_than_the_transfer_keeps_the_idle_clock(alice, bob, dana, now):
    customer = make_customer(alice)
    Customer.objects.filter(pk=customer.pk).update(last_followed_at=now + timedelta(minutes=1))
    transferred = transfer_customer(customer=customer, to=bob, by=dana, now=now)
    assert transferred.idle_since == now + timedelta(minutes=1)


def test_who_may_and_to_whom(alice, bob, charlie, dana, root, now):
    customer = make_customer(alice)
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    for person in (charlie, bob, alice):
        with refused(NotAllowed):
            transfer_customer(customer=customer, to=bob, by=person, now=now)
    with refused(NotAllowed):  # out of the own teams
        transfer_customer(customer=customer, to=charlie, by=dana, now=now)
    with refused(SameOwner, field="to"):
        transfer_customer(customer=customer, to=alice, by=dana, now=now)
    transfer_customer(customer=customer, to=charlie, by=root, now=now)
    with refused(NotAllowed):  # it is out of her team now
        transfer_customer(customer=customer, to=alice, by=dana, now=now)
    bob.is_active = False
    bob.save()
    with refused(PersonIsGone, field="to"):
        transfer_customer(customer=customer, to=bob, by=root, now=now)


def test_a_manager_of_the_team_above_may(alice, team, now):
    above = Team.objects.create(name_en="World")
    team.parent = above
    team.save()
    boss = make_user("boss", team=above, role=User.Role.MANAGER)
    assert transfer_customer(customer=make_customer(alice), to=boss, by=boss, now=now).owner == boss


def test_twice_in_a_row(alice, bob, dana, now):
    customer = make_customer(alice)
    transfer_customer(customer=customer, to=bob, by=dana, now=now)
    with refused(SameOwner, field="to"):
        transfer_customer(customer=customer, to=bob, by=dana, now=now)


def test_an_archived_one_passes_to_nobody(alice, bob, dana, now):
    customer = make_customer(alice)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    with refused(CustomerIsArchived):
        transfer_customer(customer=customer, to=bob, by=dana, now=now)


def test_collaborators_stay_or_go_and_the_new_owner_is_none(alice, bob, charlie, dana, now):
    for keep, left in ((True, [charlie]), (False, [])):
        customer = make_customer(alice)
        for person in (bob, charlie):
            add_collaborator(customer=customer, user=person, role="collaborator", by=alice, now=now)
        transfer_customer(customer=customer, to=bob, by=dana, now=now, keep_collaborators=keep)
        assert [one.user for one in customer.collaborators.all()] == left


def test_who_gives_to_themselves_is_not_told(alice, dana, now):
    transfer_customer(customer=make_customer(alice), to=dana, by=dana, now=now)
    assert [(notice.kind, notice.recipient) for notice in Notification.objects.all()] == [("customer_taken", alice)]


def test_what_the_notices_say_to_whom(alice, bob, charlie, dana, root, now):
    customer = make_customer(alice, "Acme GmbH")
    transfer_customer(customer=customer, to=bob, by=dana, now=now)
    given, taken = (Notification.objects.get(kind=kind) for kind in ("customer_given", "customer_taken"))
    path = customer.get_absolute_url()

    line = lines_of([given], bob)[0].line
    assert (str(line.title), line.url) == ("Dana gave you Acme GmbH", path)
    line = lines_of([taken], alice)[0].line
    assert (str(line.title), line.url) == ("Dana passed Acme GmbH on to somebody else", "")  # she sees it no more
    add_collaborator(customer=customer, user=alice, role="collaborator", by=bob, now=now)
    assert lines_of([taken], alice)[0].line.url == path

    transfer_customer(customer=customer, to=charlie, by=root, now=now)
    assert lines_of([given], bob)[0].line is None


def test_what_a_leaver_holds(alice, bob, dana, now):
    customer = make_customer(alice)
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    held = {
        person.username: {name: HOLDINGS[name].rows(person).count() for name in ("customers", "collaborations")}
        for person in (alice, bob)
    }
    assert held == {"alice": {"customers": 1, "collaborations": 0}, "bob": {"customers": 0, "collaborations": 1}}


def test_a_clock_that_stands_or_jumps_back_makes_no_empty_or_overlapping_period(alice, bob, dana, now):
    customer = make_customer(alice, at=now)
    for moment, to in ((now, bob), (now - timedelta(days=1), alice), (now - timedelta(days=2), bob), (now, alice)):
        transfer_customer(customer=customer, to=to, by=dana, now=moment)
    periods = list(customer.periods.order_by("started_at"))
    assert len(periods) == 5
    for one, following in pairwise(periods):
        assert one.started_at < one.ended_at == following.started_at
    assert periods[-1].ended_at is None
    customer.refresh_from_db()
    assert (customer.owner, customer.owned_since) == (alice, periods[-1].started_at)


@pytest.mark.parametrize("people", [1, 30])
def test_the_number_of_statements_does_not_grow_with_contacts(alice, bob, dana, now, people):
    customer = make_customer(alice)
    Contact.objects.bulk_create(Contact(customer=customer, name=f"P {n}", created_at=now) for n in range(people))
    bob.mailed_notices = {"customer_given": False}
    with CaptureQueriesContext(connection) as queries:
        transfer_customer(customer=customer, to=bob, by=dana, now=now)
    assert len(queries) == 20


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once(alice, bob, dana, root, team, now):
    customer = make_customer(alice)
    results = at_once(
        [lambda by=by, to=to: transfer_customer(customer=customer, to=to, by=by, now=now)
         for by, to in ((dana, bob), (root, dana)) * 2]
    )  # fmt: skip
    assert {type(error) for error in errors(results)} <= {SameOwner}
    moves = 4 - len(errors(results))
    assert customer.periods.count() == 1 + moves
    assert customer.events.filter(kind="owner.transferred").count() == moves
    assert customer.periods.get(ended_at=None).owner_id == Customer.objects.get().owner_id


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_is_told_so(alice, bob, dana, now):
    customer = make_customer(alice, "Acme GmbH")
    data = CustomerData("Beta GmbH", country="DE", external_id="E1")
    acts = [
        lambda: transfer_customer(customer=customer, to=bob, by=dana, now=now),
        lambda: create_customer(data=data, by=bob, now=now),
    ]
    with transaction.atomic():
        transfer_customer(customer=customer, to=dana, by=dana, now=now)
        create_customer(data=data, by=alice, now=now)
        results = at_once(acts, lock_timeout="100ms")
    assert [type(error) for error in errors(results)] == [CustomerIsBusy] * 2
    assert Customer.objects.count() == 2


# --- the database is the arbiter --------------------------------------------------------------------


def break_it(sql: str, *params: object) -> str:
    """Run raw SQL that breaks a promise; returns the name of the constraint that refused it."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    return caught.value.__cause__.diag.constraint_name


INSERT = "INSERT INTO customers_ownershipperiod (customer_id, owner_id, pool_id, started_at, ended_at, reason, note)"


def test_periods_cannot_overlap_be_empty_or_have_no_or_two_holders(alice, now):
    customer = make_customer(alice, at=now)
    pool = Pool.objects.get(is_default=True)
    hour = timedelta(hours=1)
    values = INSERT + " VALUES (%s, %s, %s, %s, %s, 'created', '')"
    assert break_it(values, customer.pk, alice.pk, None, now + hour, None) == "periods_do_not_overlap"
    assert break_it(values, customer.pk, alice.pk, None, now - hour, now + hour) == "periods_do_not_overlap"
    assert break_it(values, customer.pk, alice.pk, None, now - hour, now - hour) == "period_is_not_empty"
    assert break_it(values, customer.pk, alice.pk, pool.pk, now - hour, now) == "period_has_one_holder"
    assert break_it(values, customer.pk, None, None, now - hour, now) == "period_has_one_holder"
    OwnershipPeriod.objects.create(
        customer=customer, owner=alice, started_at=now - hour, ended_at=now, reason="created"
    )  # touching is no overlap


def test_a_living_customer_has_one_holder_and_an_archived_one_none(alice, now):
    customer = make_customer(alice)
    pool = Pool.objects.get(is_default=True)
    update = "UPDATE customers_customer SET owner_id = %s, pool_id = %s, archived_at = %s WHERE id = %s"
    for owner, place, archived in (
        (None, None, None),
        (alice.pk, pool.pk, None),
        (alice.pk, None, now),
        (None, pool.pk, now),
    ):
        assert break_it(update, owner, place, archived, customer.pk) == "customer_held_by_exactly_one"


def test_a_customer_with_periods_cannot_be_deleted(alice):
    customer = make_customer(alice)
    delete = "SET CONSTRAINTS ALL IMMEDIATE; DELETE FROM customers_customer WHERE id = " + str(customer.pk)
    assert "_customer_id_" in break_it(delete)
