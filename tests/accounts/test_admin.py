"""Is Django's admin behind the same door and the same services?"""

from __future__ import annotations

import pytest
from django.contrib import admin

from accounts.models import Team, User
from tests.factories import make_user


def form(person: User, **changes) -> dict[str, str]:
    data = {"name": person.name, "email": person.email, "role": person.role, "team": person.team_id or ""}
    return {name: str(value) for name, value in (data | changes).items()}


def test_strangers_are_led_to_our_sign_in(client, db):
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    assert client.get("/admin/login/?next=/admin/accounts/").url == "/accounts/login/?next=%2Fadmin%2Faccounts%2F"
    assert client.post("/admin/login/", {"username": "root", "password": "x"}).url.startswith("/accounts/login/")


@pytest.mark.parametrize("name", ["alice", "dana"])
def test_only_admins(cast, signed_in, name):
    client = signed_in(cast[name])
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/accounts/user/", follow=True).status_code == 403


@pytest.mark.parametrize("page", ["user", "team", "invitation", "notification"])
def test_lists_and_searches(cast, signed_in, page):
    client = signed_in(cast["root"])
    assert client.get(f"/admin/accounts/{page}/").status_code == 200
    assert client.get(f"/admin/accounts/{page}/?q=alice").status_code == 200


def test_people_change_through_the_services(alice, root, signed_in):
    client = signed_in(root)
    url = f"/admin/accounts/user/{alice.pk}/change/"
    assert client.get(url).status_code == 200
    assert (
        client.post(url, form(alice, role="manager", email="A@Example.com", username="x", is_active="")).status_code
        == 302
    )
    alice.refresh_from_db()
    assert (alice.role, alice.email, alice.username, alice.is_active) == ("manager", "a@example.com", "alice", True)


def test_no_way_round_ones_own_rights(root, signed_in):
    make_user("ada", role=User.Role.ADMIN)
    signed_in(root).post(f"/admin/accounts/user/{root.pk}/change/", form(root, role="manager"))
    assert User.objects.get(pk=root.pk).role == "admin"
    action = {"action": "deactivate", "_selected_action": [root.pk]}
    signed_in(root).post("/admin/accounts/user/", action)
    assert User.objects.get(pk=root.pk).is_active


def test_nobody_is_made_or_deleted_here(alice, root, signed_in):
    client = signed_in(root)
    assert client.get("/admin/accounts/user/add/").status_code == 403
    assert client.post(f"/admin/accounts/user/{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post("/admin/accounts/user/", {"action": "delete_selected", "_selected_action": [alice.pk], "post": "yes"})
    assert User.objects.filter(pk=alice.pk).exists()


def test_actions_call_the_services_and_want_a_fresh_sign_in(alice, root, signed_in, is_in):
    own = signed_in(alice)
    action = {"action": "deactivate", "_selected_action": [alice.pk]}
    stale = signed_in(root, fresh=False)
    assert stale.post("/admin/accounts/user/", action).url.startswith("/accounts/reauthenticate/")
    assert stale.get(f"/admin/accounts/user/{alice.pk}/change/").url.startswith("/accounts/reauthenticate/")
    signed_in(root).post("/admin/accounts/user/", action)
    assert not is_in(own)


def test_teams(root, alice, team, signed_in):
    client = signed_in(root)
    assert client.post("/admin/accounts/team/add/", {"name_en": "Asia", "parent": team.pk}).status_code == 302
    asia = Team.objects.get(name_en="Asia")
    assert (
        client.post(f"/admin/accounts/team/{team.pk}/change/", {"name_en": "X", "parent": asia.pk}).status_code == 200
    )
    assert client.post(f"/admin/accounts/team/{asia.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Team.objects.filter(pk=asia.pk).exists()
    client.post(f"/admin/accounts/team/{team.pk}/delete/", {"post": "yes"})
    assert Team.objects.get(pk=team.pk).name_en == "Europe"


def test_secrets_and_second_ways_to_rights_are_not_in_it():
    shown = {model._meta.label for model in admin.site._registry}
    assert not shown & {"auth.Group", "mfa.Authenticator", "account.EmailAddress", "usersessions.UserSession"}


@pytest.mark.parametrize("page", ["invitation", "notification"])
def test_read_only_ones(root, signed_in, page):
    assert signed_in(root).get(f"/admin/accounts/{page}/add/").status_code == 403


def test_who_changed_what_is_read_there_too(alice, root, signed_in):
    client = signed_in(root)
    client.post(f"/admin/accounts/user/{alice.pk}/change/", form(alice, role="manager"))
    page = client.get(f"/admin/accounts/user/{alice.pk}/history/")
    assert [(change.by, [field.before for field in change.fields]) for change in page.context["changes"]] == [
        (root, ["Salesperson"])
    ]
