"""Is a pasted inquiry shown beside the form it fills, and kept only when the person says so?"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from opportunities.models import Lead

pytestmark = pytest.mark.django_db
TEXT = """Dear Sir, we need 500 pcs of steel tubes.
Best regards,
Jane Doe
Acme Tools GmbH
Tel: +49 40 1234567
jane@acme-tools.de"""


def read(client, text=TEXT, **more):
    return client.post("/leads/paste/", {"read": "1", "text": text} | more)


def test_the_form_is_filled_beside_the_marked_text_and_nothing_is_kept(alice, signed_in):
    answer = read(signed_in(alice))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Acme Tools GmbH"' in page
    assert 'value="jane@acme-tools.de"' in page
    assert '<option value="DE" selected>' in page
    assert re.search(r'<mark class="found" title="company">Acme Tools GmbH', page)
    assert "From the text: “500”" in page
    assert not Lead.objects.exists()


def test_what_the_person_confirms_is_kept_with_the_whole_text(alice, signed_in):
    client = signed_in(alice)
    said = {"company": "Acme Tools GmbH", "email": "jane@acme-tools.de", "message": TEXT, "city": "Hamburg"}
    answer = client.post("/leads/paste/", said)
    lead = Lead.objects.get()
    assert answer.url == lead.get_absolute_url()
    assert (lead.owner, lead.company, lead.city, lead.message) == (alice, "Acme Tools GmbH", "Hamburg", TEXT)


def test_what_is_wrong_is_shown_with_the_text_still_beside_it(alice, signed_in):
    answer = signed_in(alice).post("/leads/paste/", {"message": TEXT, "email": "no address", "amount": "5"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<mark class="found"' in page
    assert not Lead.objects.exists()


def test_a_mail_as_a_file_is_read_with_its_head_and_its_day(alice, signed_in):
    raw = (
        "From: Jane Doe <jane@acme-tools.de>\nTo: us@firm.example\nDate: Mon, 16 Nov 2026 10:12:00 +0100\n"
        "Subject: =?gb2312?B?0a/FzA==?=\nContent-Type: text/plain; charset=utf-8\n\nWe need 500 pcs of steel tubes.\n"
    )
    client = signed_in(alice)
    page = read(client, "", file=SimpleUploadedFile("mail.eml", raw.encode())).content.decode()
    assert 'value="询盘"' in page
    assert 'value="jane@acme-tools.de"' in page
    asked = re.search(r'name="asked_at" value="([^"]+)"', page)[1]
    client.post("/leads/paste/", {"message": "x", "asked_at": asked})
    assert Lead.objects.get().asked_at == datetime(2026, 11, 16, 9, 12, tzinfo=UTC)


@pytest.mark.parametrize("asked", ["", "nonsense", "0001-01-01T00:00+00:00", "9999-12-31T23:59:59+00:00", "2026-01-01"])
def test_a_made_up_day_is_no_fault(alice, signed_in, asked):
    assert signed_in(alice).post("/leads/paste/", {"message": "x", "asked_at": asked}).status_code == 302


def test_nothing_and_no_mail_are_told(alice, signed_in):
    client = signed_in(alice)
    assert read(client, "").status_code == 422
    assert read(client, "", file=SimpleUploadedFile("x.eml", b"\xff\xfe junk")).status_code == 422


def test_our_own_address_is_not_who_asks(alice, bob, signed_in):
    text = (
        f"From: Bob <{bob.email}>\nSubject: Fwd: tubes\n\nHi Alice, see {bob.email} below.\nE-mail: jane@acme-tools.de"
    )
    page = read(signed_in(alice), text).content.decode()
    assert 'value="jane@acme-tools.de"' in page
    assert f'value="{bob.email}"' not in page
