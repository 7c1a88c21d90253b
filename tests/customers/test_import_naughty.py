"""Do naughty strings pass through every text field and out through the export as they came?"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from core.exporting.cells import safe_cell, unsafe_cell
from core.text import clean
from customers.models import Contact, Customer
from tests.customers.test_import import try_out, upload, verdicts, write

pytestmark = pytest.mark.django_db
BLNS = Path(__file__).resolve().parents[3] / "shared" / "data" / "E_spreadsheets" / "blns.json"
FIELDS = ("city", "region", "address", "remarks", "payment_terms", "contact.name", "contact.title", "tags")
OWN = (
    "=1+1", "+86 571 8888", "-5", "@SUM(A1)", "＝cmd", "'quoted", '"double"', "a,b;c\td", "<script>alert(1)</script>",
    "Ω≈ç√∫˜µ≤≥÷", "田中さん", "🏳0🌈️", "Robert'); DROP TABLE customers;--", "%s %(x)s {0}", "null", "undefined", "1/0",
    "\u202etest", "بسم الله", "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤", "nan", "True", "１２３", "\\", "C:\\a\\b", "../../etc/passwd",
)  # fmt: skip


def naughty() -> list[str]:
    strings = [*OWN, *(json.loads(BLNS.read_text(encoding="utf-8")) if BLNS.exists() else [])]
    return list(dict.fromkeys(strings))


def test_every_string_in_every_field_and_out_again(alice, now):
    strings = naughty()
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["Company", "Country", *FIELDS])
    for number, text in enumerate(strings):
        writer.writerow([f"Naughty {number} GmbH", "Germany", *[safe_cell(text)] * len(FIELDS)])
    run = upload(file.getvalue(), alice, now)
    run.mapping = [{"field": key} for key in ("name", "country", *FIELDS)]
    run.save()
    run = try_out(run, alice, now)
    assert "error" not in verdicts(run)
    write(run, alice, now)
    wrong = []
    for number, text in enumerate(strings):
        customer = Customer.objects.get(name=f"Naughty {number} GmbH")
        # One line of text takes no line breaks; what is longer than a field is cut.
        for kept, meant in ((customer.city, clean(text)), (customer.remarks, clean(text, newlines=True))):
            if kept and not meant.startswith(kept):
                wrong.append((text, kept))
        exported = unsafe_cell(str(safe_cell(customer.remarks)))
        if exported != customer.remarks:
            wrong.append((text, exported))
    assert wrong == []
    again = upload(file.getvalue(), alice, now)
    again.mapping = run.mapping
    again.save()
    again = try_out(again, alice, now)
    assert set(verdicts(again)) == {"same"}
    assert Contact.objects.exists()
