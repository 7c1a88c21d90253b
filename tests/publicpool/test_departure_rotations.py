"""Is whoever leaves taken out of the rotations with the departure, and put back in the same place with it?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.services import deactivate_person
from accounts.services.departures import PlanIncomplete, take_back
from publicpool.models import RotationEntry, RotationMember
from publicpool.proving import prove
from publicpool.services import add_member, remove_member, run_rotation, set_order
from tests.factories import make_customer
from tests.publicpool.rotations import given, make_rotation
from tests.publicpool.test_departure import depart, left, to

LEAVE = {"rotations": [{"way": "leave"}]}
HOUR = timedelta(hours=1)


def order(rotation) -> list[str]:
    rows = RotationMember.objects.filter(rotation=rotation, left_at=None).order_by("position", "pk")
    return list(rows.values_list("user__username", flat=True))


def weights(rotation) -> list[list[int]]:
    return RotationEntry.objects.filter(rotation=rotation, kind="members").latest("seq").data["members"]


@pytest.fixture
def turning(alice, bob, charlie, root, pooled, now):
    """3:2:1 of Alice, Bob and Charlie, in the middle of a cycle."""
    rotation = make_rotation(root, {alice: 3, bob: 2, charlie: 1}, now)
    for _number in range(2):
        pooled()
    run_rotation(rotation=rotation, by=root, now=now)
    return rotation


def test_nothing_is_given_and_no_turn_used_up_any_more(alice, bob, charlie, root, pooled, turning, now, promises):
    depart(bob, LEAVE | {"customers": [to(charlie)]}, root, now)
    assert order(turning) == ["alice", "charlie"]
    for _number in range(6):
        pooled(by=alice)
    run_rotation(rotation=turning, by=root, now=now + HOUR)
    assert given(turning) == "AB" + "CAA" + "ACA"
    account = RotationMember.objects.get(rotation=turning, user=bob)
    assert (account.passed, account.received, account.skipped) == (2, 1, 1)  # the rest of the cycle that ran
    assert prove(turning).holds
    promises()


def test_taking_back_puts_them_in_the_same_place(alice, bob, charlie, root, turning, now, promises):
    was = weights(turning)
    departure = depart(bob, LEAVE | {"customers": [to(charlie)]}, root, now)
    assert take_back(departure=departure, by=root, now=now + HOUR, reactivates=True) == []
    assert order(turning) == ["alice", "bob", "charlie"]
    assert weights(turning) == was
    assert left(bob) == {"rotations": 1, "customers": 1}
    assert prove(turning).holds
    promises()


def test_the_place_is_behind_whoever_stood_ahead_also_where_others_moved(alice, bob, charlie, dana, root, turning, now):
    departure = depart(bob, LEAVE | {"customers": [to(charlie)]}, root, now)
    add_member(rotation=turning, user=dana, by=root, now=now + HOUR)
    set_order(rotation=turning, users=[dana.pk, charlie.pk, alice.pk], by=root, now=now + HOUR)
    remove_member(rotation=turning, user=dana, by=root, now=now + HOUR)
    assert take_back(departure=departure, by=root, now=now + HOUR, reactivates=True) == []
    assert order(turning) == ["charlie", "alice", "bob"]
    assert prove(turning).holds


def test_whom_somebody_put_in_again_stays_as_they_are(bob, charlie, root, turning, now):
    departure = depart(bob, LEAVE | {"customers": [to(charlie)]}, root, now)
    User.objects.filter(pk=bob.pk).update(is_active=True)
    add_member(rotation=turning, user=User.objects.get(pk=bob.pk), by=root, now=now + HOUR, weight=7)
    stay = take_back(departure=departure, by=root, now=now + HOUR)
    assert [(one.kind, one.stays) for one in stay] == [("rotations", "touched")]
    assert order(turning) == ["alice", "charlie", "bob"]


def test_a_closed_account_comes_back_into_no_rotation(bob, charlie, root, turning, now):
    departure = depart(bob, LEAVE | {"customers": [to(charlie)]}, root, now)
    stay = take_back(departure=departure, by=root, now=now + HOUR)
    assert [(one.kind, one.stays) for one in stay] == [("rotations", "closed")]
    assert take_back(departure=departure, by=root, now=now + HOUR, reactivates=True) == []
    assert order(turning) == ["alice", "bob", "charlie"]


def test_none_of_the_customers_is_given_by_turns_of_who_leaves(alice, bob, charlie, root, turning, now, promises):
    for _number in range(4):
        make_customer(bob, at=now - HOUR)
    plan = LEAVE | {"customers": [{"way": "rotation", "target": turning.pk}]}
    departure = depart(bob, plan, root, now)
    assert departure.counts == {"rotations": 1, "customers": 5}
    why = [one for line in RotationEntry.objects.filter(rotation=turning, kind="given") for one in line.data["passed"]]
    assert {one[5]["why"] for one in why} == {"left"}
    assert prove(turning).holds
    promises()


def test_it_must_be_planned(bob, charlie, root, turning, now):
    with pytest.raises(PlanIncomplete) as refused:
        depart(bob, {"customers": [to(charlie)]}, root, now)
    assert refused.value.field == "rotations"


def test_the_pages_tell_it(alice, bob, dana, root, signed_in, turning, now):
    plan = signed_in(root).get(f"/people/{bob.pk}/departure/").content.decode()
    assert "Bob is a member of:" in plan
    assert f'href="/pool/rotations/{turning.pk}/"' in plan
    url = f"/pool/rotations/{turning.pk}/"
    assert "has left" not in signed_in(root).get(url).content.decode()
    deactivate_person(person=bob, by=root, now=now)
    page = signed_in(root).get(url).content.decode()
    assert page.count("has left") == 1
    assert "is still a member" in page
    edit = f"/pool/rotations/{turning.pk}/edit/"
    assert f'<a href="{edit}">Take out</a>' in page
    theirs = signed_in(alice).get(url).content.decode()
    assert "is still a member" in theirs
    assert edit not in theirs
