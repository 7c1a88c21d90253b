"""What does the look-up find in pasted lines, what does a stranger learn, and how often?"""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from core.jobs import run_due
from customers.models import Event, LookUp
from customers.services.looking_up import MOST_LINES, clear_old, probe_of_line
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("Acme GmbH", {"name": "Acme GmbH"}),
        ("Acme GmbH\tGermany\twww.acme.de", {"name": "Acme GmbH", "country": "DE", "website": "www.acme.de"}),
        ("jo@acme.de", {"points": (("email", "jo@acme.de", "jo@acme.de"),)}),
        ("+49 221 123456", {"points": (("phone", "+49 221 123456", "+49221123456"),)}),
        ("德国 | Acme GmbH | 0221 123456", {"name": "Acme GmbH", "country": "DE"}),
        ("91440300MA5F8K2X9T", {"code": "91440300MA5F8K2X9T"}),
        ("Jordan", {"name": "Jordan"}),
    ],
)
def test_how_a_line_is_read(line, wanted):
    probe = probe_of_line(line)
    assert {name: getattr(probe, name) for name in wanted} == wanted


def paste(client, text):
    answer = client.post(reverse("customers:lookup"), {"text": text})
    assert answer.status_code == 302, answer.content.decode()
    return client.get(answer["Location"])


def test_a_stranger_learns_name_owner_and_status_and_no_more(alice, charlie, signed_in, settings):
    customer = make_customer(alice, "Acme GmbH", website="acme.de", city="Secretville", remarks="hush")
    make_contact(customer, "Jo Secret", email="jo@acme.de")
    page = paste(signed_in(charlie), "Acme GmbH\nbuyer@acme.de\nZenith Optics").content.decode()
    assert page.count("Acme GmbH") >= 2
    assert "Alice" in page
    for secret in ("Secret", "hush", "jo@acme.de", f"/customers/{customer.pk}/"):
        assert secret not in page
    assert Event.objects.filter(kind="customer.revealed", by=charlie, customer=customer).count() == 1


def test_contact_data_is_matched_whole_only(alice, charlie, signed_in):
    make_contact(make_customer(alice, "Acme GmbH"), "Jo", email="jo@firm-of-acme.de")
    page = paste(signed_in(charlie), "jo@firm-of-acme\n+49 151").content.decode()
    assert "Acme GmbH" not in page


def test_beyond_the_days_number_nobody_is_named(alice, charlie, signed_in, monkeypatch):
    monkeypatch.setattr("customers.reveals.LIMIT", 2)
    names = ["Brightwater GmbH", "Zenith GmbH", "Quixote GmbH"]
    for name in names:
        make_customer(alice, name)
    client = signed_in(charlie)
    page = paste(client, "\n".join(names)).content.decode()
    assert page.count("contact data not visible") == 2
    assert "used up" in page
    # A later look at the page tells no more, and counts nothing.
    assert (
        client.get(reverse("customers:lookup_result", args=[LookUp.objects.get().pk]))
        .content.decode()
        .count("contact data not visible")
        == 2
    )
    assert Event.objects.filter(kind="customer.revealed", by=charlie).count() == 2


def test_a_long_list_runs_in_the_background_and_is_downloaded(alice, bob, signed_in, now):
    make_customer(alice, "Acme GmbH")
    client = signed_in(bob)
    lines = [f"Firm number {'bcdfgh'[n % 6] * 5} {n}" for n in range(300)] + ["Acme G.m.b.H.\tDE", "=cmd()"]
    page = paste(client, "\n".join(lines))
    assert "0 / 302" in page.content.decode()
    run_due(lambda: now)
    row = LookUp.objects.get()
    assert len(row.found) == 302
    page = client.get(reverse("customers:lookup_result", args=[row.pk]), {"only": "stands"}).content.decode()
    assert "Acme GmbH" in page
    text = b"".join(client.get(reverse("customers:lookup_file", args=[row.pk])).streaming_content).decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    assert [row[2:5] for row in table if row[0] == "301"] == [["stands already", "Acme GmbH", "Alice"]]
    assert len(table) >= 303
    assert table[-1][1] == "'=cmd()"


def test_what_is_refused_keeps_what_was_typed(alice, signed_in):
    client = signed_in(alice)
    answer = client.post(reverse("customers:lookup"), {"text": "\n".join(f"Firm {n}" for n in range(MOST_LINES + 1))})
    assert answer.status_code == 409
    assert "Firm 5000" in answer.content.decode()
    assert client.post(reverse("customers:lookup"), {"text": " \n\t"}).status_code == 422
    assert not LookUp.objects.exists()


def test_it_is_ones_own_and_forgotten_after_a_day(alice, bob, root, signed_in, now):
    client = signed_in(alice)
    paste(client, "Acme GmbH")
    row = LookUp.objects.get()
    for other in (bob, root):
        assert signed_in(other).get(reverse("customers:lookup_result", args=[row.pk])).status_code == 404
    LookUp.objects.update(at=now.replace(year=now.year - 1))
    assert clear_old(now) == 1
    row.refresh_from_db()
    assert (row.lines, row.found, row.count) == ([], [], 1)
    assert "put away" in client.get(reverse("customers:lookup_result", args=[row.pk])).content.decode()
