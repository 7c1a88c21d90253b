"""Does a customer file come in whole, once, within what the importer may, and say why where it does not?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from accounts.models import User
from core import jobs
from core.importing import services
from core.importing.column_form import samples
from core.importing.mapping import suggest
from core.importing.readers import Shape, preview
from core.models import ImportRow, ImportRun
from core.registries import IMPORT_TARGETS, INVARIANTS
from customers import ledger
from customers.inputs import CustomerData
from customers.models import Contact, ContactPoint, Customer, CustomerName, Event, OwnershipPeriod
from customers.services import archive_customer, create_customer

pytestmark = pytest.mark.django_db
TARGET = IMPORT_TARGETS["customers"]
Verdict, Outcome = ImportRow.Verdict, ImportRow.Outcome


def upload(text: str | bytes, by: User, now: datetime, name: str = "fair.csv", **options: Any) -> ImportRun:
    """A file as far as the dry run, its columns mapped as they are suggested."""
    content = text.encode() if isinstance(text, str) else text
    run = services.start_run(target=TARGET, upload=SimpleUploadedFile(name, content), by=by, now=now)
    shape = Shape.from_json(run.shape)
    seen = preview(run.path, shape, n=50)
    columns = [samples(seen, place) for place in range(shape.columns)]
    mapping = [{"field": key} for key in suggest(TARGET.fields(by), seen.headers, columns)]
    services.confirm_shape(run=run, shape=shape, headers=seen.headers, mapping=mapping, by=by)
    return try_out(run, by, now, **options)


def try_out(run: ImportRun, by: User, now: datetime, **options: Any) -> ImportRun:
    run.refresh_from_db()
    services.confirm_mapping(run=run, mapping=run.mapping, options=options, by=by, now=now)
    jobs.run_due(lambda: now)
    run.refresh_from_db()
    assert run.check_job.state == "done", run.check_job.message
    return run


def write(run: ImportRun, by: User, now: datetime) -> ImportRun:
    services.start_writing(run=run, by=by, now=now)
    jobs.run_due(lambda: now)
    run.refresh_from_db()
    assert run.write_job.state == "done", run.write_job.message
    return run


def verdicts(run: ImportRun) -> list[str]:
    return list(run.rows.order_by("line").values_list("verdict", flat=True))


def said(run: ImportRun, line: int, by: User) -> str:
    row = run.rows.get(line=line)
    return " ".join(map(str, TARGET.say([row], run, by)[row.pk]))


def broken_promises() -> dict[str, list]:
    ledger.deliver_due(timezone.now(), limit=10_000)  # as the sweep would have done long ago
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # in life it has long been; without it 8,800 deals take minutes
        for key, invariant in INVARIANTS.items():
            cursor.execute(invariant.sql)
            if rows := cursor.fetchall():
                found[key] = rows
    return found


FAIR = """Company Name,Country,Contact,Email,Phone,Tags
Müller Werkzeuge GmbH,Germany,K. Vogel,k.vogel@mueller-werkzeug.de,+49 711 901 2331,"tools, fair"
Müller Werkzeuge GmbH,Germany,S. Kern,s.kern@mueller-werkzeug.de,,
Construtora São João SA,Brasil,Paulo Lima,paulo@saojoao.com.br,+55 11 99888 7766,
,France,Nobody,nobody@example.fr,,
"""


def test_a_file_comes_in_with_its_companies_and_people(alice, now):
    run = upload(FAIR, alice, now)
    assert verdicts(run) == [Verdict.NEW, Verdict.NEW, Verdict.NEW, Verdict.ERROR]
    assert run.counts == {"new": 3, "error": 1}
    assert not Customer.objects.exists(), "a dry run writes nothing"
    assert "line 2" in said(run, 3, alice)
    assert "empty" in said(run, 5, alice)

    write(run, alice, now)
    assert run.written == {"made": 3, "refused": 1}
    mueller = Customer.objects.get(name="Müller Werkzeuge GmbH")
    assert (mueller.owner, str(mueller.country)) == (alice, "DE")
    assert sorted(mueller.contacts.values_list("name", flat=True)) == ["K. Vogel", "S. Kern"]
    assert mueller.contacts.get(is_primary=True).name == "K. Vogel"
    assert ContactPoint.objects.get(kind="phone", customer=mueller).normal == "+497119012331"
    assert sorted(mueller.tags.values_list("name", flat=True)) == ["fair", "tools"]
    assert mueller.periods.get().reason == OwnershipPeriod.Reason.IMPORTED
    assert Event.objects.filter(kind="customer.imported").count() == Customer.objects.count() == 2
    assert broken_promises() == {}


def test_the_same_file_again_makes_nothing_new(alice, now):
    write(upload(FAIR, alice, now), alice, now)
    before = [model.objects.count() for model in (Customer, CustomerName, Contact, ContactPoint, Event)]
    run = upload(FAIR, alice, now)
    assert verdicts(run) == [Verdict.SAME, Verdict.SAME, Verdict.SAME, Verdict.ERROR]
    with pytest.raises(services.NothingToWrite):
        services.start_writing(run=run, by=alice, now=now)
    assert [model.objects.count() for model in (Customer, CustomerName, Contact, ContactPoint, Event)] == before


def test_an_update_fills_blanks_and_overwrites_nothing(alice, now):
    data = CustomerData(name="Müller Werkzeuge GmbH", country="DE", city="Stuttgart")
    customer = create_customer(data=data, by=alice, now=now)
    run = upload(
        "Company,Country,City,Website,Contact,Mobile\n"
        "MÜLLER WERKZEUGE GMBH,DE,Ulm,mueller-werkzeug.de,K. Vogel,+49 171 5551234\n",
        alice,
        now,
    )
    assert verdicts(run) == [Verdict.UPDATE]
    words = said(run, 2, alice)
    assert "Website" in words
    assert "City" in words, "what is not overwritten is told"
    write(run, alice, now)
    customer.refresh_from_db()
    assert (customer.name, customer.city, customer.website) == (
        "Müller Werkzeuge GmbH",
        "Stuttgart",
        "mueller-werkzeug.de",
    )
    assert customer.contacts.get().points.get().normal == "+491715551234"
    assert run.written == {"updated": 1}
    assert Customer.objects.count() == 1
    assert broken_promises() == {}


def test_a_strangers_customer_is_named_and_never_touched(alice, charlie, now):
    data = CustomerData(name="Acme Tools Ltd", country="GB", city="Leeds", website="secret.example")
    theirs = create_customer(data=data, by=charlie, now=now)
    run = upload("Company,Country,City,Website\nACME TOOLS LIMITED,UK,York,acme.example\n", alice, now)
    assert verdicts(run) == [Verdict.CONFLICT]
    words = said(run, 2, alice)
    assert "Acme Tools Ltd" in words
    assert "Charlie" in words
    assert "Leeds" not in words
    assert "secret" not in words
    with pytest.raises(services.NothingToWrite):
        services.start_writing(run=run, by=alice, now=now)
    theirs.refresh_from_db()
    assert (theirs.city, theirs.website, theirs.owner) == ("Leeds", "secret.example", charlie)
    assert Event.objects.filter(kind="customer.revealed", by=alice, customer=theirs).count() == 1


def test_a_file_without_headers_is_mapped_by_what_stands_in_it(alice, now):
    run = upload("360Networks Inc.;Canada\n724 Solutions Inc.;Canada\nA B SKF;Sweden\n", alice, now)
    assert [entry["field"] for entry in run.mapping] == ["name", "country"]
    assert verdicts(run) == [Verdict.NEW] * 3
    write(run, alice, now)
    assert set(Customer.objects.values_list("name", "country")) == {
        ("360Networks Inc.", "CA"),
        ("724 Solutions Inc.", "CA"),
        ("A B SKF", "SE"),
    }


def test_what_is_like_a_customer_is_held_back_until_somebody_decides(alice, charlie, now):
    stands = create_customer(data=CustomerData("Brightwater Hardware Ltd", country="GB"), by=alice, now=now)
    text = "Company,Country\nBrightwater Hardwre Limited,GB\nZenith Optics Inc,US\n"
    run = try_out(upload(text, charlie, now), charlie, now)
    assert verdicts(run) == ["conflict", "new"]
    words = said(run, 2, charlie)
    assert "Brightwater Hardware Ltd" in words
    assert "similar" in words
    assert f"/customers/{stands.pk}/" not in words
    (row,) = run.rows.filter(line=2)
    services.decide(run=run, rows=[row], decision=ImportRow.Decision.CREATE, by=charlie)
    write(run, charlie, now)
    assert set(Customer.objects.filter(owner=charlie).values_list("name", flat=True)) == {
        "Brightwater Hardwre Limited",
        "Zenith Optics Inc",
    }


def test_an_archived_namesake_holds_nothing_back(alice, dana, charlie, now):
    gone = create_customer(data=CustomerData("Brightwater Hardware Ltd", country="GB"), by=alice, now=now)
    archive_customer(customer=gone, reason="closed", by=dana, now=now)
    run = try_out(upload("Company,Country\nBrightwater Hardware Ltd,GB\n", charlie, now), charlie, now)
    assert verdicts(run) == ["new"]
