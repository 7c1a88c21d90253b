"""Does an invitation make one account, once, in time, and only while it stands?"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation, User
from accounts.services import accept_invitation, change_person, invite_person, resend_invitation, revoke_invitation
from accounts.services.invitations import EmailTaken, InvitationAnswered, InvitationGone
from core.exceptions import DomainError, NotAllowed
from tests.factories import make_user
from tests.together import at_once, errors

NEW = {
    "name": "Nora Berg",
    "username": "nora",
    "password1": "a phrase of my own",
    "password2": "a phrase of my own",
    "time_zone": "Europe/Oslo",
}


@pytest.fixture
def invited(root, team):
    """An open invitation, and the path of its link."""
    invitation, link = invite_person(
        email="Nora@Example.com", role="manager", team=team, by=root, now=timezone.now(), name="Nora"
    )
    return invitation, path_of(link)


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def token_of(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def test_inviting_mails_a_link_and_shows_it_once(root, team, signed_in, mails):
    data = {"email": "nora@example.com", "name": "", "role": "salesperson", "team": team.pk, "language": "en"}
    page = signed_in(root).post("/people/invitations/new/", data)
    (mail,) = mails("nora@example.com")
    link = page.context["link"]
    assert link in mail.text
    assert link in page.content.decode()
    assert "Root" in mail.subject
    assert token_of(link) not in str(Invitation.objects.values())
    assert signed_in(root).post("/people/invitations/new/", data).status_code == 409


def test_joining_makes_the_account_and_signs_in(invited, client, is_in):
    invitation, path = invited
    page = client.get(path)
    assert page.status_code == 200
    assert page.context["form"].initial["time_zone"] == "Asia/Shanghai"
    assert client.post(path, NEW).url == "/today/"
    assert is_in(client)
    person = User.objects.get(username="nora")
    assert (person.email, person.role, person.team, person.language) == (
        "nora@example.com",
        "manager",
        invitation.team,
        "",
    )
    invitation.refresh_from_db()
    assert invitation.accepted_by == person


def test_a_used_link_is_gone(invited, client):
    _invitation, path = invited
    client.post(path, NEW)
    assert Client().get(path).status_code == 410
    assert Client().post(path, NEW | {"username": "second"}).status_code == 410
    assert User.objects.filter(email="nora@example.com").count() == 1


def test_an_old_a_wrong_and_a_withdrawn_link_answer_alike(invited, client, root):
    invitation, path = invited
    with time_machine.travel(invitation.expires_at + timedelta(seconds=1)):
        old = client.get(path)
    revoke_invitation(invitation=invitation, by=root, now=timezone.now())
    answers = [old, client.get(path), client.get("/people/join/nonsense/")]
    assert {answer.status_code for answer in answers} == {410}
    assert {answer.templates[0].name for answer in answers} == {"accounts/invitation_gone.html"}


def test_sending_again_makes_a_new_link(invited, client, root, signed_in, mails):
    invitation, path = invited
    page = signed_in(root).post(f"/people/invitations/{invitation.pk}/resend/")
    fresh = path_of(page.context["link"])
    assert fresh in mails("nora@example.com")[1].text
    assert client.get(path).status_code == 410
    assert client.get(fresh).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"password1": "short", "password2": "short"},
        {"password2": "another phrase of mine"},
        {"password1": "nora@example.com", "password2": "nora@example.com"},
        {"username": "Alice"},
        {"username": "nora@home"},
        {"username": ""},
        {"name": ""},
        {"time_zone": "Mars/Base"},
    ],
)
def test_nonsense_is_explained_and_nothing_is_used_up(alice, invited, client, wrong):
    _invitation, path = invited
    page = client.post(path, NEW | wrong)
    assert page.status_code == 422
    assert page.context["form"].errors
    assert client.post(path, NEW).status_code == 302


def test_nobody_joins_in_anothers_session(invited, alice, signed_in):
    _invitation, path = invited
    client = signed_in(alice)
    assert client.get(path).status_code == 409
    assert client.post(path, NEW).status_code == 409
    assert not User.objects.filter(username="nora").exists()


def test_somebody_with_an_account_is_not_invited(alice, root, now):
    with pytest.raises(EmailTaken):
        invite_person(email="ALICE@example.com", role="manager", team=None, by=root, now=now)


def test_one_open_invitation_per_address(invited, root, team):
    with pytest.raises(DomainError, match="invited already"):
        invite_person(email="nora@example.com", role="salesperson", team=team, by=root, now=timezone.now())
    later = timezone.now() + timedelta(days=8)
    invite_person(email="nora@example.com", role="salesperson", team=team, by=root, now=later)
    assert Invitation.objects.unanswered().count() == 1


def test_answered_ones_are_neither_sent_nor_withdrawn(invited, root, client):
    invitation, path = invited
    client.post(path, NEW)
    for act in (resend_invitation, revoke_invitation):
        with pytest.raises(InvitationAnswered):
            act(invitation=invitation, by=root, now=timezone.now())


def test_the_word_of_a_former_admin_is_worth_nothing(root, now, client):
    ada = make_user("ada", role=User.Role.ADMIN)
    _invitation, link = invite_person(email="back@example.com", role="admin", team=None, by=ada, now=timezone.now())
    fields = {"name": ada.name, "email": ada.email, "team": None, "may_export": False}
    change_person(person=ada, **fields, role="salesperson", by=root, now=timezone.now())
    assert client.get(path_of(link)).status_code == 410


@pytest.mark.parametrize("name", ["alice", "dana"])
def test_only_admins_invite_and_see_who_was(cast, invited, signed_in, name, now):
    invitation, _path = invited
    client = signed_in(cast[name])
    assert client.get("/people/invitations/").status_code == 403
    assert client.get("/people/invitations/new/").status_code == 403
    for verb in ("resend", "revoke"):
        assert client.post(f"/people/invitations/{invitation.pk}/{verb}/").status_code == 404
    with pytest.raises(NotAllowed):
        invite_person(email="x@example.com", role="admin", team=None, by=cast[name], now=now)
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_the_list_costs_the_same_with_many(invited, root, team, signed_in, statements):
    client = signed_in(root)
    few = statements(lambda: client.get("/people/invitations/"))
    for number in range(30):
        invite_person(email=f"p{number}@example.com", role="salesperson", team=team, by=root, now=timezone.now())
    assert statements(lambda: client.get("/people/invitations/")) == few


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_account(invited):
    _invitation, path = invited

    def join(username: str) -> User:
        return accept_invitation(
            token=token_of(path), username=username, name="N", password="x", time_zone="UTC", now=timezone.now()
        )

    done = at_once([lambda: join("nora1"), lambda: join("nora2")])
    assert [type(error) for error in errors(done)] == [InvitationGone]
    assert User.objects.filter(email="nora@example.com").count() == 1
