"""Is everybody told what concerns them, once, and only while they may see it?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Notification, User
from accounts.notices import lines_of
from accounts.registries import NOTICES, NoticeKind, NoticeLine
from accounts.services import deactivate_person, forget_old_notices, mark_all_read, mark_read, notify
from tests.factories import make_user


def render_colleague(notices, user):
    """A colleague's name, for those of the same team."""
    people = User.objects.filter(team=user.team).in_bulk({notice.target_id for notice in notices})
    return {
        notice.pk: NoticeLine(f"About {people[notice.target_id].name}", url="/people/me/")
        for notice in notices
        if notice.target_id in people
    }


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setitem(NOTICES, "colleague", NoticeKind("Colleagues", render_colleague))
    monkeypatch.setitem(NOTICES, "urgent", NoticeKind("Urgent things", render_colleague, by_mail=True))


def tell(to, about, now, **options):
    notify(to=[to], kind=options.pop("kind", "colleague"), target=about, now=now, **options)


def unread(client) -> str:
    return client.get("/people/notifications/unread/").content.decode()


def titles(page) -> list[str | None]:
    return [item.line.title if item.line else None for item in page.context["lines"]]


def test_the_inbox_and_the_bell(alice, bob, now, signed_in):
    client = signed_in(alice)
    assert unread(client) == ""
    tell(alice, bob, now, by=bob)
    assert unread(client) == "1"
    assert titles(client.get("/people/notifications/")) == ["About Bob"]
    assert titles(client.get("/people/notifications/?show=unread")) == ["About Bob"]


def test_opening_marks_read_and_leads_there(alice, bob, now, signed_in):
    tell(alice, bob, now)
    client, pk = signed_in(alice), Notification.objects.get().pk
    assert client.get(f"/people/notifications/{pk}/open/").status_code == 405
    assert client.post(f"/people/notifications/{pk}/open/").url == "/people/me/"
    assert unread(client) == ""
    assert titles(client.get("/people/notifications/?show=unread")) == []


def test_marking_one_and_all_read(alice, bob, now, signed_in):
    for _ in range(3):
        tell(alice, bob, now)
    client = signed_in(alice)
    assert client.post(f"/people/notifications/{Notification.objects.first().pk}/read/").status_code == 302
    assert unread(client) == "2"
    assert client.post("/people/notifications/read/").status_code == 302
    assert unread(client) == ""


def test_read_keeps_its_first_time(alice, bob, now):
    tell(alice, bob, now)
    assert mark_all_read(by=alice, now=now) == 1
    assert mark_all_read(by=alice, now=None) == 0
    assert Notification.objects.get().read_at == now


def test_the_bell_is_bounded(alice, bob, now, signed_in, statements):
    for _ in range(101):
        tell(alice, bob, now)
    client = signed_in(alice)
    assert unread(client) == "99+"
    assert ">99+</span></a>" in client.get("/people/me/").content.decode()  # as the page itself says
    assert len(client.get("/people/notifications/").context["lines"]) == 30
    assert client.get("/people/notifications/?page=nonsense").status_code == 200


def test_those_of_others_do_not_exist(alice, bob, charlie, now, signed_in):
    tell(alice, bob, now)
    client, pk = signed_in(bob), Notification.objects.get().pk
    for verb in ("open", "read"):
        assert client.post(f"/people/notifications/{pk}/{verb}/").status_code == 404
    client.post("/people/notifications/read/")
    assert titles(client.get("/people/notifications/")) == []
    assert Notification.objects.get().read_at is None


def test_scope_is_checked_when_it_is_read(alice, bob, other_team, now, signed_in):
    tell(alice, bob, now)
    bob.team = other_team
    bob.save()
    client = signed_in(alice)
    page = client.get("/people/notifications/")
    assert titles(page) == [None]
    assert "Bob" not in page.content.decode()
    assert client.post(f"/people/notifications/{Notification.objects.get().pk}/open/").url == "/people/notifications/"


def test_a_kind_that_is_no_more_shows_nothing(alice, bob, now):
    tell(alice, bob, now)
    Notification.objects.update(kind="gone")
    assert [item.line for item in lines_of(Notification.objects.all(), alice)] == [None]


def test_a_key_tells_once(alice, bob, now):
    for _ in range(2):
        notify(to=[alice, bob], kind="urgent", target=bob, now=now, key="once")
    assert Notification.objects.count() == 2


def test_neither_whoever_did_it_nor_the_deactivated_are_told(alice, bob, now):
    bob.is_active = False
    notify(to=[alice, bob], kind="colleague", target=alice, by=alice, now=now)
    assert not Notification.objects.exists()


def test_unknown_kinds_are_a_mistake(alice, now):
    with pytest.raises(KeyError):
        tell(alice, alice, now, kind="unheard of")


def test_the_inbox_costs_the_same_with_many(alice, bob, team, now, signed_in, statements):
    client = signed_in(alice)
    tell(alice, bob, now, by=bob)
    few = statements(lambda: client.get("/people/notifications/"))
    for _ in range(29):
        tell(alice, make_user(team=team), now, by=bob)
    assert statements(lambda: client.get("/people/notifications/")) == few
    one = statements(lambda: client.get("/people/notifications/unread/"))
    mark_all_read(by=alice, now=now)
    assert statements(lambda: client.get("/people/notifications/unread/")) == one


def test_a_deactivated_colleague_is_told_to_those_who_answer_for_them(alice, dana, root, charlie, now, signed_in):
    ada = make_user("ada", role=User.Role.ADMIN)
    deactivate_person(person=alice, by=root, now=now)
    assert titles(signed_in(dana).get("/people/notifications/")) == ["Alice was deactivated"]
    page = signed_in(ada).get("/people/notifications/")
    assert page.context["lines"][0].line.url == f"/people/{alice.pk}/"
    dana.team = charlie.team
    dana.save()
    assert titles(signed_in(dana).get("/people/notifications/")) == [None]


def test_old_ones_go_once_read(alice, bob, now):
    for _ in range(2):
        tell(alice, bob, now)
    notice = Notification.objects.first()
    mark_read(notification=notice, now=now)
    assert forget_old_notices(now=now + timedelta(days=180)) == 0
    assert forget_old_notices(now=now + timedelta(days=181)) == 1
    assert Notification.objects.count() == 1
