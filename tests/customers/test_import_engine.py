"""Does an import hold under kill, twice at once, nonsense and size, and write what a person would have entered?"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from core import jobs
from core.importing import engine, services
from core.models import CustomField, ImportRow, ImportRun, Job
from customers.importing.judging import CustomerWork
from customers.inputs import ContactData, CustomerData, PointData
from customers.models import (
    Category,
    Contact,
    ContactPoint,
    Customer,
    CustomerName,
    Event,
    IdentityKey,
    OwnershipPeriod,
    Source,
    StatusChange,
)
from customers.services import archive_customer, create_customer
from customers.services.bulk import create_customers
from tests.customers.test_import import broken_promises, said, try_out, upload, verdicts, write
from tests.factories import make_user
from tests.together import at_once

pytestmark = pytest.mark.django_db
Verdict = ImportRow.Verdict


def firms(first: int, last: int) -> str:
    lines = [f"Firm {n} GmbH,Germany,Person {n},p{n}@firm{n}.de" for n in range(first, last)]
    return "\n".join(["Company,Country,Contact,Email", *lines])


def columns(row: Any, *but: str) -> dict[str, Any]:
    skipped = {"id", *but}
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname not in skipped}


def test_both_ways_of_entering_leave_equal_rows(alice, now):
    """One by one and in bulk: whatever one of them learns, the other must too."""

    def data(number: int) -> CustomerData:
        return CustomerData(
            name=f"Equal {number} GmbH", country="DE", city="Ulm", code=f"X{number}", website="equal.de",
            source=Source.objects.first().pk, annual_purchase=Decimal("5.00"), external_id=f"E{number}",
            custom={"a": 1}, status="contacted", tags=["Fair", "fair", "new"],
            categories=[Category.objects.first().pk],
            points=[PointData("phone", "0711 9012331"), PointData("fax", "x")],
            contacts=[
                ContactData("Jo", title="Buyer", points=[PointData("email", "Jo@Equal.de")]),
                ContactData("Al", is_primary=True, custom={"b": 2}),
            ],
        )  # fmt: skip

    one = create_customer(data=data(1), by=alice, now=now, reason="imported")
    (made,) = create_customers([(data(2), alice)], by=alice, now=now)
    other = Customer.objects.get(pk=made)

    def picture(customer: Customer) -> dict[str, Any]:
        own = str(customer.pk), f"equal {customer.external_id[1:]}"
        rows: dict[str, Any] = {"customer": columns(customer)}
        for model in (CustomerName, ContactPoint, Contact, OwnershipPeriod, StatusChange, IdentityKey, Event):
            found = model.objects.filter(customer=customer).order_by("pk")
            rows[model.__name__] = [columns(row, "customer_id", "contact_id", "target_id", "grams") for row in found]
        rows["tags"] = sorted(customer.tags.values_list("name", flat=True))
        rows["categories"] = list(customer.categories.values_list("pk", flat=True))
        assert own
        return rows

    first, second = picture(one), picture(other)
    text = repr(second).replace("Equal 2", "Equal 1").replace("equal 2", "equal 1").replace("equal2", "equal1")
    assert text.replace("'X2'", "'X1'").replace("x2", "x1").replace("'E2'", "'E1'").replace("e2", "e1") == repr(first)
    assert broken_promises() == {}


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_goes_on_at_its_cursor_with_exact_counts(alice, now, monkeypatch):
    monkeypatch.setattr(engine, "WRITE_BATCH", 10)
    run = upload(firms(0, 35), alice, now)
    services.start_writing(run=run, by=alice, now=now)
    batches: list[int] = []

    def killed(*args: Any) -> int:
        batches.append(1)
        written = original(*args)
        if len(batches) == 3:
            raise SystemExit  # in the middle of a batch, after its rows and before its commit
        return written

    original = engine._write_batch
    monkeypatch.setattr(engine, "_write_batch", killed)
    with pytest.raises(SystemExit):
        jobs.run_due(lambda: now)
    assert Customer.objects.count() == 20, "two batches stand, the third left nothing"
    assert run.rows.filter(outcome="made").count() == 20

    later = now + jobs.LEASE + timedelta(seconds=1)
    jobs.run_due(lambda: later)
    run.refresh_from_db()
    assert (run.write_job.state, run.write_job.attempts, run.written) == (Job.State.DONE, 2, {"made": 35})
    assert Customer.objects.count() == Contact.objects.count() == 35
    assert Event.objects.filter(kind="customer.imported").count() == 35
    assert broken_promises() == {}


@pytest.mark.django_db(transaction=True)
def test_a_killed_dry_run_judges_every_line_once(alice, now, monkeypatch):
    monkeypatch.setattr(engine, "CHECK_BATCH", 10)
    run = upload(firms(0, 5), alice, now)
    run.refresh_from_db()
    with transaction.atomic():
        services.confirm_mapping(run=run, mapping=run.mapping, options={}, by=alice, now=now)
    job = Job.objects.latest("pk")
    Job.objects.filter(pk=job.pk).update(cursor={"line": 4}, done=3)
    ImportRow.objects.bulk_create(
        ImportRow(run=run, line=line, cells=["a"], leader=line, verdict=Verdict.NEW) for line in (2, 3, 4)
    )
    jobs.run_due(lambda: now)
    run.refresh_from_db()
    assert list(run.rows.values_list("line", flat=True)) == [2, 3, 4, 5, 6]
    assert run.counts == {"new": 5}


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_killed_while_it_looks_for_what_is_alike_goes_on_there(alice, now, monkeypatch):
    create_customer(data=CustomerData(name="Nordlicht Werkzeuge GmbH", country="DE"), by=alice, now=now)
    monkeypatch.setattr(engine, "WARN_BATCH", 2)
    original, asked = CustomerWork.warn, []

    def killed(self: CustomerWork, groups: Any) -> Any:
        asked.append([group.leader.line for group in groups])
        if len(asked) == 2:
            raise SystemExit
        return original(self, groups)

    monkeypatch.setattr(CustomerWork, "warn", killed)
    text = firms(0, 3) + "\nNordlich Werkzeuge GmbH,Germany,Jo,\nNordlich Werkzeuge GmbH,Germany,Al,\n"
    with pytest.raises(SystemExit):
        upload(text, alice, now)
    run = ImportRun.objects.get()
    jobs.run_due(lambda: now + jobs.LEASE + timedelta(seconds=1))
    run.refresh_from_db()
    assert asked == [[2, 3], [4, 5], [4, 5]], "what was asked is not asked again"
    assert verdicts(run) == [Verdict.NEW] * 3 + [Verdict.CONFLICT] * 2
    assert run.counts == {"new": 3, "conflict": 2}
    assert (run.check_job.state, run.check_job.done, run.check_job.total) == (Job.State.DONE, 5, 5)
    assert "Nordlicht" in said(run, 5, alice)


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_overlapping_files_at_once_make_no_double(alice, bob, now):
    first, second = upload(firms(0, 30), alice, now), upload(firms(15, 45), bob, now)
    for run in (first, second):
        services.start_writing(run=run, by=run.created_by, now=now)
    outcomes = at_once([lambda: jobs.run_due(lambda: now)] * 2)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert Customer.objects.count() == 45
    for run in (first, second):
        run.refresh_from_db()
    assert first.written.get("made", 0) + second.written.get("made", 0) == 45
    assert first.written.get("refused", 0) + second.written.get("refused", 0) == 15
    assert broken_promises() == {}


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_import_keeps_whole_batches_and_can_be_repeated(alice, now, monkeypatch):
    monkeypatch.setattr(engine, "WRITE_BATCH", 10)
    run = upload(firms(0, 35), alice, now)
    services.start_writing(run=run, by=alice, now=now)
    original = engine._write_batch

    def then_cancel(*args: Any) -> int:
        written = original(*args)
        Job.objects.filter(pk=run.write_job_id).update(is_cancel_asked=Customer.objects.count() >= 20)
        return written

    run.refresh_from_db()
    monkeypatch.setattr(engine, "_write_batch", then_cancel)
    jobs.run_due(lambda: now)
    run.refresh_from_db()
    assert run.write_job.state == Job.State.CANCELLED
    assert Customer.objects.count() in (10, 20)
    monkeypatch.setattr(engine, "_write_batch", original)
    write(upload(firms(0, 35), alice, now), alice, now)
    assert Customer.objects.count() == 35


def test_somebody_was_quicker_between_the_dry_run_and_the_writing(alice, charlie, now):
    run = upload(firms(0, 3), alice, now)
    create_customer(data=CustomerData(name="Firm 1 GmbH", country="DE"), by=charlie, now=now)
    write(run, alice, now)
    assert run.written == {"made": 2, "refused": 1}
    assert "Charlie" in said(run, 3, alice)


def test_codes_match_and_a_wrong_one_keeps_the_line_out(alice, now):
    text = "Company,Country,VAT no\nMüller GmbH,Germany,DE136695976\nWrong GmbH,Germany,DE136695978\n"
    run = upload(text, alice, now)
    assert verdicts(run) == [Verdict.NEW, Verdict.ERROR]
    assert "cannot be right" in said(run, 3, alice)
    write(run, alice, now)
    again = upload("Company,Country,VAT no\nMueller Anders GmbH,Germany,DE 136 695 976\n", alice, now)
    assert verdicts(again) == [Verdict.SAME]


def test_an_email_alone_warns_and_the_person_decides(alice, now):
    data = CustomerData(name="Old Name Ltd", country="GB", points=[PointData("email", "jo@acme.com")])
    create_customer(data=data, by=alice, now=now)
    run = upload("Company,Country,Email\nQuite Different SA,France,JO@acme.com\n", alice, now)
    assert verdicts(run) == [Verdict.CONFLICT]
    row = run.rows.get()
    assert services.decide(run=run, rows=[row], decision="create", by=alice) == 1
    write(run, alice, now)
    assert Customer.objects.count() == 2


def test_a_strangers_company_cannot_be_created_anyway(alice, charlie, now):
    create_customer(data=CustomerData(name="Acme Ltd", country="GB"), by=charlie, now=now)
    run = upload("Company,Country\nAcme Limited,UK\n", alice, now)
    assert services.decide(run=run, rows=run.rows.all(), decision="create", by=alice) == 0
    with pytest.raises(services.NothingToWrite):
        services.start_writing(run=run, by=alice, now=now)


def test_an_archived_company_is_free_again(alice, root, now):
    customer = create_customer(data=CustomerData(name="Acme Ltd", country="GB"), by=alice, now=now)
    archive_customer(customer=customer, reason="closed", by=root, now=now)
    assert verdicts(upload("Company,Country\nAcme Ltd,UK\n", alice, now)) == [Verdict.NEW]


def test_owners_are_named_only_within_the_importers_reach(alice, bob, dana, charlie, now):
    text = "Company,Country,Owner\nA GmbH,DE,bob\nB GmbH,DE,alice@example.com\nC GmbH,DE,Charlie\nD GmbH,DE,\n"
    run = upload(text, dana, now)
    assert verdicts(run) == [Verdict.NEW, Verdict.NEW, Verdict.ERROR, Verdict.NEW]
    write(run, dana, now)
    owners = dict(Customer.objects.values_list("name", "owner__username"))
    assert owners == {"A GmbH": "bob", "B GmbH": "alice", "D GmbH": "dana"}
    own = upload("Company,Country,Owner\nE GmbH,DE,bob\n", alice, now)
    assert [entry["field"] for entry in own.mapping] == ["name", "country", ""], "a salesperson's are her own"
    write(own, alice, now)
    assert Customer.objects.get(name="E GmbH").owner == alice


def test_an_owner_who_is_gone_owns_nothing_new(dana, team, now):
    gone = make_user("gone", team=team)
    run = upload("Company,Country,Owner\nA GmbH,DE,gone\n", dana, now)
    gone.is_active = False
    gone.save()
    write(run, dana, now)
    assert run.written == {"refused": 1}
    assert not Customer.objects.exists()


def test_custom_fields_of_every_kind(alice, now):
    options = [{"key": "b2b", "en": "Business", "zh": "企业"}, {"key": "b2c", "en": "Shops", "zh": "门店"}]
    for place, kind in enumerate(CustomField.Kind):
        CustomField.objects.create(
            target="customers.customer", key=f"f_{kind}", kind=kind, name_en=f"My {kind}", position=place,
            options=options if "choice" in kind else [], currency="USD" if kind == "money" else "",
        )  # fmt: skip
    heads = [f"My {kind}" for kind in CustomField.Kind]
    right = ["free text", "1234.5", "USD 1,200", "2026-03-04", "企业", "Business;b2c", "yes", "example.com/a"]
    wrong = ["free text", "many", "EUR 5", "soon", "nobody", "b2b;x", "perhaps", "no link"]
    line = ",".join(f'"{value}"' for value in right)
    bad = ",".join(f'"{value}"' for value in wrong)
    run = upload(f"Company,{','.join(heads)}\nA,{line}\nB,{bad}\n", alice, now)
    run.mapping[4]["dates"] = "ymd"
    run = try_out(ImportRun.objects.get(pk=run.pk), alice, now)
    assert verdicts(run) == [Verdict.NEW, Verdict.ERROR]
    assert len(list(run.rows.get(line=3).reasons)) == 7
    write(run, alice, now)
    assert Customer.objects.get().custom == {
        "f_text": "free text", "f_number": 1234.5, "f_money": 1200, "f_date": "2026-03-04", "f_choice": "b2b",
        "f_multi_choice": ["b2b", "b2c"], "f_yes_no": True, "f_link": "https://example.com/a",
    }  # fmt: skip


def test_what_is_not_recognised_is_kept_and_told(alice, now):
    text = "Company,Country,Email,Phone,Incoterm\nA Ltd,Atlantis,not-an-address,call me,XYZ\n"
    run = upload(text, alice, now)
    assert verdicts(run) == [Verdict.NEW]
    write(run, alice, now)
    customer = Customer.objects.get()
    assert "Country: Atlantis" in customer.remarks
    assert "Incoterm: XYZ" in customer.remarks
    assert set(customer.contact_points.values_list("value", "normal")) >= {("call me", "")}
    assert customer.contact_points.filter(value="not-an-address").exists()


def test_ragged_lines_are_listed_and_never_shifted(alice, now):
    run = upload("Company,Country\nA GmbH,Germany\nB, Inc.,USA\nC GmbH\n", alice, now)
    assert verdicts(run) == [Verdict.NEW, Verdict.ERROR, Verdict.ERROR]
    assert "more cells" in said(run, 3, alice)
    assert "fewer cells" in said(run, 4, alice)


def test_many_strangers_are_named_only_up_to_the_days_limit(alice, charlie, now, monkeypatch):
    monkeypatch.setattr("customers.reveals.LIMIT", 3)
    write(upload(firms(0, 5), charlie, now), charlie, now)
    run = upload(firms(0, 5), alice, now)
    words = [said(run, line, alice) for line in range(2, 7)]
    assert [("Charlie" in text) for text in words] == [True, True, True, False, False]
    again = upload(firms(0, 5), alice, now)
    assert ["Charlie" in said(again, line, alice) for line in range(2, 7)].count(True) == 3
    tomorrow = upload(firms(3, 5), alice, now + timedelta(days=1))
    assert "Charlie" in said(tomorrow, 2, alice)


NAUGHTY = [
    "Robert'); DROP TABLE customers;--", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202egnp.exe",
    "﷽", "Ω≈ç√∫˜µ≤≥÷", "田中さんにあげて下さい", "\x00\x07bell", "👾 🙇 💁", "ﺍﻠﺴﻟﺎﻣ", "1/0", "NaN", "undefined",
    "\ufeffBOM", "a" * 5000, "%s%n%d", "{{7*7}}", "../../etc/passwd", "\u200b",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
]  # fmt: skip


def test_naughty_strings_in_every_field_neither_break_nor_run(alice, signed_in, now):
    fields = [field.key for field in services.IMPORT_TARGETS["customers"].fields(alice)]
    rows = []
    for text in NAUGHTY:
        cell = '"' + text.replace('"', '""') + '"'
        rows.append(",".join([cell] * len(fields)))
    run = upload("\n".join([",".join(f"c{n}" for n in range(len(fields))), *rows]), alice, now)
    run.mapping = [{"field": key, "dates": "dmy"} for key in fields]
    run.save()
    run = try_out(run, alice, now)
    assert sum(run.counts.values()) >= len(NAUGHTY) - 2, "lines that are blank to the eye are no rows"
    client = signed_in(alice)
    page = client.get(f"/imports/{run.pk}/check/").content.decode()
    assert "<script>alert(1)" not in page
    mend = b"".join(client.get(f"/imports/{run.pk}/mend.csv").streaming_content).decode("utf-8-sig")
    assert "\n=cmd" not in mend
    assert ",=cmd" not in mend

    names = "\n".join(["Company", *('"' + text.replace('"', '""') + '"' for text in NAUGHTY)])
    only = upload(names, alice, now)
    write(only, alice, now)
    assert Customer.objects.count() >= len(NAUGHTY) - 4
    assert client.get("/customers/").status_code == 200
    assert broken_promises() == {}
