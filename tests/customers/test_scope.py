"""Which rows does a person see? The cases by name; random worlds are asked in tests/test_oracle.py."""

from __future__ import annotations

import pytest

from accounts.models import Team, User
from core.search import matching
from customers.inputs import ContactData, PointData
from customers.models import (
    Collaborator,
    Contact,
    ContactPoint,
    Customer,
    CustomerGroup,
    CustomerName,
    Event,
    KeyDate,
    Note,
    OwnershipPeriod,
    Pool,
    StatusChange,
)
from customers.services import (
    add_collaborator,
    add_note,
    archive_customer,
    delete_note,
    put_in_group,
    transfer_customer,
)
from customers.services.ownership import open_period
from tests.factories import make_customer, make_user

pytestmark = pytest.mark.django_db

CHILDREN = (Contact, ContactPoint, CustomerName, Note, Event, OwnershipPeriod, StatusChange, KeyDate, Collaborator)


@pytest.fixture
def customer(alice, bob, now) -> Customer:
    """Alice's, with one of everything that hangs on a customer."""
    customer = make_customer(
        alice, "Acme GmbH", contacts=[ContactData("Eva", points=[PointData("email", "eva@acme.example")])]
    )
    add_note(customer=customer, body="x", by=alice, now=now)
    KeyDate.objects.create(customer=customer, kind="renewal", on=now.date(), source="by_hand")
    return customer


def sees(user: User) -> bool:
    """Does the user see the one customer there is, everywhere or nowhere?"""
    answers = {model: model.objects.visible_to(user).exists() for model in CHILDREN if model is not Collaborator}
    answers |= {Customer: Customer.objects.visible_to(user).exists()}
    answers |= {"search": matching(Customer.objects.visible_to(user), "acme").exists()}
    assert len(set(answers.values())) == 1, answers
    return answers[Customer]


def in_pool(customer: Customer, now) -> None:
    customer.refresh_from_db()
    pool = Pool.objects.get(is_default=True)
    open_period(customer, pool=pool, reason=OwnershipPeriod.Reason.RELEASED, by=None, now=now)


def test_own_team_and_all(customer, alice, bob, charlie, dana, root):
    assert {person.username for person in (alice, bob, charlie, dana, root) if sees(person)} == {
        "alice",
        "dana",
        "root",
    }


def test_a_manager_sees_the_own_team_and_those_below_not_above_or_beside(customer, team, other_team, dana):
    above = Team.objects.create(name_en="World")
    below = Team.objects.create(name_en="North", parent=team)
    team.parent = above
    team.save()
    seen = {
        name: sees(make_user(f"m-{name}", team=one, role=User.Role.MANAGER))
        for name, one in {"above": above, "same": team, "below": below, "beside": other_team, "none": None}.items()
    }
    assert seen == {"above": True, "same": True, "below": False, "beside": False, "none": False}


def test_customers_of_people_without_a_team_are_their_own_and_the_admins(root, dana, now):
    lonely = make_user("lonely")
    make_customer(lonely)
    manager = make_user("boss", role=User.Role.MANAGER)
    assert [Customer.objects.visible_to(user).count() for user in (lonely, manager, dana, root)] == [1, 0, 0, 1]


def test_a_collaborator_sees_it_once(customer, alice, bob, charlie, now):
    for person in (bob, charlie):
        add_collaborator(customer=customer, user=person, role="assistant", by=alice, now=now)
    for person in (bob, charlie, alice):
        assert sees(person)
        assert Customer.objects.visible_to(person).count() == 1
        assert Collaborator.objects.visible_to(person).count() == 2


def test_a_deactivated_person_sees_nothing(customer, alice, charlie, dana, root, now):
    add_collaborator(customer=customer, user=charlie, role="collaborator", by=alice, now=now)
    put_in_group(customer=customer, name="Acme", role="head", by=alice, now=now)
    archive_customer(customer=make_customer(alice), reason="x", by=dana, now=now)
    for person in (alice, charlie, dana, root):
        person.is_active = False
        assert not sees(person)
        assert not CustomerGroup.objects.visible_to(person).exists()
        assert not Customer.objects.archived_for(person).exists()


def test_what_a_deactivated_owner_holds_is_seen_by_manager_and_admin(customer, alice, dana, root):
    alice.is_active = False
    alice.save()
    assert sees(dana)
    assert sees(root)


def test_a_pooled_customer_is_seen_by_nobody(customer, alice, charlie, dana, root, now):
    add_collaborator(customer=customer, user=charlie, role="collaborator", by=alice, now=now)
    in_pool(customer, now)
    for person in (alice, charlie, dana, root):
        assert not sees(person)
        assert not Customer.objects.archived_for(person).exists()


def test_an_archived_customer_is_seen_by_nobody_and_listed_for_its_managers(customer, alice, charlie, dana, root, now):
    add_collaborator(customer=customer, user=charlie, role="collaborator", by=alice, now=now)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    other = make_user("other", team=charlie.team, role=User.Role.MANAGER)
    people = (alice, charlie, dana, other, root)
    assert not any(sees(person) for person in people)
    assert [Customer.objects.archived_for(person).count() for person in people] == [0, 0, 1, 0, 1]


def test_archived_for_gives_no_living_customer(customer, dana, root):
    assert not Customer.objects.archived_for(dana).exists()
    assert not Customer.objects.archived_for(root).exists()


def test_archived_for_asks_who_held_it_last(customer, bob, charlie, dana, root, now):
    other = make_user("other", team=charlie.team, role=User.Role.MANAGER)
    transfer_customer(customer=customer, to=charlie, by=root, now=now)
    archive_customer(customer=customer, reason="x", by=root, now=now)
    assert not Customer.objects.archived_for(dana).exists()
    assert Customer.objects.archived_for(other).get() == customer


def test_archived_out_of_a_pool_it_is_the_admins(customer, dana, root, now):
    in_pool(customer, now)
    customer.refresh_from_db()
    OwnershipPeriod.objects.filter(ended_at=None).update(ended_at=now.replace(hour=23))
    Customer.objects.update(pool=None, owned_since=None, idle_since=None, archived_at=now)
    assert not Customer.objects.archived_for(dana).exists()
    assert Customer.objects.archived_for(root).exists()


def test_a_group_is_seen_with_any_of_its_members(customer, alice, bob, charlie, dana, root, now):
    group = put_in_group(customer=customer, name="Acme", role="head", by=alice, now=now)
    seen = {
        person.username
        for person in (alice, bob, charlie, dana, root)
        if group in CustomerGroup.objects.visible_to(person)
    }
    assert seen == {"alice", "dana", "root"}
    empty = CustomerGroup.objects.create(name="Empty", created_by=alice, created_at=now)
    assert empty in CustomerGroup.objects.visible_to(root)
    assert empty not in CustomerGroup.objects.visible_to(dana)
    branch = make_customer(charlie)
    Customer.objects.filter(pk=branch.pk).update(group=group)
    assert CustomerGroup.objects.visible_to(charlie).get() == group
    assert Customer.objects.visible_to(charlie).get() == branch  # the group opens no door to its members


def test_a_deleted_note_is_not_shown(customer, alice, dana, root, now):
    delete_note(note=customer.notes.get(), by=alice, now=now)
    for person in (alice, dana, root):
        assert not Note.objects.visible_to(person).exists()


def test_living_leaves_out_the_archived(customer, dana, now):
    contact = customer.contacts.get()
    assert (Customer.objects.living().count(), Contact.objects.living().count()) == (1, 1)
    Contact.objects.filter(pk=contact.pk).update(archived_at=now)
    archive_customer(customer=customer, reason="x", by=dana, now=now)
    assert not Customer.objects.living().exists()
    assert not Contact.objects.living().exists()


def test_an_event_without_a_customer_is_nobodys(root, now):
    Event.objects.create(kind="pool.previewed", at=now)
    assert not Event.objects.visible_to(root).exists()
