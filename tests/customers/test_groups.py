"""Companies that belong together: joined, moved, left; an empty group goes."""

from __future__ import annotations

import pytest

from core.exceptions import NotAllowed
from customers.models import Customer, CustomerGroup
from customers.services import add_collaborator, archive_customer, leave_group, put_in_group
from customers.services.errors import CustomerIsArchived
from customers.services.groups import GroupMissing
from tests.factories import make_customer
from tests.refusals import refused, untouched
from tests.together import at_once, errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(alice):
    return make_customer(alice, "Acme GmbH")


def test_a_new_group(customer, alice, now):
    group = put_in_group(customer=customer, name=" Acme World ", role="head", by=alice, now=now)

    assert (group.name, group.created_by, group.created_at) == ("Acme World", alice, now)
    customer.refresh_from_db()
    assert (customer.group, customer.group_role) == (group, "head")
    event = customer.events.first()
    assert (event.kind, event.by, event.target_id, event.payload) == ("group.joined", alice, group.pk, {"role": "head"})


def test_a_group_that_stands(customer, alice, now):
    group = put_in_group(customer=customer, name="Acme", role="head", by=alice, now=now)
    branch = make_customer(alice)
    assert put_in_group(customer=branch, group=group, role="branch", by=alice, now=now) == group
    assert set(group.members.all()) == {customer, branch}
    with untouched():
        put_in_group(customer=branch, group=group, role="branch", by=alice, now=now)
    put_in_group(customer=branch, group=group, role="sister", by=alice, now=now)
    assert branch.events.first().payload == {"role": "sister"}


def test_neither_group_nor_name(customer, alice, now):
    with refused(GroupMissing, field="group"):
        put_in_group(customer=customer, name=" ", role="head", by=alice, now=now)


def test_left_and_gone_with_its_last_member(customer, alice, now):
    group = put_in_group(customer=customer, name="Acme", role="head", by=alice, now=now)
    branch = make_customer(alice)
    put_in_group(customer=branch, group=group, role="branch", by=alice, now=now)

    leave_group(customer=customer, by=alice, now=now)
    customer.refresh_from_db()
    assert (customer.group, customer.group_role) == (None, "")
    event = customer.events.first()
    assert (event.kind, event.payload) == ("group.left", {"group": group.pk})
    with untouched():
        leave_group(customer=customer, by=alice, now=now)

    leave_group(customer=branch, by=alice, now=now)
    assert not CustomerGroup.objects.exists()


def test_moving_the_last_member_takes_the_old_group_away(customer, alice, now):
    put_in_group(customer=customer, name="Old", role="head", by=alice, now=now)
    put_in_group(customer=customer, name="New", role="head", by=alice, now=now)
    assert [group.name for group in CustomerGroup.objects.all()] == ["New"]


def test_who_may(customer, alice, bob, charlie, dana, root, now):
    put_in_group(customer=customer, name="Acme", role="head", by=alice, now=now)
    for person in (charlie, bob):
        with refused(NotAllowed):
            put_in_group(customer=customer, name="Mine", role="head", by=person, now=now)
        with refused(NotAllowed):
            leave_group(customer=customer, by=person, now=now)
    add_collaborator(customer=customer, user=bob, role="collaborator", by=alice, now=now)
    for person in (bob, dana, root):
        put_in_group(customer=customer, name=person.name, role="head", by=person, now=now)
        leave_group(customer=customer, by=person, now=now)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    with refused(CustomerIsArchived):
        put_in_group(customer=customer, name="Acme", role="head", by=root, now=now)
    with refused(CustomerIsArchived):
        leave_group(customer=customer, by=root, now=now)


def test_a_group_of_which_one_sees_no_member_is_not_joined(customer, alice, charlie, now):
    foreign = put_in_group(customer=make_customer(charlie), name="Foreign", role="head", by=charlie, now=now)
    with refused(NotAllowed):
        put_in_group(customer=customer, group=foreign, role="branch", by=alice, now=now)


@pytest.mark.django_db(transaction=True)
def test_one_joins_while_the_last_one_leaves(alice, dana, now):
    for _time in range(4):
        customer, other = make_customer(alice), make_customer(alice)
        group = put_in_group(customer=customer, name="Acme", role="head", by=alice, now=now)
        results = at_once(
            [
                lambda one=customer: leave_group(customer=one, by=alice, now=now),
                lambda one=other, group=group: put_in_group(customer=one, group=group, role="head", by=dana, now=now),
            ]
        )
        assert {type(error) for error in errors(results)} <= {GroupMissing, NotAllowed}
        assert CustomerGroup.objects.count() == Customer.objects.filter(group__isnull=False).count()
        CustomerGroup.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_two_swap_groups_at_once(alice, now):
    one, two = make_customer(alice), make_customer(alice)
    first = put_in_group(customer=one, name="First", role="head", by=alice, now=now)
    second = put_in_group(customer=two, name="Second", role="head", by=alice, now=now)
    results = at_once(
        [
            lambda: put_in_group(customer=one, group=second, role="head", by=alice, now=now),
            lambda: put_in_group(customer=two, group=first, role="head", by=alice, now=now),
        ]
    )
    assert {type(error) for error in errors(results)} <= {GroupMissing, NotAllowed}
    for group in CustomerGroup.objects.all():
        assert group.members.exists()
