"""Does what leaves come back as it was, and do business cards hold what one may see, written by the rules?"""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from core import jobs
from core.exporting.engine import start_export
from core.importing import services
from core.importing.column_form import samples
from core.importing.mapping import suggest
from core.importing.readers import Shape, preview
from core.models import CustomField, ExportLog, ImportRun, Job
from core.registries import IMPORT_TARGETS
from core.text import clean
from customers.importing.fields import all_fields
from customers.inputs import ContactData, CustomerData, PointData
from customers.models import Category, CategoryDimension, Contact, Customer, Source
from customers.record_numbers import record_number
from customers.services import add_collaborator, create_customer
from tests.customers.test_import import said

pytestmark = pytest.mark.django_db
TARGET = IMPORT_TARGETS["customers"]

NAUGHTY = [
    "=1+1",
    "＝HYPERLINK(A1)",
    "+86 138",
    "-5",
    "@SUM(A1)",
    "'=cmd",
    "''",
    "\t=1",
    "0049",
    "007",
    "1e5",
    "1-10",
    "03/04/2024",
    "TRUE",
    "_x000D_ _x0041_",
    'a "quoted"; word',
    "a, b",
    "a; b",
    "a / b",
    "a|b",
    "a、b",
    "back\\slash\\",
    "\\; odd",
    "שלום, עולם",
    "مرحبا",
    "👩‍👩‍👧 ok",
    "😀",
    "Zoë ﬁ ½",
    "<script>alert(1)</script>",
    "'; DROP TABLE x; --",
    "%s %(x)s {0}",
    "N/A",
    "NULL",
    "深圳，广州",
    "ÅÄÖ ß",
    "12345678901234567890",
]


def export(by: Any, now: Any, kind: str = "csv", content: str = "all", query: str = "", lang: str = "en") -> Job:
    with translation.override(lang):
        job = start_export(page="customers", query=query, kind=kind, content=content, by=by, now=now)
    jobs.run_due(lambda: now)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.message
    return job


def content_of(job: Job) -> bytes:
    with default_storage.open(job.result["file"]) as file:
        return file.read()


def bring_back(content: bytes, name: str, by: Any, now: Any) -> ImportRun:
    """The same file through the import as far as its dry run, columns mapped as they are suggested."""
    run = services.start_run(target=TARGET, upload=SimpleUploadedFile(name, content), by=by, now=now)
    shape = Shape.from_json(run.shape)
    seen = preview(run.path, shape, n=50)
    columns = [samples(seen, place) for place in range(shape.columns)]
    fields = {field.key: field for field in TARGET.fields(by)}
    keys = suggest([*fields.values()], seen.headers, columns)
    mapping = [{"field": key} | ({"dates": "ymd"} if key and fields[key].is_date else {}) for key in keys]
    services.confirm_shape(run=run, shape=shape, headers=seen.headers, mapping=mapping, by=by)
    services.confirm_mapping(run=run, mapping=mapping, options={}, by=by, now=now)
    jobs.run_due(lambda: now)
    run.refresh_from_db()
    assert run.check_job.state == "done", run.check_job.message
    return run


@pytest.fixture
def own_fields(db) -> None:
    options = [{"key": "a", "en": "Tools; hand", "zh": "工具"}, {"key": "b", "en": "Fair", "zh": "展会"}]
    for target in ("customers.customer", "customers.contact"):
        for kind in CustomField.Kind:
            CustomField.objects.create(
                target=target,
                key=f"{target[-8:]}_{kind}".replace(".", ""),
                kind=kind,
                name_en=f"{target[10:].title()} {kind} own",
                name_zh=f"{target[-4:]}自定义{kind}",
                currency="EUR" if kind == "money" else "",
                options=options if "choice" in kind else [],
            )
    for key, many in (("line", True), ("region2", False)):
        dimension = CategoryDimension.objects.create(
            key=key, name_en=f"Our {key}", name_zh=f"我们{key}", is_multiple=many
        )
        for place in range(3):
            Category.objects.create(
                dimension=dimension, key=f"{key}-{place}", name_en=f"{key}; {place}", name_zh=f"类{place}"
            )


def custom(target: str, text: str) -> dict[str, Any]:
    values = {
        "text": text,
        "number": 12.5,
        "money": 1234.5,
        "date": "2024-02-03",
        "choice": "a",
        "multi_choice": ["a", "b"],
        "yes_no": False,
        "link": "https://a.example/x,y",
    }
    prefix = target[-8:].replace(".", "")
    return {f"{prefix}_{kind}": value for kind, value in values.items()}


@pytest.fixture
def firms(root, alice, now, own_fields) -> list[Customer]:
    categories = list(Category.objects.filter(dimension__key="line")[:2]) + list(
        Category.objects.filter(dimension__key="region2")[:1]
    )
    old = Source.objects.create(key="old", name_en="Closed fair", name_zh="旧展会", is_active=False)
    made = []
    for number, raw in enumerate(NAUGHTY):
        text = clean(raw)
        people = [
            ContactData(
                name=f"{text} {who}",
                title=text,
                department=text,
                preferred_channel="email",
                style=text,
                language="de",
                time_zone="Europe/Berlin",
                is_do_not_contact=who == "B",
                do_not_contact_reason=text if who == "B" else "",
                birthday=date(1890, 1, 2),
                is_decision_maker=who == "B",
                remarks=clean(f"{raw}\n{raw}", newlines=True),
                custom=custom("customers.contact", text),
                points=[
                    PointData("email", f"p{number}{who}@example.com"),
                    PointData("mobile", "+86 138 0013 8000"),
                    PointData("wechat", text),
                    PointData("wechat", "second"),
                    PointData("line", text),
                    PointData("viber", "+49 151 23456790"),
                    PointData("fax", "+49 711 901235"),
                    PointData("other", text),
                ],
            )
            for who in "AB"
        ]
        # Two of one name, told apart by their numbers.
        people += [ContactData(name="Li Wei", points=[PointData("phone", f"0711 90123{end}")]) for end in (31, 45)]
        data = CustomerData(
            name=f"{text} Firm {number}",
            country="DE",
            region=text,
            city=text,
            address=clean(f"{raw}\n{raw}", newlines=True),
            postal_code=text[:20],
            website=f"https://www.f{number}.example/a,b/c",
            language="de",
            time_zone="Europe/Berlin",
            size="1-10",
            source=old.pk if number % 2 else Source.objects.filter(is_active=True).first().pk,
            payment_terms=text,
            currency="EUR",
            incoterm="FOB",
            tariff_preference=text,
            purchase_cycle_days=30,
            annual_purchase=Decimal("12345678901234.56"),
            our_share=12,
            competitors=text,
            needs=clean(f"{raw}\n\n{raw}", newlines=True),
            reasons_not_won=text,
            remarks="" if number % 3 else text,
            external_id=f"{text}-{number}"[:80],
            custom=custom("customers.customer", text),
            categories=[category.pk for category in categories],
            tags=[text[:40], "two"],
            points=[
                PointData("phone", "0711 / 90 12 33"),
                PointData("fax", "+49 (711) 901234"),
                PointData("email", f"info@f{number}.example"),
                PointData("whatsapp", "+49 151 23456789"),
                PointData("skype", text),
            ],
            contacts=people if number % 4 else [],
        )
        made.append(create_customer(data=data, by=alice if number % 2 else root, now=now))
    create_customer(data=CustomerData(name="Nothing known"), by=root, now=now)
    for _twice in range(2):  # two people of one name, told apart by nothing but their numbers here
        create_customer(data=CustomerData(name="Li Na", kind="person", country="CN"), by=root, now=now)
    create_customer(data=CustomerData(name="王小明", kind="person", country="CN"), by=root, now=now)
    return made


@pytest.mark.parametrize(
    ("kind", "out", "back"),
    [("csv", "en", "en"), ("xlsx", "zh-hans", "zh-hans"), ("xlsx", "en", "zh-hans"), ("csv", "zh-hans", "en")],
)
def test_all_fields_come_back_and_change_nothing(root, now, firms, kind, out, back):
    content = content_of(export(root, now, kind, lang=out))
    with translation.override(back):
        run = bring_back(content, f"all.{kind}", root, now)
        keys = [entry["field"] for entry in run.mapping]
        assert keys == [field.key for field in all_fields()]
        others = run.rows.exclude(verdict="same")
        assert not [(row.line, row.verdict, row.cells[0], said(run, row.line, root)) for row in others[:5]]
        told = [(row.cells[0], row.reasons) for row in run.rows.all() if len(row.reasons) > 1]
        assert not [one for one in told if any(reason["code"] in ("kept", "unknown", "cut") for reason in one[1])][:3]
    assert run.rows.count() == sum(max(len(people), 1) + (len(people) > 0) for people in contacts(firms)) + 4


def contacts(firms: list[Customer]) -> list[list[Contact]]:
    return [list(firm.contacts.all()) for firm in firms]


def table_of(job: Job) -> tuple[list[str], list[dict[str, str]]]:
    rows = csv.DictReader(io.StringIO(content_of(job).decode("utf-8-sig")))
    return list(rows.fieldnames or []), list(rows)


def as_file(header: list[str], rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def test_a_customer_is_known_by_its_number_whatever_else_was_mended(root, now):
    mine = create_customer(data=CustomerData(name="Old Name GmbH", country="DE"), by=root, now=now)
    header, rows = table_of(export(root, now))
    run = bring_back(as_file(header, [rows[0] | {"Company name": "New Name AG", "City": "Bonn"}]), "a.csv", root, now)
    row = run.rows.get()
    assert (row.verdict, row.target_id) == ("update", mine.pk)
    words = said(run, row.line, root)
    assert "the same Gonghai number" in words
    assert "Not overwritten: Company name" in words


def test_a_number_that_was_guessed_or_is_not_ones_own_names_nobody(alice, charlie, root, now):
    theirs = create_customer(data=CustomerData(name="Charlies Secret GmbH", country="DE"), by=charlie, now=now)
    guessed = f"{theirs.pk}-000000"
    for number in (record_number(theirs.pk), guessed, "7", "=1+1"):
        file = as_file(["Company name", "Gonghai number"], [{"Company name": "Mine", "Gonghai number": number}])
        row = bring_back(file, "a.csv", alice, now).rows.get()
        assert row.verdict == "new"
        assert "Secret" not in str(row.reasons)
    assert row.reasons[0]["code"] == "foreign_number"


def test_do_not_contact_is_taken_and_never_taken_back(root, now):
    person = ContactData(name="Ada")
    customer = create_customer(data=CustomerData(name="A GmbH", country="DE", contacts=[person]), by=root, now=now)
    header, (row,) = table_of(export(root, now))
    closed = row | {"Do not contact": "yes", "Why not to contact": "asked us"}
    for line, verdict in ((closed, "update"), (row | {"Do not contact": "no"}, "same"), (closed, "same")):
        run = bring_back(as_file(header, [line]), "a.csv", root, now)
        assert run.rows.get().verdict == verdict
        if verdict == "update":
            services.start_writing(run=run, by=root, now=now)
            jobs.run_due(lambda: now)
    ada = customer.contacts.get()
    assert (ada.is_do_not_contact, ada.do_not_contact_reason) == (True, "asked us")


# --- one customer, chosen ones --------------------------------------------------------------------------


@pytest.fixture
def two(alice, bob, now) -> tuple[Customer, Customer]:
    person = ContactData(
        name="O'Neil; Zoë, 王",
        title="Head of “Buying”",
        department="Import",
        birthday=date(1980, 5, 6),
        remarks="Line one\nLine; two, three",
        is_do_not_contact=True,
        do_not_contact_reason="asked us",
        points=[PointData("mobile", "+86 138 0013 8000"), PointData("whatsapp", "+49 151 23456789")],
    )
    mine = CustomerData(
        name="深圳市前海联拓供应链管理有限公司 " + "很长的名字" * 12,
        country="CN",
        city="深圳",
        address="Road 1\nHouse; 2",
        website="https://lantuo.example",
        contacts=[person, ContactData(name="Plain", points=[PointData("email", "plain@lantuo.example")])],
        points=[PointData("phone", "+86 755 2345 6789")],
    )
    theirs = CustomerData(name="Shared GmbH", country="DE", contacts=[ContactData(name="Secret Person")])
    return create_customer(data=mine, by=alice, now=now), create_customer(data=theirs, by=bob, now=now)


def test_only_the_chosen_rows_leave_and_never_those_out_of_scope(alice, bob, charlie, signed_in, two, now):
    alice.may_export = True
    alice.save()
    mine, theirs = two
    add_collaborator(customer=theirs, user=alice, role="collaborator", by=bob, now=now)
    other = create_customer(data=CustomerData(name="Third"), by=alice, now=now)
    client = signed_in(alice)
    page = client.get("/exports/customers/", {"pk": mine.pk}).content.decode()
    assert mine.name in page
    answer = client.post("/exports/customers/", {"query": "cols=name", "pk": [mine.pk, theirs.pk, other.pk]})
    assert "Rows chosen: <b>2</b>" in answer.content.decode()
    for pk in (theirs.pk, "abc", "0", "99999999999999999999"):
        assert "Nothing to export" in client.get("/exports/customers/", {"pk": pk}).content.decode(), pk
    for content in ("shown", "all"):
        text = content_of(export(alice, now, content=content, query=f"pk={mine.pk}&pk={theirs.pk}")).decode()
        assert mine.name in text
        assert "Third" not in text
        assert "Shared" not in text
    assert "Secret" not in content_of(export(alice, now, "vcf", "cards")).decode()
    log = ExportLog.objects.first()
    assert (log.by, log.kind, log.rows) == (alice, "vcf", 3 + 1)
    assert "points" in log.columns


def test_a_query_too_long_to_keep_is_refused(dana, signed_in):
    assert signed_in(dana).get("/exports/customers/", {"q": "x" * 9000}).status_code == 400


@pytest.mark.parametrize("asked", ["cards-csv", "shown-vcf", "vcf", "none-csv", "-", "csv-"])
def test_what_no_content_offers_is_refused(dana, signed_in, asked):
    assert signed_in(dana).post("/exports/customers/", {"format": asked}).status_code == 422


# --- business cards -------------------------------------------------------------------------------------


def test_business_cards_are_written_by_the_rules(alice, two, now):
    alice.may_export = True
    alice.save()
    raw = content_of(export(alice, now, "vcf", "cards"))
    lines = raw.split(b"\r\n")
    assert lines.pop() == b""
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # a fold never cuts a character
    text = raw.decode().replace("\r\n ", "")
    cards = text.split("BEGIN:VCARD\r\n")[1:]
    assert len(cards) == 3  # two people, and the company for its own number
    for card in cards:
        assert card.startswith("VERSION:3.0\r\n")
        assert card.endswith("END:VCARD\r\n")
        assert "\r\nN:" in card
        assert "\r\nFN:" in card
    person = cards[0]
    assert "FN:O'Neil\\; Zoë\\, 王\r\n" in person
    assert "TEL;TYPE=CELL,VOICE:+86 138 0013 8000\r\n" in person
    assert "NOTE:Do not contact: asked us\\nLine one\\nLine\\; two\\, three\r\n" in person
    assert "ADR;TYPE=WORK:;;Road 1\\nHouse\\; 2;深圳;;;China\r\n" in person
    assert "BDAY:1980-05-06\r\n" in person
    assert "X-ABSHOWAS:COMPANY" in cards[2]


def test_business_cards_come_back_too(root, alice, two, now):
    Contact.objects.update(remarks="", is_do_not_contact=False)
    run = bring_back(content_of(export(root, now, "vcf", "cards")), "cards.vcf", root, now)
    assert [(row.verdict, said(run, row.line, root)) for row in run.rows.exclude(verdict="same")] == []
    assert run.rows.count() == 4


def test_a_name_without_letters_is_found_again(root, now):
    for name in ("😀", "!!!", "😀😀"):
        person = ContactData(name=name, points=[PointData("skype", name)])
        create_customer(data=CustomerData(name=name, country="DE", contacts=[person]), by=root, now=now)
    run = bring_back(content_of(export(root, now)), "all.csv", root, now)
    assert [(row.cells[0], row.verdict) for row in run.rows.exclude(verdict="same")] == []
