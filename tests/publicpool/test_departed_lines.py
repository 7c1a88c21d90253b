"""Does a ledger say which of its turns a departure used, and what of it was taken back?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Departure
from accounts.services.departures import carry_out, plan_departure, take_back, try_departure
from customers.models import Customer
from publicpool.models import Rotation, RotationEntry
from publicpool.services import run_rotation
from tests.factories import make_customer, make_lead

from .rotations import make_rotation

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    """What was just done can still be taken back."""
    return timezone.now().replace(microsecond=0) - timedelta(hours=2)


@pytest.fixture
def left(root, alice, bob, charlie, pooled, now) -> tuple[Rotation, Departure]:
    """Bob and Charlie in turn: a customer by a run, then two of Alice's by her departure, the first taken back."""
    rotation = make_rotation(root, {bob: 1, charlie: 1}, now)
    pooled()
    run_rotation(rotation=rotation, by=root, now=now)
    mine = [make_customer(alice, at=now - timedelta(days=2)) for _n in range(2)]
    plan = {"customers": [{"way": "rotation", "target": rotation.pk}, {"way": "person", "target": bob.pk}]}
    departure = plan_departure(person=alice, plan=plan, by=root, now=now)
    departure = carry_out(departure=try_departure(departure=departure, now=now), by=root, now=now)
    units = [f"customers.customer:{mine[0].pk}"]
    take_back(departure=departure, by=root, now=now + timedelta(hours=1), units=units)
    assert Customer.objects.get(pk=mine[0].pk).owner == alice
    return rotation, departure


def test_its_lines_name_it_and_what_went_back(left, signed_in, root, charlie):
    rotation, departure = left
    ledger = f"{rotation.get_absolute_url()}ledger/"
    answer = signed_in(root).get(ledger)
    found = {line.row.seq: line.origin for line in answer.context["lines"] if line.row.kind == "given"}
    last = RotationEntry.objects.filter(rotation=rotation).order_by("-seq").first()
    assert last is not None
    assert [found[seq] and (found[seq].name, bool(found[seq].undone_at)) for seq in sorted(found)] == [
        None, ("Alice", True), ("Alice", False)
    ]  # fmt: skip
    page = answer.content.decode()
    assert page.count("from the departure of Alice") == 2
    assert f'<a href="{departure.get_absolute_url()}">' in page
    theirs = signed_in(charlie).get(ledger).content.decode()
    assert theirs.count("from the departure of Alice") == 2
    assert departure.get_absolute_url() not in theirs


def test_the_page_counts_what_it_gave(left, signed_in, root):
    rotation, departure = left
    (one,) = signed_in(root).get(rotation.get_absolute_url()).context["departed"]
    assert (one.name, one.given, one.back, one.url) == ("Alice", 2, 1, departure.get_absolute_url())
    page = signed_in(root).get(rotation.get_absolute_url()).content.decode()
    assert "gave 2 in turn" in page
    assert "1 taken back" in page


def test_the_file_says_it_and_the_chain_holds(left, signed_in, root):
    rotation, _departure = left
    answer = signed_in(root).post(f"{rotation.get_absolute_url()}ledger/export/", {"kind": "csv"})
    text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    assert text.count("from the departure of Alice; taken back") == 1
    assert text.count("from the departure of Alice") == 2


def test_leads_too(root, alice, bob, now, signed_in):
    rotation = make_rotation(root, {bob: 1}, now, pool=None)
    make_lead(alice, at=now - timedelta(days=2))
    plan = {"leads": [{"way": "rotation", "target": rotation.pk}, {"way": "person", "target": bob.pk}]}
    departure = plan_departure(person=alice, plan=plan, by=root, now=now)
    carry_out(departure=try_departure(departure=departure, now=now), by=root, now=now)
    page = signed_in(root).get(f"{rotation.get_absolute_url()}ledger/").content.decode()
    assert page.count("from the departure of Alice") == 1
