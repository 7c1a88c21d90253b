"""What do the pages of the runs tell, to whom, and how is what was set aside taken up again?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.exceptions import NotAllowed
from customers.models import Customer, Pool, PoolMember
from customers.services import transfer_customer
from publicpool import errors
from publicpool.models import Run, RunLine
from publicpool.run_lines import failing
from publicpool.services.reclaiming import reclaim_due
from publicpool.services.runs import retry_line
from publicpool.services.warning import warn_due
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def ran(alice, charlie, rule, now):
    """A warning and a reclaim of a customer of Alice's and one of Charlie's."""
    kept = rule("idle", 10)
    for person in (alice, charlie):
        make_customer(person, f"{person.name} GmbH", at=now - 90 * DAY)
    warned = warn_due(now)
    taken = reclaim_due(now + 3 * DAY)
    return kept, warned, taken


def test_a_run_tells_what_it_did_to_whom(signed_in, root, dana, alice, ran):
    _rule, warned, taken = ran
    page = signed_in(root).get("/pool/runs/").content.decode()
    assert "Warnings" in page
    assert "Reclaim" in page
    for run in (warned, taken):
        assert (run.done, run.seconds >= 0) == (2, True)
        everything = signed_in(root).get(run.get_absolute_url()).content.decode()
        assert "Alice GmbH" in everything
        assert "Charlie GmbH" in everything
        hers = signed_in(dana).get(run.get_absolute_url()).content.decode()
        assert "Alice GmbH" in hers
        assert "Charlie GmbH" not in hers
        assert signed_in(alice).get(run.get_absolute_url()).status_code == 404
    assert signed_in(alice).get("/pool/runs/").status_code == 403


def test_an_admin_of_a_pool_sees_what_runs_brought_into_it(signed_in, bob, pool, ran):
    _rule, warned, taken = ran
    other = Pool.objects.create(name_en="Asia")
    client = signed_in(bob)
    assert client.get("/pool/runs/").status_code == 403
    seat = PoolMember.objects.create(pool=other, user=bob, is_admin=True)
    page = client.get("/pool/runs/")
    assert (page.status_code, len(page.context["rows"])) == (200, 0)
    assert client.get(taken.get_absolute_url()).status_code == 404
    seat.delete()
    PoolMember.objects.create(pool=pool, user=bob, is_admin=True)
    PoolMember.objects.create(pool=pool, team=bob.team)
    page = client.get("/pool/runs/")
    assert [(run.pk, lines) for run, _versions, lines in page.context["rows"]] == [(taken.pk, 2)]
    shown = client.get(taken.get_absolute_url()).content.decode()
    assert "Alice GmbH" in shown
    assert "Charlie GmbH" in shown
    # Whom a rule warns of is held by somebody: that is no matter of the pool yet.
    assert client.get(warned.get_absolute_url()).status_code == 404
    # Figures stay with managers, lines of failures with those who answer for the holder.
    assert client.get("/pool/figures/").status_code == 403
    assert "/pool/runs/" in client.get("/pool/rules/").content.decode()
    assert "/pool/figures/" not in client.get("/pool/rules/").content.decode()


def test_a_manager_who_is_admin_of_a_pool_sees_each_line_once(signed_in, dana, pool, ran):
    _rule, _warned, taken = ran
    PoolMember.objects.create(pool=pool, user=dana, is_admin=True)
    page = signed_in(dana).get(taken.get_absolute_url())
    assert [line.customer.name for line, *_seen in page.context["lines"]] == ["Alice GmbH", "Charlie GmbH"]


def test_a_runs_lines_are_narrowed_by_person_and_rule(signed_in, root, charlie, ran):
    kept, warned, taken = ran
    client = signed_in(root)
    for run in (warned, taken):
        his = client.get(f"{run.get_absolute_url()}?person={charlie.pk}&rule={kept.pk}").content.decode()
        assert "Charlie GmbH" in his
        assert "Alice GmbH" not in his
        assert "touched no customer" in client.get(f"{run.get_absolute_url()}?rule=999").content.decode()
        assert client.get(f"{run.get_absolute_url()}?person=x&rule=-1").status_code == 200


def test_the_list_narrows_by_kind_and_asks_a_fixed_number_of_statements(signed_in, dana, ran, now, statements):
    client = signed_in(dana)
    few = statements(lambda: client.get("/pool/runs/"))
    for n in range(30):
        Run.objects.create(kind="reclaim" if n % 2 else "warn", on=now.date(), started_at=now + n * DAY)
    assert statements(lambda: client.get("/pool/runs/")) == few
    assert "Reclaim</td>" not in client.get("/pool/runs/?kind=warn").content.decode()
    assert "did not end" in client.get("/pool/runs/").content.decode()


@pytest.fixture
def parked(alice, rule, now):
    customer = make_customer(alice, "Stuck GmbH", at=now - 90 * DAY)
    kept = rule("idle", 10)
    run = Run.objects.create(kind="reclaim", on=now.date(), started_at=now, failed=1)
    return RunLine.objects.create(
        run=run, customer=customer, rule=kept, outcome="failed", error="Boom", at=now, attempts=5, parked_at=now
    )


def test_what_was_set_aside_is_tried_again_when_an_admin_says_so(signed_in, root, dana, parked, now):
    warn_due(now)
    assert reclaim_due(now + 3 * DAY).done == 0
    seen = signed_in(dana).get("/pool/runs/").content.decode()
    assert "Stuck GmbH" in seen
    assert "Boom" not in seen
    assert signed_in(dana).post(f"/pool/runs/lines/{parked.pk}/retry/").status_code == 403
    client = signed_in(root)
    assert "Boom" in client.get("/pool/runs/").content.decode()
    assert client.post(f"/pool/runs/lines/{parked.pk}/retry/").status_code == 302
    assert reclaim_due(now + 3 * DAY).done == 1
    assert Customer.objects.get(pk=parked.customer_id).owner is None
    assert "Stuck GmbH" not in client.get("/pool/runs/").content.decode()


def test_only_a_parked_line_and_only_by_an_admin(alice, dana, root, parked, now):
    for person in (alice, dana):
        with pytest.raises(NotAllowed):
            retry_line(line=parked, by=person, now=now)
    retry_line(line=parked, by=root, now=now)
    with pytest.raises(errors.NotParked):
        retry_line(line=parked, by=root, now=now)


def test_with_another_holder_what_was_set_aside_is_a_new_matter(root, bob, parked, now):
    customer = Customer.objects.get(pk=parked.customer_id)
    transfer_customer(customer=customer, to=bob, by=root, now=now + DAY)
    later = now + 30 * DAY
    warn_due(later)
    assert reclaim_due(later + 5 * DAY).done == 1
    assert not failing(root).exists()
