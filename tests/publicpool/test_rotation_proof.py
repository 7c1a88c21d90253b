"""Can anybody find out that a line was changed, taken out or cut off, and that weights are what they are said to be?"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pgtrigger
import pytest
from django.conf import settings
from django.db import connection

from core.models import OutgoingMail
from core.zones import business_day
from customers.models import Customer
from customers.services import transfer_customer
from opportunities.inputs import OpportunityData
from opportunities.models import Opportunity
from opportunities.services import create_opportunity, win_opportunity
from publicpool.conversion import conversion
from publicpool.models import PoolSettings, Rotation, RotationEntry, RotationHead, RotationMember
from publicpool.proving import prove
from publicpool.rotation.weights import Figures, weigh
from publicpool.services import add_member, claim_customer, run_rotation
from publicpool.services.heads import write_heads

from .rotations import make_rotation

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LEDGER = "publicpool.RotationEntry:rotation_ledger_is_append_only"


@pytest.fixture
def lived(root, alice, bob, charlie, pooled, now) -> Rotation:
    rotation = make_rotation(root, {alice: 3, bob: 2, charlie: 1}, now)
    for _number in range(8):
        pooled()
    run_rotation(rotation=rotation, by=root, now=now)
    return rotation


def fault(rotation: Rotation) -> tuple[int, str] | None:
    found = prove(rotation).fault
    return (found.seq, found.what) if found else None


def test_it_holds(lived):
    proof = prove(lived)
    assert (proof.holds, proof.lines) == (True, 11)


def test_anybody_can_recompute_the_hashes_with_a_few_lines(lived):
    """As docs/decisions says, without anything of ours."""
    before = hashlib.sha256(f"rotation {lived.pk}".encode()).hexdigest()
    for row in RotationEntry.objects.filter(rotation=lived).order_by("seq"):
        line = {
            "seq": row.seq, "kind": row.kind, "at": row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "by": row.by_id, "user": row.user_id, "customer": row.customer_id, "lead": row.lead_id,
            "period": row.period_id, "cycle": row.cycle, "round": row.round, "place": row.place,
            "is_owed": row.is_owed, "data": row.data,
        }  # fmt: skip
        text = json.dumps(line, sort_keys=True, separators=(",", ":"))
        before = hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()
        assert row.hash == before


@pytest.mark.parametrize("change", [{"place": 2}, {"is_owed": True}, {"data": {"passed": []}}, {"by": None}])
def test_a_changed_line_is_found(lived, change, now):
    line = RotationEntry.objects.get(rotation=lived, seq=6)
    if change == {"data": {"passed": []}}:
        change = {"at": now + timedelta(microseconds=1)}
    with pgtrigger.ignore(LEDGER):
        RotationEntry.objects.filter(pk=line.pk).update(**change)
    assert fault(lived) == (6, "hash")


def test_a_line_taken_out_is_found(lived):
    with pgtrigger.ignore(LEDGER):
        RotationEntry.objects.filter(rotation=lived, seq=6).delete()
    assert fault(lived) == (6, "missing")


def test_lines_cut_off_are_found_also_where_the_rotation_was_set_back(lived, now):
    write_heads(now + DAY)
    last = RotationEntry.objects.get(rotation=lived, seq=9)
    with pgtrigger.ignore(LEDGER):
        RotationEntry.objects.filter(rotation=lived, seq__gt=9).delete()
    assert fault(lived) == (10, "cut")
    Rotation.objects.filter(pk=lived.pk).update(seq=9, hash=last.hash)
    assert fault(lived) == (11, "cut")


def test_a_ledger_made_anew_from_some_line_on_differs_from_the_head_that_was_told(lived, alice, now):
    write_heads(now + DAY)
    before = RotationEntry.objects.get(rotation=lived, seq=10).hash
    line = RotationEntry.objects.get(rotation=lived, seq=11)
    line.at += timedelta(seconds=1)
    text = json.dumps(line.said(), sort_keys=True, separators=(",", ":"))
    hashed = hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()
    with pgtrigger.ignore(LEDGER):
        RotationEntry.objects.filter(pk=line.pk).update(at=line.at, hash=hashed)
    Rotation.objects.filter(pk=lived.pk).update(hash=hashed)
    assert fault(lived) == (11, "head")


def test_an_account_or_a_wheel_that_was_bent_is_found(lived, alice):
    RotationMember.objects.filter(user=alice).update(passed=5, received=5)
    assert fault(lived) == (11, "account")
    RotationMember.objects.filter(user=alice).update(passed=4, received=4)
    assert fault(lived) is None
    wheel = Rotation.objects.get(pk=lived.pk).wheel
    Rotation.objects.filter(pk=lived.pk).update(wheel=wheel | {"at": 0})
    assert fault(lived) == (11, "wheel")


def test_the_heads_are_told_once_a_day_by_mail(lived, root, now):
    PoolSettings().save()
    PoolSettings.get().heads_to.add(root)
    assert [write_heads(now + DAY), write_heads(now + DAY)] == [1, 0]
    head = RotationHead.objects.get()
    assert (head.seq, head.hash) == (11, Rotation.objects.get(pk=lived.pk).hash)
    mail = OutgoingMail.objects.get()
    assert head.hash in mail.text
    assert mail.to == root.email
    assert write_heads(now + 2 * DAY) == 1
    assert fault(lived) is None


def test_there_is_no_head_of_a_day_before_the_first_line(lived, root, bob, now):
    """Nor does a rotation that was set up without anybody have one."""
    assert write_heads(now) == 0
    empty = make_rotation(root, {}, now)
    assert write_heads(now + DAY) == 1
    add_member(rotation=empty, user=bob, weight=1, by=root, now=now + DAY)
    assert write_heads(now + DAY) == 0
    assert write_heads(now + 2 * DAY) == 2
    days = RotationHead.objects.values_list("rotation", "on")
    today = business_day(now)
    assert set(days) == {(lived.pk, today), (lived.pk, today + DAY), (empty.pk, today + DAY)}


# --- weights from conversion ------------------------------------------------------------------------------


def test_the_example_worked_by_hand():
    """docs/decisions/0021: the pool's 12 of 60 are p = 1/5."""
    members = {1: Figures(30, 9), 2: Figures(20, 3), 3: Figures(0, 0)}
    found = weigh(members, Figures(60, 12))
    assert [one.rate for one in found.values()] == [Fraction(11, 40), Fraction(1, 6), Fraction(1, 5)]
    # 5 × (1/6)/(11/40) = 3.03; 5 × (1/5)/(11/40) = 3.64
    assert [one.weight for one in found.values()] == [5, 3, 4]


@pytest.mark.parametrize(
    ("members", "pool", "weights"),
    [
        ({}, Figures(), []),
        ({1: Figures()}, Figures(), [1]),
        ({1: Figures(), 2: Figures()}, Figures(), [1, 1]),
        ({1: Figures(50, 0), 2: Figures()}, Figures(50, 0), [1, 1]),
        ({1: Figures(7, 7)}, Figures(7, 7), [5]),
        ({1: Figures(1000, 0), 2: Figures(10, 10)}, Figures(1010, 10), [1, 5]),
        # 5 × 1/2 is rounded half up.
        ({1: Figures(10, 10), 2: Figures(10, 5)}, Figures(20, 0), [5, 3]),
    ],
)
def test_nothing_divides_by_zero(members, pool, weights):
    assert [one.weight for one in weigh(members, pool).values()] == weights


def test_the_figures_come_from_what_was_taken_and_won(root, alice, bob, charlie, pool, pooled, now):
    taken_at = now - timedelta(days=120)
    customers = []
    for person, number in ((alice, 3), (bob, 2)):
        for _number in range(number):
            customer = pooled()
            when = taken_at - timedelta(days=200)
            customers.append((person, customer, when))
    # Moved into the past: they lay in the pool long before.
    for person, customer, when in customers:
        first, second = customer.periods.order_by("started_at")
        type(first).objects.filter(pk=first.pk).update(
            started_at=when - timedelta(days=60), ended_at=when - timedelta(days=30)
        )
        type(first).objects.filter(pk=second.pk).update(started_at=when - timedelta(days=30))
        Customer.objects.filter(pk=customer.pk).update(owned_since=when - timedelta(days=30))
        claim_customer(customer=customer, by=person, now=taken_at)
    _person, given_away, _when = customers[0]
    transfer_customer(customer=given_away, to=charlie, by=root, now=taken_at + timedelta(days=5))
    figures = conversion(pool, now)
    assert figures.people == {alice.pk: Figures(2, 0), bob.pk: Figures(2, 0)}
    assert conversion(pool, taken_at + timedelta(days=10)).people == {}
    won(customers[1][1], alice, taken_at + timedelta(days=20))
    assert conversion(pool, now).people == {alice.pk: Figures(2, 1), bob.pk: Figures(2, 0)}
    assert conversion(pool, now).pool == Figures(4, 1)
    rotation = make_rotation(root, {alice: 1, bob: 1}, now, weights_by=Rotation.WeightsBy.CONVERSION)
    run_rotation(rotation=rotation, by=root, now=now)
    # (1 + 10/4) / 12 beside (10/4) / 12: 5 and 5 × 5/7 = 3.57
    assert [one.weight for one in RotationMember.objects.filter(rotation=rotation)] == [5, 4]
    assert by_sql(rotation, now) == {alice.pk: 5, bob.pk: 4}
    line = RotationEntry.objects.filter(rotation=rotation).order_by("-seq").first()
    assert line.data["how"]["pool"] == [4, 1]
    assert line.data["how"]["people"] == [[alice.pk, 2, 1], [bob.pk, 2, 0]]


def by_sql(rotation, now) -> dict[int, int]:
    """The weights as weights.sql, written apart, has them."""
    values = {"rotation": rotation.pk, "today": business_day(now), "zone": str(settings.BUSINESS_ZONE)}
    with connection.cursor() as cursor:
        cursor.execute(Path(__file__).with_name("weights.sql").read_text(), values)
        return dict(cursor.fetchall())


def test_without_any_figures_all_weights_are_one(root, alice, bob, pooled, now):
    rotation = make_rotation(root, {alice: 3, bob: 2}, now, weights_by=Rotation.WeightsBy.CONVERSION)
    many = [pooled() for _number in range(2)]
    run_rotation(rotation=rotation, by=root, now=now)
    assert by_sql(rotation, now) == {alice.pk: 1, bob.pk: 1}
    assert {one.weight for one in RotationMember.objects.filter(rotation=rotation)} == {1}
    assert Customer.objects.filter(pk__in=[one.pk for one in many], owner=alice).count() == 1
    assert prove(rotation).holds


def won(customer, owner, at) -> Opportunity:
    """A deal that was won on a day."""
    customer = Customer.objects.get(pk=customer.pk)
    data = OpportunityData(
        title="Drills", customer=customer, amount=Decimal(100), currency="CNY", expected_on=at.date()
    )
    deal = create_opportunity(data=data, by=owner, now=at)
    return win_opportunity(opportunity=deal, by=owner, now=at, reason="Signed")
