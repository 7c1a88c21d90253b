"""Do business cards become customers and contacts?"""

from __future__ import annotations

from pathlib import Path

import pytest

from customers.models import Contact, Customer
from tests.customers.test_import import upload, verdicts, write

pytestmark = pytest.mark.django_db
CARDS = Path(__file__).resolve().parents[3] / "shared" / "data" / "D_contacts" / "vcards"


def test_cards_come_in_with_every_field_mapped_by_itself(alice, now):
    text = (
        "BEGIN:VCARD\nVERSION:3.0\nFN:K. Vogel\nORG:Müller GmbH;Einkauf\nTITLE:Buyer\nEMAIL:k@mueller.de\n"
        "TEL;TYPE=cell:+49 171 9012331\nADR:;;Weg 1;Ulm;;89073;Germany\nX-WECHAT:kv\nBDAY:1980-03-21\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nFN:S. Kern\nORG:Müller GmbH\nADR:;;;;;;Germany\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nFN:Wang Xiaoming\nTEL:+86 138 0013 8000\nEND:VCARD\n"
    )
    run = upload(text, alice, now, "cards.vcf")
    assert [entry["field"] for entry in run.mapping if not entry["field"]] == []
    assert verdicts(run) == ["new", "new", "new"]
    write(run, alice, now)
    firm = Customer.objects.get(name="Müller GmbH")
    assert (str(firm.country), firm.city, firm.kind) == ("DE", "Ulm", "company")
    vogel = Contact.objects.get(customer=firm, name="K. Vogel")
    assert (vogel.title, vogel.department, str(vogel.birthday)) == ("Buyer", "Einkauf", "1980-03-21")
    assert set(vogel.points.values_list("kind", "value")) == {
        ("email", "k@mueller.de"), ("mobile", "+49 171 9012331"), ("wechat", "kv")
    }  # fmt: skip
    person = Customer.objects.get(name="Wang Xiaoming")
    assert (person.kind, person.contact_points.get().normal) == ("person", "+8613800138000")
    assert verdicts(upload(text, alice, now, "again.vcf")) == ["same", "same", "same"]


@pytest.mark.skipif(not CARDS.exists(), reason=f"needs {CARDS}")
def test_real_cards_come_in_once(alice, now):
    for source in sorted(CARDS.glob("*.vcf")):
        run = upload(source.read_bytes(), alice, now, source.name)
        assert "error" not in verdicts(run), source.name
        if {"new", "update"} & set(verdicts(run)):
            write(run, alice, now)
        again = set(verdicts(upload(source.read_bytes(), alice, now, source.name)))
        assert again <= {"same", "conflict"}, source.name
