"""Who may do what with a customer: the whole table, asked for everybody and every way of knowing it."""

from __future__ import annotations

import pytest

from accounts.models import Team, User
from customers import permissions
from customers.models import Customer, Note
from customers.services import add_collaborator, archive_customer
from tests.factories import make_customer, make_user

pytestmark = pytest.mark.django_db

WHO = ("owner", "collaborator", "assistant", "teammate", "stranger", "manager", "above", "other_manager", "admin")
# What a line allows, for the people of WHO in their order.
TABLE = {
    #                           owner co as te st ma ab ot ad
    "can_edit":                 "1 1 1 0 0 1 1 0 1",
    "can_change_status":        "1 1 1 0 0 1 1 0 1",
    "can_write_note":           "1 1 1 0 0 1 1 0 1",
    "can_see_history":          "1 1 1 0 0 1 1 0 1",
    "can_grade":                "1 0 0 0 0 1 1 0 1",
    "can_manage_collaborators": "1 0 0 0 0 1 1 0 1",
    "can_tell_apart":           "0 0 0 0 0 1 1 0 1",
    "can_protect":              "0 0 0 0 0 1 1 0 1",
    "can_transfer":             "0 0 0 0 0 1 1 0 1",
    "can_archive":              "0 0 0 0 0 1 1 0 1",
}  # fmt: skip


@pytest.fixture
def people(team, other_team, alice, bob, charlie, dana, root) -> dict[str, User]:
    above = Team.objects.create(name_en="World")
    team.parent = above
    team.save()
    return {
        "owner": alice,
        "collaborator": charlie,
        "assistant": make_user("assi", team=other_team),
        "teammate": bob,
        "stranger": make_user("stranger"),
        "manager": dana,
        "above": make_user("above", team=above, role=User.Role.MANAGER),
        "other_manager": make_user("other", team=other_team, role=User.Role.MANAGER),
        "admin": root,
    }


@pytest.fixture
def customer(people, now) -> Customer:
    customer = make_customer(people["owner"])
    for role in ("collaborator", "assistant"):
        add_collaborator(customer=customer, user=people[role], role=role, by=people["owner"], now=now)
    return customer


def line(people: dict[str, User], ask) -> str:
    return " ".join(str(int(ask(people[name]))) for name in WHO)


@pytest.mark.parametrize("verb", TABLE)
def test_a_living_customer(people, customer, verb):
    assert line(people, lambda user: getattr(permissions, verb)(user, customer)) == TABLE[verb]


@pytest.mark.parametrize("verb", TABLE)
def test_a_deactivated_person_may_nothing(people, customer, verb):
    for user in people.values():
        user.is_active = False
    assert "1" not in line(people, lambda user: getattr(permissions, verb)(user, customer))


@pytest.mark.parametrize("verb", sorted(set(TABLE) - {"can_see_history"}))
def test_an_archived_customer_is_only_restored(people, customer, verb, now):
    archive_customer(customer=customer, reason="x", by=people["admin"], now=now)
    customer.refresh_from_db()
    assert "1" not in line(people, lambda user: getattr(permissions, verb)(user, customer))
    # Scope is asked apart: archived_for(user) gives the other manager nothing of it.
    assert line(people, lambda user: permissions.can_restore(user, customer)) == "0 0 0 0 0 1 1 1 1"
    people["admin"].is_active = False
    assert not permissions.can_restore(people["admin"], customer)


def test_a_living_customer_is_not_restored(people, customer):
    assert "1" not in line(people, lambda user: permissions.can_restore(user, customer))


def test_every_verb_about_a_customer_stands_in_the_table():
    verbs = {name for name in vars(permissions) if name.startswith("can_")}
    apart = {
        "can_create",
        "can_create_for",
        "can_export",
        "can_import",
        "can_restore",
        "can_change_note",
        "can_delete_note",
        "can_merge_tags",
    }
    assert verbs - apart == set(TABLE)


def test_to_whom_one_may_give(people, customer):
    to = {name: permissions.can_transfer(people["manager"], customer, people[name]) for name in WHO}
    assert {name for name, may in to.items() if may} == {"owner", "teammate", "manager"}
    assert all(permissions.can_transfer(people["admin"], customer, person) for person in people.values())
    assert permissions.can_transfer(people["above"], customer, people["above"])


def test_for_whom_one_may_enter(people):
    may = {(by, to) for by in WHO for to in WHO if permissions.can_create_for(people[by], people[to])}
    own = {(name, name) for name in WHO}
    own |= {("manager", to) for to in ("owner", "teammate")}
    own |= {("above", to) for to in ("owner", "teammate", "manager")}
    own |= {("other_manager", to) for to in ("collaborator", "assistant")}
    own |= {("admin", to) for to in WHO}
    assert may == own
    for person in people.values():
        person.is_active = False
    assert not any(permissions.can_create_for(person, person) for person in people.values())


def test_exports_are_off_for_salespeople_until_granted(people, customer):
    assert line(people, permissions.can_export) == "0 0 0 0 0 1 1 1 1"
    for person in people.values():
        person.may_export = True
    assert "0" not in line(people, permissions.can_export)
    # and even then not what one merely collaborates on
    assert line(people, lambda user: permissions.exportable(user, customer)) == "1 0 0 0 0 1 1 0 1"
    people["owner"].may_export = False
    assert not permissions.exportable(people["owner"], customer)
    for person in people.values():
        person.is_active = False
    assert "1" not in line(people, permissions.can_export)


def test_everybody_active_enters_and_imports(people):
    for may in (permissions.can_create, permissions.can_import):
        assert "0" not in line(people, may)
    people["owner"].is_active = False
    assert not permissions.can_create(people["owner"])
    assert not permissions.can_import(people["owner"])


def test_tags_are_everybodys_so_admins_merge_them(people):
    assert line(people, permissions.can_merge_tags) == "0 0 0 0 0 0 0 0 1"
    people["admin"].is_active = False
    assert not permissions.can_merge_tags(people["admin"])


def test_a_note_is_its_authors_and_managers_may_take_it_away(people, customer, now):
    note = Note.objects.create(customer=customer, author=people["collaborator"], body="x", created_at=now)
    assert line(people, lambda user: permissions.can_change_note(user, note)) == "0 1 0 0 0 0 0 0 0"
    assert line(people, lambda user: permissions.can_delete_note(user, note)) == "0 1 0 0 0 1 1 0 1"
    for person in people.values():
        person.is_active = False
    assert "1" not in line(people, lambda user: permissions.can_delete_note(user, note))


def test_a_manager_without_a_team_heads_nobody(people, customer):
    lonely = make_user("lonely", role=User.Role.MANAGER)
    teamless = make_customer(people["stranger"])
    for one in (customer, teamless):
        assert not permissions.heads(lonely, one)
