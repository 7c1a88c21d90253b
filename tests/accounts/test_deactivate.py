"""Does a deactivated person get nothing, and does nobody lose what they held?"""

from __future__ import annotations

import pytest
from django.test import Client

from accounts import registries
from accounts.models import Invitation, Notification, User
from accounts.registries import Holding
from accounts.services import change_person, deactivate_person, invite_person, reactivate_person
from core.exceptions import NotAllowed
from tests.factories import make_team, make_user
from tests.together import at_once, errors


def test_the_page_tells_what_they_hold(alice, root, signed_in, monkeypatch):
    monkeypatch.setitem(
        registries.HOLDINGS, "test", Holding("Colleagues", 5, lambda person: User.objects.exclude(pk=person.pk))
    )
    page = signed_in(root).get(f"/people/{alice.pk}/deactivate/")
    assert {"label": "Colleagues", "count": 1, "is_more": False, "url": ""} in page.context["holdings"]
    assert User.objects.get(pk=alice.pk).is_active


def test_sessions_end_at_once(alice, root, signed_in, sign_in, is_in):
    own = Client()
    sign_in(own, "alice")
    assert signed_in(root).post(f"/people/{alice.pk}/deactivate/").url == f"/people/{alice.pk}/"
    assert not is_in(own)
    assert sign_in(Client(), "alice").status_code == 200
    reactivate_person(person=alice, by=root, now=None)
    assert not is_in(own)  # the old session stays ended
    assert sign_in(Client(), "alice").status_code == 302


def test_admins_and_the_managers_above_are_told(alice, bob, dana, root, team, charlie, now):
    top = make_team()
    team.parent = top
    team.save()
    boss = make_user("boss", role=User.Role.MANAGER, team=top)
    make_user("other", role=User.Role.MANAGER, team=charlie.team)
    ada = make_user("ada", role=User.Role.ADMIN)
    deactivate_person(person=alice, by=root, now=now)
    told = set(Notification.objects.filter(kind="accounts.deactivated").values_list("recipient__username", flat=True))
    assert told == {dana.username, boss.username, ada.username}


def test_open_invitations_by_them_are_taken_back(root, team, now):
    ada = make_user("ada", role=User.Role.ADMIN)
    invite_person(email="new@example.com", role="admin", team=None, by=ada, now=now)
    deactivate_person(person=ada, by=root, now=now)
    assert Invitation.objects.get().revoked_at == now


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "dana"])
def test_nobody_else_may(cast, signed_in, name):
    assert signed_in(cast[name]).post(f"/people/{cast['bob'].pk}/deactivate/").status_code == 403
    assert User.objects.get(username="bob").is_active


def test_not_oneself_and_not_twice(alice, root, now, signed_in):
    assert signed_in(root).post(f"/people/{root.pk}/deactivate/").status_code == 403
    deactivate_person(person=alice, by=root, now=now)
    with pytest.raises(NotAllowed):
        deactivate_person(person=alice, by=root, now=now)
    assert signed_in(root).get(f"/people/{alice.pk}/deactivate/").status_code == 403


def test_reactivating(alice, root, dana, signed_in, now):
    client = signed_in(root)
    assert client.post(f"/people/{alice.pk}/reactivate/").status_code == 403
    deactivate_person(person=alice, by=root, now=now)
    assert signed_in(dana).post(f"/people/{alice.pk}/reactivate/").status_code == 403
    assert client.get(f"/people/{alice.pk}/reactivate/").status_code == 405
    assert client.post(f"/people/{alice.pk}/reactivate/").status_code == 302
    assert User.objects.get(pk=alice.pk).is_active


def test_it_needs_a_fresh_sign_in(alice, root, signed_in):
    client = signed_in(root, fresh=False)
    assert client.post(f"/people/{alice.pk}/deactivate/").url.startswith("/accounts/reauthenticate/")
    assert User.objects.get(pk=alice.pk).is_active


def demote(person: User, by: User, now) -> None:
    change_person(
        person=person, name=person.name, email=person.email, role="manager", team=None, may_export=False, by=by, now=now
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [lambda person, by, now: deactivate_person(person=person, by=by, now=now), demote])
def test_two_admins_at_once_cannot_remove_each_other(now, act):
    one, two = (make_user(name, role=User.Role.ADMIN) for name in ("one", "two"))
    done = at_once([lambda: act(one, two, now), lambda: act(two, one, now)])
    assert [type(error) for error in errors(done)] == [NotAllowed]
    assert User.objects.active().filter(role="admin").count() == 1
