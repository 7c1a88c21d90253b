"""Do customers and leads go out in turn, with every reason written down?"""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from accounts.models import Notification, User
from core.exceptions import NotAllowed
from customers.models import Customer, Event, OwnershipPeriod, Pool, PoolMember
from publicpool import errors
from publicpool.models import Rotation, RotationEntry, RotationMember, Run
from publicpool.services import (
    add_member,
    release_customer,
    remove_member,
    run_rotation,
    save_rotation,
    set_limits,
    set_order,
    set_weights,
)
from publicpool.services.passing_on import pass_on_due
from publicpool.services.rotating import rotate_due
from publicpool.turns_ahead import run_ahead, wheel_of, wheel_with
from tests.factories import make_customer, make_lead, say
from tests.refusals import refused

from .rotations import given, make_rotation, owners, passed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(db, promises):
    yield
    promises()


@pytest.fixture
def three(root, alice, bob, charlie, now) -> Rotation:
    """Alice, Bob and Charlie at 3:2:1."""
    return make_rotation(root, {alice: 3, bob: 2, charlie: 1}, now)


def later(now, **units):
    return now + timedelta(**units)


def test_three_two_one(three, pooled, root, alice, now):
    many = [pooled() for _number in range(6)]
    run = run_rotation(rotation=three, by=root, now=now)
    assert owners(many) == given(three) == "ABCABA"
    assert (run.kind, run.done, run.left_alone, run.rotation) == (Run.Kind.ROTATE, 6, 0, three)
    period = OwnershipPeriod.objects.get(customer=many[0], ended_at=None)
    assert (period.owner, period.reason, period.by, period.started_at) == (alice, "rotated", root, now)
    assert Event.objects.filter(kind="owner.rotated").count() == 6


def test_by_the_time_of_entering_then_by_id(three, pooled, bob, reason, root, now):
    later_in, *others = [pooled() for _number in range(3)]
    Customer.objects.filter(pk=later_in.pk).update(owned_since=now - timedelta(days=1))
    OwnershipPeriod.objects.filter(customer=later_in, ended_at=None).update(started_at=now - timedelta(days=1))
    OwnershipPeriod.objects.filter(customer=later_in, owner=bob).update(ended_at=now - timedelta(days=1))
    run_rotation(rotation=three, by=root, now=now)
    assert owners([*others, later_in]) == "ABC"


def test_two_runs_of_three_equal_one_of_six(three, pooled, root, now):
    many = [pooled() for _number in range(6)]
    run_rotation(rotation=three, by=root, now=now, most=3)
    assert owners(many) == "ABC---"
    run_rotation(rotation=three, by=root, now=now)
    assert given(three) == "ABCABA"


def test_a_run_twice_is_once(three, pooled, root, now):
    many = [pooled() for _number in range(2)]
    for _time in range(2):
        run_rotation(rotation=three, by=root, now=now)
    assert owners(many) == given(three) == "AB"


def test_who_is_away_inactive_full_or_at_the_limit_loses_the_turn(three, pooled, pool, root, bob, charlie, now):
    User.objects.filter(pk=bob.pk).update(away_from=now.date(), away_to=now.date() + timedelta(days=3))
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    set_limits(rotation=three, user=User.objects.get(username="alice"), limits={"a_day": 2}, by=root, now=now)
    many = [pooled() for _number in range(4)]
    run_rotation(rotation=three, by=root, now=now)
    assert owners(many) == "AA--"
    assert passed(three) == [[], [("skipped", "bob", "away"), ("skipped", "charlie", "inactive")]]
    User.objects.filter(pk=charlie.pk).update(is_active=True)
    PoolMember.objects.create(pool=pool, user=charlie, capacity=1)
    run_rotation(rotation=three, by=root, now=now)
    assert owners(many) == "AAC-"
    assert passed(three)[2] == [("skipped", "bob", "away"), ("skipped", "alice", "limit")] * 1 + [
        ("skipped", "alice", "limit"),
        ("skipped", "bob", "away"),
    ]
    why = RotationEntry.objects.get(rotation=three, seq=three.entries.count()).data["passed"][1][5]
    assert why == {"why": "limit", "window": "a_day", "used": 2, "limit": 2}
    run_rotation(rotation=three, by=root, now=now)
    assert owners(many) == "AAC-"
    User.objects.filter(pk=bob.pk).update(away_to=None, away_from=None)
    Pool.objects.filter(pk=pool.pk).update(capacity=0)
    run_rotation(rotation=three, by=root, now=now)
    assert owners(many) == "AAC-"


def test_the_cool_down_leaves_a_turn_owed_which_is_served_first(root, alice, bob, reason, pooled, now):
    rotation = make_rotation(root, {alice: 1, bob: 1}, now)
    hers = make_customer(alice, at=now - timedelta(days=100))
    release_customer(customer=hers, reason=reason, by=alice, now=now - timedelta(days=20))
    run_rotation(rotation=rotation, by=root, now=now)
    assert owners([hers]) == "B"
    assert passed(rotation) == [[("owed", "alice", "cool_down")]]
    assert RotationMember.objects.get(user=alice).owed == 1
    many = [pooled() for _number in range(3)]
    run_rotation(rotation=rotation, by=root, now=now)
    assert owners(many) == "AAB"
    assert [line.is_owed for line in rotation.entries.filter(kind="given").order_by("seq")] == [
        False,
        True,
        False,
        False,
    ]
    account = RotationMember.objects.get(user=alice)
    assert (account.passed, account.received, account.skipped, account.owed) == (2, 2, 0, 0)


def test_where_nobody_can_no_turn_is_used(three, pooled, pool, root, now):
    Pool.objects.filter(pk=pool.pk).update(capacity=0)
    many = [pooled()]
    run = run_rotation(rotation=three, by=root, now=now)
    assert (owners(many), run.done, run.left_alone) == ("-", 0, 1)
    assert {one.passed for one in RotationMember.objects.all()} == {0}


def test_weights_joins_and_order_wait_for_the_next_cycle(three, pooled, root, alice, bob, charlie, dana, now):
    many = [pooled() for _number in range(11)]
    run_rotation(rotation=three, by=root, now=now, most=2)
    add_member(rotation=three, user=dana, by=root, now=now)
    set_weights(rotation=three, weights={alice.pk: 1}, by=root, now=now)
    set_order(rotation=three, users=[dana.pk, charlie.pk, bob.pk, alice.pk], by=root, now=now)
    run_rotation(rotation=three, by=root, now=now)
    assert owners(many) == "ABCABA" + "DCBAB"
    assert RotationEntry.objects.filter(rotation=three, kind="members").count() == 6


def test_who_leaves_gets_nothing_more(three, pooled, root, bob, now):
    many = [pooled() for _number in range(5)]
    run_rotation(rotation=three, by=root, now=now, most=1)
    remove_member(rotation=three, user=bob, by=root, now=now)
    run_rotation(rotation=three, by=root, now=now)
    assert owners(many) == "ACAAA"
    assert passed(three)[1] == [("skipped", "bob", "left")]
    with pytest.raises(errors.NotAMemberOfRotation):
        remove_member(rotation=three, user=bob, by=root, now=now)
    assert add_member(rotation=three, user=bob, by=root, now=now).skipped == 2


def test_only_admins_change_it_and_pool_admins_run_it(three, pool, alice, dana, root, now):
    for act in (
        lambda: add_member(rotation=three, user=dana, by=dana, now=now),
        lambda: remove_member(rotation=three, user=alice, by=dana, now=now),
        lambda: set_weights(rotation=three, weights={}, by=alice, now=now),
        lambda: set_order(rotation=three, users=[], by=alice, now=now),
        lambda: save_rotation(rotation=three, by=dana, now=now),
        lambda: run_rotation(rotation=three, by=dana, now=now),
    ):
        with pytest.raises(NotAllowed):
            act()
    PoolMember.objects.create(pool=pool, user=dana, is_admin=True)
    three = Rotation.objects.get(pk=three.pk)
    run_rotation(rotation=three, by=dana, now=now)
    for weights in ({alice.pk: -1}, {alice.pk: 101}):
        with pytest.raises(errors.WrongWeight):
            set_weights(rotation=three, weights=weights, by=root, now=now)
    with pytest.raises(errors.OrderIsIncomplete):
        set_order(rotation=three, users=[alice.pk], by=root, now=now)
    with pytest.raises(errors.MemberAlready):
        add_member(rotation=three, user=alice, by=root, now=now)


def test_the_ledger_is_open_to_who_takes_part_and_to_managers(three, alice, bob, dana, root, team, now):
    outside = User.objects.create_user("eve", "eve@example.com", name="Eve", team=team)
    remove_member(rotation=three, user=bob, by=root, now=now)
    for person in (alice, bob, dana, root):
        assert Rotation.objects.visible_to(person).count() == 1
        assert RotationEntry.objects.visible_to(person).count() == 4
    assert not Rotation.objects.visible_to(outside).exists()
    assert not RotationEntry.objects.visible_to(outside).exists()


def test_a_line_can_neither_be_changed_nor_taken_out(three):
    for act in (lambda rows: rows.update(place=7), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            act(RotationEntry.objects.filter(rotation=three))


def test_conditions_and_the_first_rotation_that_fits(root, alice, bob, pooled, now):
    second = make_rotation(root, {bob: 1}, now, position=20)
    first = make_rotation(root, {alice: 1}, now, position=10, countries="DE,AT", name_en="German")
    german, french = pooled(), pooled("Fils SARL", country="FR")
    run_rotation(rotation=second, by=root, now=now)
    assert owners([german, french]) == "-B"
    run_rotation(rotation=first, by=root, now=now)
    assert owners([german, french]) == "AB"


def test_leads_that_nobody_holds(root, alice, bob, team, now):
    rotation = make_rotation(root, {alice: 1, bob: 1}, now, pool=None, languages=["de"])
    many = [make_lead(None, team=team, language="de", at=now - timedelta(hours=5 - n)) for n in range(3)]
    other = make_lead(None, team=team, language="fr")
    run_rotation(rotation=rotation, by=root, now=now)
    for lead in (*many, other):
        lead.refresh_from_db()
    assert [str(one.owner) for one in (*many, other)] == ["Alice", "Bob", "Alice", "None"]
    assert many[0].owned_since == now
    assert Event.objects.filter(kind="lead.assigned", target_id=many[0].pk).count() == 1
    assert Notification.objects.get(recipient=alice, kind="leads_rotated").params["n"] == 2


def test_what_came_is_told_once_a_person_and_leads_where_it_lies(three, pooled, root, alice, signed_in, now):
    first, *_others = [pooled() for _number in range(6)]
    run_rotation(rotation=three, by=root, now=now)
    notice = Notification.objects.get(recipient=alice, kind="customers_rotated")
    assert notice.params["n"] == 3
    client = signed_in(alice)
    assert "3 customers came to you in turn" in client.get(reverse("accounts:notifications")).content.decode()
    assert "Given by rotation" in client.get(first.get_absolute_url()).content.decode()


# --- by itself --------------------------------------------------------------------------------------------


def test_on_arrival_what_came_since_it_was_switched_on_and_can_not_be_taken_back(root, alice, bob, pooled, reason, now):
    old = pooled()
    make_rotation(root, {alice: 1}, now, runs=Rotation.Runs.ON_ARRIVAL)
    fresh = make_customer(bob)
    release_customer(customer=fresh, reason=reason, by=bob, now=now)
    assert rotate_due(later(now, minutes=9)) == []
    (run,) = rotate_due(later(now, minutes=11))
    assert (owners([old, fresh]), run.is_automatic, run.done) == ("-A", True, 1)
    assert rotate_due(later(now, minutes=12)) == []


def test_every_working_day_once_also_later_on_that_day(root, alice, pooled, bob, reason, now):
    rotation = make_rotation(root, {alice: 1}, now, runs=Rotation.Runs.DAILY, runs_at=time(9))
    fresh = make_customer(bob)
    release_customer(customer=fresh, reason=reason, by=bob, now=now)
    thursday = later(now, minutes=20)
    assert len(rotate_due(thursday)) == 1
    assert rotate_due(later(thursday, hours=1)) == []
    again = make_customer(bob)
    release_customer(customer=again, reason=reason, by=bob, now=thursday)
    early = (now + timedelta(days=1)).replace(hour=0, minute=30)  # 8:30 in Shanghai
    assert rotate_due(early) == []
    assert len(rotate_due(later(early, hours=6))) == 1
    assert owners([fresh, again]) == "AA"
    saturday = now + timedelta(days=2)
    assert rotate_due(saturday) == []
    save_rotation(rotation=Rotation.objects.get(pk=rotation.pk), by=root, now=now)
    assert Rotation.objects.get(pk=rotation.pk).seq == 3


# --- what nobody touches ----------------------------------------------------------------------------------


def test_what_is_not_touched_in_24_working_hours_passes_on(root, alice, bob, pooled, now):
    rotation = make_rotation(root, {alice: 1, bob: 1}, now, passes_on=True)
    friday = now + timedelta(days=1)
    lying, touched = pooled(), pooled()
    run_rotation(rotation=rotation, by=root, now=friday)
    assert owners([lying, touched]) == "AB"
    say(Customer.objects.get(pk=touched.pk), bob, later(friday, hours=1))
    monday = friday + timedelta(days=3)
    assert pass_on_due(later(monday, minutes=-1)) == []
    (run,) = pass_on_due(monday)
    assert (owners([lying, touched]), run.kind, run.done) == ("BB", Run.Kind.PASS_ON, 1)
    line = RotationEntry.objects.get(rotation=rotation, seq=5)
    assert (line.data["after"], line.user) == (3, bob)
    assert passed(rotation)[2] == [("owed", "alice", "let_lie")]
    account = RotationMember.objects.get(user=alice)
    assert (account.received, account.owed) == (1, 1)  # the turn by which she had it stays used
    assert pass_on_due(later(monday, days=5)) == []  # nobody is left who did not let it lie
    assert owners([lying]) == "B"


def test_an_inquiry_passes_on_too(root, alice, bob, team, now):
    rotation = make_rotation(root, {alice: 1, bob: 1}, now, pool=None, passes_on=True)
    lead = make_lead(None, team=team)
    run_rotation(rotation=rotation, by=root, now=now)
    assert pass_on_due(later(now, hours=23)) == []
    pass_on_due(later(now, hours=24))
    lead.refresh_from_db()
    assert lead.owner == bob


# --- before it happens ------------------------------------------------------------------------------------


def test_the_preview_is_what_the_run_does(three, pooled, root, bob, now):
    User.objects.filter(pk=bob.pk).update(away_from=now.date(), away_to=now.date())
    many = [pooled() for _number in range(5)]
    ahead = run_ahead(three, now)
    names = dict(User.objects.values_list("pk", "username"))
    told = "".join(names[one.turn.member][0].upper() for _row, one in ahead.given if one)
    assert owners(many) == "-----"
    run_rotation(rotation=three, by=root, now=now)
    assert told == owners(many) == given(three)


def test_other_weights_show_their_turns(three, alice, bob, charlie, root, pooled, now):
    pooled()
    run_rotation(rotation=three, by=root, now=now)
    three = Rotation.objects.get(pk=three.pk)
    letters = {alice.pk: "A", bob.pk: "B", charlie.pk: "C"}
    wheel = wheel_of(three)
    would_be = wheel_with(wheel, [(user, 1) for user, _weight in wheel.members[:1]] + list(wheel.members[1:]))
    assert "".join(letters[turn.member] for turn in wheel.upcoming(12)) == "BCABA" + "ABCABA" + "A"
    assert "".join(letters[turn.member] for turn in would_be.upcoming(12)) == "BCABA" + "ABCB" + "ABC"


def test_what_has_given_customers_never_gives_leads(three, pooled, root, now):
    three.pool = None  # nothing was given yet
    save_rotation(rotation=three, by=root, now=now)
    three.pool = Pool.objects.get(is_default=True)
    save_rotation(rotation=three, by=root, now=now)
    pooled()
    run_rotation(rotation=three, by=root, now=now)
    three.pool = None
    with refused(errors.HasGivenOtherThings, field="pool"):
        save_rotation(rotation=three, by=root, now=now)
