"""Does a release take along what it must, and does undoing it bring the same back?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.exceptions import NotAllowed
from customers.models import Collaborator, Customer, OwnershipPeriod, Pool
from customers.services.errors import PersonIsGone
from followups.inputs import TaskData
from followups.models import Task
from followups.services.tasks import create_task
from opportunities.inputs import OpportunityData
from opportunities.models import Opportunity
from opportunities.services import create_opportunity
from publicpool import errors
from publicpool.countdown import Clock, countdown
from publicpool.models import ReleaseReason
from publicpool.services import ask_for_more_time, claim_customer, release_customer, undo_release
from publicpool.services.warning import warn_due
from tests.factories import make_customer, say


@pytest.fixture
def held(alice, bob, now):
    """Alice's, with a contact made, a task, a deal and Bob as collaborator."""
    customer = make_customer(alice)
    at = now - timedelta(days=3)
    say(customer, alice, at)
    Collaborator.objects.create(customer=customer, user=bob, role="collaborator", added_by=alice, added_at=at)
    create_task(data=TaskData(title="Call", kind="call", customer=customer, assignee=alice), by=alice, now=at)
    create_opportunity(data=OpportunityData(title="Padlocks", customer=customer), by=alice, now=at)
    customer.refresh_from_db()
    return customer


def test_everything_ends_that_hung_on_the_holder(held, alice, pool, reason, now):
    release_customer(customer=held, reason=reason, by=alice, now=now)
    held.refresh_from_db()
    assert (held.owner, held.pool) == (None, pool)
    assert Task.objects.get().state == "cancelled"
    assert Opportunity.objects.get().owner is None
    assert not Collaborator.objects.exists()
    assert not Customer.objects.visible_to(alice).exists()


def test_undo_restores_tasks_deals_colleagues_and_clocks_but_no_quota(held, alice, bob, pool, reason, now):
    before = held.owned_since, held.idle_since
    release = release_customer(customer=held, reason=reason, by=alice, now=now)
    undo_release(release=release, by=alice, now=now + timedelta(minutes=10))
    held.refresh_from_db()
    assert (held.owner, held.owned_since, held.idle_since) == (alice, *before)
    assert Task.objects.get().state == "not_started"
    assert Opportunity.objects.get().owner == alice
    assert Collaborator.objects.get().user == bob
    assert undo_release(release=release, by=alice, now=now + timedelta(minutes=11)).undone_at


def test_undo_ends_after_ten_minutes_and_when_somebody_took_it(held, alice, dana, reason, now):
    release = release_customer(customer=held, reason=reason, by=alice, now=now)
    with pytest.raises(errors.TooLateToUndo):
        undo_release(release=release, by=alice, now=now + timedelta(minutes=10, seconds=1))
    claim_customer(customer=held, by=dana, now=now + timedelta(minutes=1))
    with pytest.raises(errors.TakenMeanwhile):
        undo_release(release=release, by=alice, now=now + timedelta(minutes=2))


def test_a_reason_is_needed_and_some_need_words(held, alice, now):
    with pytest.raises(errors.ReasonMissing):
        release_customer(customer=held, reason=None, by=alice, now=now)
    with pytest.raises(errors.WordsMissing):
        release_customer(customer=held, reason=ReleaseReason.objects.get(key="other"), by=alice, now=now, note=" ")


def test_a_collaborator_does_not_release(held, bob, reason, now):
    with pytest.raises(NotAllowed):
        release_customer(customer=held, reason=reason, by=bob, now=now)
    assert OwnershipPeriod.objects.filter(ended_at=None, owner__isnull=False).count() == 1


def test_giving_back_and_undoing_wins_no_days_and_no_second_wish(alice, rule, reason, now):
    rule("idle", 30)
    customer = make_customer(alice, at=now - timedelta(days=24))
    warn_due(now)
    on = countdown(Clock.load(now), customer.pk).on
    ask_for_more_time(customer=customer, reason="Samples", by=alice, now=now)
    last = now + timedelta(days=(on - now.date()).days - 1)
    release = release_customer(customer=customer, reason=reason, by=alice, now=last)
    undo_release(release=release, by=alice, now=last)
    found = countdown(Clock.load(last), customer.pk)
    assert found.on == max(on, found.exempt_until)
    with pytest.raises(errors.AskedOnce):
        ask_for_more_time(customer=customer, reason="Again", by=alice, now=last)


def test_giving_back_makes_no_room_for_a_claim_beyond_the_capacity(alice, pool, pooled, reason, now):
    Pool.objects.filter(pk=pool.pk).update(capacity=1)
    other = pooled()
    release = release_customer(customer=make_customer(alice), reason=reason, by=alice, now=now)
    claim_customer(customer=other, by=alice, now=now + timedelta(minutes=1))
    with pytest.raises(errors.AtCapacity):
        undo_release(release=release, by=alice, now=now + timedelta(minutes=2))


def test_undo_gives_nothing_to_somebody_who_left(held, alice, dana, reason, now):
    release = release_customer(customer=held, reason=reason, by=dana, now=now)
    alice.is_active = False
    alice.save()
    with pytest.raises(PersonIsGone):
        undo_release(release=release, by=dana, now=now)


def test_tasks_of_a_pooled_customer_are_nobodys(held, alice, bob, dana, root, reason, now, signed_in):
    task = Task.objects.get()
    release_customer(customer=held, reason=reason, by=alice, now=now)
    for person in (alice, bob, dana, root):
        assert signed_in(person).get(f"/tasks/{task.pk}/").status_code == 404
        assert signed_in(person).post(f"/tasks/{task.pk}/reopen/").status_code == 404
        assert not Task.objects.visible_to(person).exists()
    claim_customer(customer=held, by=bob, now=now)
    assert Task.objects.visible_to(bob).get() == task
