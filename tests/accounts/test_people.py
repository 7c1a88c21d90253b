"""Do admins see and change people, and nobody else?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.services import change_person
from core.exceptions import DomainError, NotAllowed
from core.templatetags.ui import person as drawn
from customers.models import Collaborator
from tests.factories import make_customer, make_team, make_user
from tests.publicpool.rotations import make_rotation


def values(person: User, **changes):
    fields = {name: getattr(person, name) for name in ("name", "email", "role", "team", "may_export")}
    return fields | changes


def form(person: User, **changes) -> dict[str, str]:
    data = {"name": person.name, "email": person.email, "role": person.role, "team": person.team_id or ""}
    return {name: str(value) for name, value in (data | changes).items()}


def names(page) -> list[str]:
    return [row.record.username for row in page.context["rows"]]


def test_the_list_finds_by_word_role_team_and_state(cast, root, other_team, signed_in):
    cast["bob"].is_active = False
    cast["bob"].save()
    client = signed_in(root)
    assert names(client.get("/people/?view=all")) == ["alice", "bob", "charlie", "dana", "root"]
    assert names(client.get("/people/?q=ARL")) == ["charlie"]
    assert names(client.get("/people/?q=dana@example.com")) == ["dana"]
    assert names(client.get("/people/?role=manager")) == ["dana"]
    assert names(client.get(f"/people/?team={other_team.pk}")) == ["charlie"]
    assert names(client.get("/people/?is_active=false")) == ["bob"]
    assert names(client.get("/people/?sort=-name&m=1"))[0] == "root"


def test_the_list_opens_with_those_who_work_here(cast, root, signed_in):
    User.objects.filter(username="bob").update(is_active=False)
    assert "bob" not in names(signed_in(root).get("/people/"))


@pytest.mark.parametrize(
    "query", ["q=%00", "role=king", "team=999999", "team=x", "sort=password", "is_active=2", "page=x"]
)
def test_nonsense_in_the_query_is_no_error(root, signed_in, query):
    assert signed_in(root).get(f"/people/?{query}", follow=True).status_code == 200


def test_the_list_costs_the_same_with_many(cast, root, team, signed_in, statements):
    client = signed_in(root)
    client.get("/people/?view=all")
    few = statements(lambda: client.get("/people/?view=all"))
    for _ in range(30):
        make_user(team=team)
    assert statements(lambda: client.get("/people/?view=all")) == few


@pytest.mark.parametrize("path", ["/people/", "/people/{}/", "/people/{}/edit/", "/people/{}/deactivate/"])
def test_only_admins_reach_the_pages(cast, client, signed_in, path):
    path = path.format(cast["bob"].pk)
    assert client.get(path).url.startswith("/accounts/login/")
    for name in ("alice", "charlie", "dana"):
        assert signed_in(cast[name]).get(path).status_code == 403
    assert signed_in(cast["root"]).get(path).status_code == 200


def test_unknown_people_do_not_exist(root, signed_in):
    assert signed_in(root).get("/people/999999999/").status_code == 404
    assert signed_in(root).get("/people/99999999999999999999999/").status_code == 404


def test_changing_role_team_and_address(alice, root, other_team, signed_in, mails):
    client = signed_in(root)
    data = form(alice, role="manager", team=other_team.pk, may_export="on", email="A.Lin@example.com", name="Alice Lin")
    assert client.post(f"/people/{alice.pk}/edit/", data).url == f"/people/{alice.pk}/"
    alice.refresh_from_db()
    assert (alice.role, alice.team, alice.may_export) == ("manager", other_team, True)
    assert (alice.email, alice.name) == ("a.lin@example.com", "Alice Lin")
    assert "a.lin@example.com" in mails("alice@example.com")[0].text


def test_an_address_of_somebody_else_is_explained(alice, bob, root, signed_in):
    page = signed_in(root).post(f"/people/{alice.pk}/edit/", form(alice, email="Bob@example.com"))
    assert page.status_code == 422
    assert "email" in page.context["form"].errors


def test_changing_needs_a_fresh_sign_in(alice, root, signed_in):
    client = signed_in(root, fresh=False)
    answer = client.post(f"/people/{alice.pk}/edit/", form(alice, role="admin"))
    assert answer.url.startswith("/accounts/reauthenticate/")
    assert User.objects.get(pk=alice.pk).role == "salesperson"


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "dana"])
def test_nobody_else_changes_anything(cast, signed_in, name, now):
    bob = cast["bob"]
    assert signed_in(cast[name]).post(f"/people/{bob.pk}/edit/", form(bob, role="admin")).status_code == 403
    with pytest.raises(NotAllowed):
        change_person(person=bob, **values(bob, role="admin"), by=cast[name], now=now)
    assert User.objects.get(pk=bob.pk).role == "salesperson"


def test_admins_do_not_touch_their_own_rights(root, team, signed_in, now):
    make_user("ada", role=User.Role.ADMIN)
    page = signed_in(root).post(f"/people/{root.pk}/edit/", form(root, role="manager", team=team.pk, name="Root Zhou"))
    assert page.status_code == 302  # the disabled fields are not read
    root.refresh_from_db()
    assert (root.role, root.team, root.name) == ("admin", None, "Root Zhou")
    for change in ({"role": "manager"}, {"team": team}, {"may_export": True}):
        with pytest.raises(NotAllowed):
            change_person(person=root, **values(root, **change), by=root, now=now)


def test_an_admin_who_was_deactivated_meanwhile_changes_nothing(alice, root, now):
    User.objects.filter(pk=root.pk).update(is_active=False)
    with pytest.raises(NotAllowed):
        change_person(person=alice, **values(alice, role="admin"), by=root, now=now)


def test_the_same_address_is_refused_by_the_database_too(alice, bob, root, now):
    with pytest.raises(DomainError) as refusal:
        change_person(person=alice, **values(alice, email="BOB@example.com"), by=root, now=now)
    assert refusal.value.field == "email"


def test_rights_in_djangos_admin_follow_from_the_role(alice, root):
    assert (root.is_staff, root.is_superuser, root.has_perm("accounts.change_user")) == (True, True, True)
    assert (alice.is_staff, alice.is_superuser, alice.has_perm("accounts.change_user")) == (False, False, False)
    columns = {
        column.name for column in connection.introspection.get_table_description(connection.cursor(), "accounts_user")
    }
    assert not {"is_staff", "is_superuser"} & columns


def test_createsuperuser_makes_an_admin(db):
    made = User.objects.create_superuser("boss", "Boss@Example.com", "correct horse battery", name="Boss")
    assert (made.role, made.email, made.check_password("correct horse battery")) == ("admin", "boss@example.com", True)


def test_managers_see_their_team_and_those_below(dana, team, other_team):
    below = make_team(parent=team)
    deeper = make_team(parent=below)
    assert dana.managed_team_ids == {team.pk, below.pk, deeper.pk}
    for place in (team, deeper, other_team):
        make_user(team=place)
    assert {person.team for person in User.objects.reporting_to(dana)} == {team, deeper}


def test_what_people_edit_leaves_a_trace(alice, root, signed_in):
    signed_in(root).post(f"/people/{alice.pk}/edit/", form(alice, role="manager"))
    kept = alice.history.get()
    assert (kept.role, kept.pgh_label) == ("salesperson", "update")
    assert kept.pgh_context.metadata["user"] == root.pk


def test_signing_in_leaves_none(alice, client, sign_in):
    sign_in(client, "alice")
    assert not alice.history.exists()


def test_an_admin_says_for_somebody_when_they_are_away_and_who_stands_in(alice, bob, root, signed_in):
    """What they hold stays theirs; colleagues see it beside the name."""
    days = {"away_from": "2026-01-01", "away_to": "2099-01-31", "deputy": bob.pk}
    client = signed_in(root)
    client.post(f"/people/{alice.pk}/edit/", form(alice, **days))
    alice.refresh_from_db()
    assert (str(alice.away_from), str(alice.away_to), alice.deputy) == ("2026-01-01", "2099-01-31", bob)
    assert "Deputy" in client.get(f"/people/{alice.pk}/").content.decode()
    assert "away until" in drawn(alice)
    assert "away until" not in drawn(bob)
    assert client.post(f"/people/{alice.pk}/edit/", form(alice, away_from="2026-01-01")).status_code == 422


def test_colleagues_see_who_stands_in(alice, bob, charlie, dana, now, signed_in):
    """On a customer's page, for whoever may see it; where the deputy is away too, nobody is named."""
    days = {"away_from": now.date() - timedelta(days=9), "away_to": timezone.now().date() + timedelta(days=9)}
    User.objects.filter(pk=alice.pk).update(deputy=charlie, **days)
    customer = make_customer(alice)
    Collaborator.objects.create(customer=customer, user=bob, added_by=alice, added_at=now)
    rotation = make_rotation(make_user("ada", role=User.Role.ADMIN), {alice: 1, bob: 1}, timezone.now())
    paths = (customer.get_absolute_url(), rotation.get_absolute_url())
    for person in (bob, dana):
        for path in paths:
            assert "Charlie stands in" in signed_in(person).get(path).content.decode()
    User.objects.filter(pk=charlie.pk).update(**days)
    for path in paths:
        page = signed_in(bob).get(path).content.decode()
        assert "away until" in page
        assert "Charlie" not in page
