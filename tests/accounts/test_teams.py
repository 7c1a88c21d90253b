"""Do teams nest without circles, and go only when nothing hangs on them?"""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import Team
from accounts.services import change_team, create_team, invite_person, remove_team
from accounts.services.teams import TeamCircle, TeamNotEmpty
from core.exceptions import DomainError, NotAllowed
from tests.factories import make_team
from tests.together import at_once, errors


def move(team, parent, by, now=None):
    change_team(team=team, name_en=team.name_en, name_zh=team.name_zh, parent=parent, by=by, now=now)


def shown(page) -> list[str]:
    return [row["indent"] + row["team"].name for row in page.context["rows"]]


def test_the_tree(root, dana, team, signed_in):
    make_team("Nordics", parent=team)
    make_team("Africa")
    page = signed_in(root).get("/people/teams/")
    assert shown(page) == ["Africa", "Europe", "— Nordics"]
    assert page.context["rows"][1]["managers"] == [dana]
    assert page.context["rows"][1]["team"].people == 1


def test_it_costs_the_same_with_many(root, team, signed_in, statements):
    client = signed_in(root)
    few = statements(lambda: client.get("/people/teams/"))
    for _ in range(30):
        make_team(parent=team)
    assert statements(lambda: client.get("/people/teams/")) == few


def test_making_renaming_and_moving(root, team, signed_in):
    client = signed_in(root)
    data = {"name_en": "Nordics", "name_zh": "北欧组", "parent": team.pk}
    assert client.post("/people/teams/new/", data).url == "/people/teams/"
    nordics = Team.objects.get(name_en="Nordics")
    assert nordics.parent == team
    assert (
        client.post(f"/people/teams/{nordics.pk}/", {"name_en": "", "name_zh": "北欧", "parent": ""}).status_code == 302
    )
    nordics.refresh_from_db()
    assert (nordics.name_en, nordics.name_zh, nordics.parent, nordics.name) == ("", "北欧", None, "北欧")
    assert nordics.history.get().name_en == "Nordics"


def test_a_form_sent_twice_makes_one_team(root, signed_in):
    client = signed_in(root)
    token = client.get("/people/teams/new/").context["submission"]
    for _ in range(2):
        assert client.post("/people/teams/new/", {"name_en": "Asia", "submission": token}).status_code == 302
    assert Team.objects.filter(name_en="Asia").count() == 1


def test_a_name_in_one_language_is_needed(root, signed_in, now):
    assert signed_in(root).post("/people/teams/new/", {"name_en": "", "name_zh": ""}).status_code == 422
    with pytest.raises(DomainError):
        create_team(name_en="", name_zh="", parent=None, by=root, now=now)


def test_no_circles(root, team, signed_in):
    below = make_team(parent=team)
    deeper = make_team(parent=below)
    for parent in (team, below, deeper):
        with pytest.raises(TeamCircle):
            move(team, parent, root)
        page = signed_in(root).post(f"/people/teams/{team.pk}/", {"name_en": "Europe", "parent": parent.pk})
        assert page.status_code == 422
    team.refresh_from_db()
    assert team.parent is None


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_make_no_circle(root):
    one, two = make_team("one"), make_team("two")
    done = at_once([lambda: move(one, two, root), lambda: move(two, one, root)])
    assert [type(error) for error in errors(done)] == [TeamCircle]


def test_only_empty_ones_are_removed(root, alice, team, other_team, signed_in, now):
    client = signed_in(root)
    assert client.post(f"/people/teams/{team.pk}/remove/").status_code == 409
    parent = make_team()
    make_team(parent=parent)
    with pytest.raises(TeamNotEmpty):
        remove_team(team=parent, by=root, now=now)
    invite_person(email="x@example.com", role="salesperson", team=other_team, by=root, now=timezone.now())
    with pytest.raises(TeamNotEmpty):
        remove_team(team=other_team, by=root, now=now)
    empty = make_team()
    assert client.post(f"/people/teams/{empty.pk}/remove/").status_code == 302
    assert not Team.objects.filter(pk=empty.pk).exists()


@pytest.mark.parametrize("name", ["alice", "dana"])
def test_only_admins(cast, team, signed_in, name, now):
    client = signed_in(cast[name])
    assert client.get("/people/teams/").status_code == 403
    assert client.post("/people/teams/new/", {"name_en": "Mine"}).status_code == 403
    assert client.post(f"/people/teams/{team.pk}/", {"name_en": "Mine"}).status_code == 403
    assert client.post(f"/people/teams/{team.pk}/remove/").status_code == 403
    with pytest.raises(NotAllowed):
        move(team, None, cast[name])
    assert Team.objects.get(pk=team.pk).name_en == "Europe"
