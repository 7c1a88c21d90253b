"""Is the departure of somebody who holds very much all or nothing, also where the process dies in the middle?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from accounts.services.departures import carry_out, plan_departure, take_back, try_departure
from communications.models import TextTemplate
from customers.models import Customer
from followups.models import Feed
from tests.factories import say
from tests.publicpool.test_departure import fill, left, plan_to

RUN = """
import django
django.setup()
from django.utils import timezone
from accounts.models import Departure, User
from accounts.services.departures import carry_out
departure = Departure.objects.get()
carry_out(departure=departure, by=User.objects.get(username="root"), now=departure.planned_at)
"""


def started() -> subprocess.Popen[bytes]:
    """A process of its own that carries the departure out, in this test's database."""
    where = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    env = os.environ | {"DATABASE_URL": where, "DJANGO_SETTINGS_MODULE": "crm.settings"}
    return subprocess.Popen([sys.executable, "-c", RUN], cwd=settings.BASE_DIR, env=env)


def waiting_for_texts() -> bool:
    """Does somebody wait for the lock that this test holds, with everything else handed over already?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            " AND query LIKE '%communications_texttemplate%'"
        )
        return bool(cursor.fetchone()[0])


def others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND xact_start IS NOT NULL AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]


def until(asked, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not asked():
        assert time.monotonic() < end, "it did not come so far"
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_five_hundred_customers_killed_in_the_middle_then_done_then_taken_back(
    alice, bob, charlie, root, pool, now, promises
):
    mine = fill(alice, bob, now, customers=500, tasks=299, deals=40, leads=20)
    plan = plan_to(charlie, alice)
    plan["customers"] = [{"way": "person", "target": bob.pk, "countries": ["FR"]}, *plan["customers"]]
    plan["opportunities"] = [{"way": "party"}, *plan["opportunities"]]
    before = left(alice)
    assert (before["customers"], before["opportunities"], before["leads"]) == (500, 40, 20)
    assert before["tasks"] >= 300
    theirs = {person.pk: left(person) for person in (bob, charlie)}
    departure = plan_departure(person=alice, plan=plan, by=root, now=now)
    departure = try_departure(departure=departure, now=now)
    promises()

    with transaction.atomic():
        TextTemplate.objects.select_for_update().get(owner=alice)
        process = started()
        until(lambda: waiting_for_texts() or process.poll() is not None)
        assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
    until(lambda: others() == 0)
    departure.refresh_from_db()
    assert (departure.state, left(alice)) == ("planned", before)
    assert User.objects.get(pk=alice.pk).is_active
    assert Feed.objects.filter(user=alice, revoked_at=None).exists()
    assert {person.pk: left(person) for person in (bob, charlie)} == theirs
    promises()

    departure = carry_out(departure=departure, by=root, now=now)
    assert (left(alice), departure.counts) == ({}, before)
    assert before.pop("rotations") == 1  # nobody inherits turns
    got = {
        kind: sum(left(person).get(kind, 0) - theirs[person.pk].get(kind, 0) for person in (bob, charlie))
        for kind in before
    }
    assert got == before
    promises()

    touched = [one for one in mine if str(one.country) == "FR"][:3]
    for customer in touched:
        customer.refresh_from_db()
        say(customer, bob, now + timedelta(minutes=5))
    stay = take_back(departure=departure, by=root, now=now + timedelta(hours=1), reactivates=True)
    assert {one.unit for one in stay} == {f"customers.customer:{one.pk}" for one in touched}
    assert Customer.objects.filter(owner=alice).count() == 497
    assert left(alice)["leads"] == 20
    promises()
