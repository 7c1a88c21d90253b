"""Do lists of inquiries become leads: a marketplace's, a fair's, the same one twice, and back again?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.importing import services as importing
from core.importing import undo
from core.importing.column_form import samples
from core.importing.engine import to_write
from core.importing.mapping import suggest
from core.importing.readers import Shape, preview
from core.importing.values import ago_of
from core.jobs import run_due
from core.models import CustomField, ImportRun
from core.registries import IMPORT_TARGETS
from customers.models import Source
from opportunities.models import Lead
from opportunities.services import start_lead, update_lead
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 7, 20, tzinfo=UTC)
MARKET = """Buyer_No,RFQ Title,Description,Quantity,Unit,Country,Quotes Left,Date Posted
B1,Vacuum bags,"Jumbo
130 x 80 cm",3000,Piece/Pieces,France Metropolitan,1,13 days ago
B2,Pet preforms,For water,"10,000",Piece/Pieces,"Congo, The Democratic Republic Of The",0,17 hours before
B3,Watch box,Luxury,300 pcs,,Atlantis,0,
B2,Steel tubes,,about two,,Germany,0,some day
"""


def bring(user: Any, text: str, *, write: bool = True, now: datetime = NOW, **options: Any) -> ImportRun:
    """Walk a file through the import with the columns that are proposed."""
    target = IMPORT_TARGETS["leads"]
    upload = SimpleUploadedFile("leads.csv", text.encode())
    run = importing.start_run(target=target, upload=upload, by=user, now=now)
    shape = Shape.from_json(run.shape)
    seen = preview(run.path, shape, n=50)
    columns = [samples(seen, place) for place in range(shape.columns)]
    fields = {one.key: one for one in target.fields(user)}
    keys = suggest(list(fields.values()), seen.headers, columns)
    mapping = [{"field": key} | ({"dates": "ymd"} if key and fields[key].is_date else {}) for key in keys]
    importing.confirm_shape(run=run, shape=shape, headers=seen.headers, mapping=mapping, by=user)
    run.refresh_from_db()
    importing.confirm_mapping(run=run, mapping=run.mapping, options=options, by=user, now=now)
    run_due(lambda: now)
    run.refresh_from_db()
    if write and to_write(run).exists():
        importing.start_writing(run=run, by=user, now=now)
        run_due(lambda: now)
        run.refresh_from_db()
    return run


def test_a_list_of_a_marketplace_is_read_without_help(alice):
    run = bring(alice, MARKET, write=False)
    assert [one["field"] for one in run.mapping] == [
        "remarks", "subject", "message", "quantity", "unit", "country", "", "asked_at",
    ]  # fmt: skip
    bring(alice, MARKET)
    bags, preforms, box, tubes = Lead.objects.order_by("pk")
    assert (bags.subject, bags.message, str(bags.country)) == ("Vacuum bags", "Jumbo\n130 x 80 cm", "FR")
    assert (bags.quantity, bags.unit, bags.asked_at) == (3000, "Piece/Pieces", NOW - timedelta(days=13))
    assert (preforms.quantity, str(preforms.country), preforms.asked_at) == (10_000, "CD", NOW - timedelta(hours=17))
    assert (box.quantity, box.unit, str(box.country), box.asked_at) == (300, "pcs", "", None)
    assert "Atlantis" in box.remarks
    assert (tubes.quantity, tubes.asked_at) == (None, None)
    assert tubes.remarks == "some day\nabout two\nB2"
    assert {bags.owner, tubes.owner} == {alice}


def test_the_same_list_again_brings_nothing(alice):
    bring(alice, MARKET)
    run = bring(alice, MARKET)
    assert Lead.objects.count() == 4
    assert run.counts == {"same": 4}


def test_the_same_line_twice_is_one_lead(alice):
    bring(alice, "Subject,Message\nTubes,We need tubes\nTubes,We need tubes\n")
    assert Lead.objects.count() == 1


def test_an_id_that_is_here_stays_or_is_taken_over(alice, bob):
    text = "ID,Company,Budget,Currency,Email\nA7,Acme Ltd,5000,USD,a@acme.example\n"
    bring(alice, text)
    lead = Lead.objects.get()
    assert (lead.external_id, lead.amount, lead.currency) == ("A7", Decimal(5000), "USD")
    changed = text.replace("5000", "6500")
    bring(alice, changed)
    lead.refresh_from_db()
    assert lead.amount == 5000
    run = bring(alice, changed, updates="yes", now=NOW + timedelta(hours=1))
    lead.refresh_from_db()
    assert lead.amount == 6500
    assert bring(bob, changed, updates="yes").counts == {"conflict": 1}
    undo.start_undo(run=run, by=alice, now=NOW + timedelta(hours=2))
    run_due(lambda: NOW + timedelta(hours=2))
    lead.refresh_from_db()
    assert lead.amount == 5000


def test_whose_they_are(dana, alice, team, root, charlie):
    source = Source.objects.first()
    bring(dana, "Subject,Owner\nOne,Alice\nTwo,\n", team=team.pk, source=source.pk)
    one, two = Lead.objects.order_by("pk")
    assert (one.owner, two.owner, two.team) == (alice, None, team)
    assert {one.source, two.source} == {source}
    run = bring(dana, "Subject,Owner\nThree,Charlie\n")
    assert run.counts == {"error": 1}
    run = bring(alice, "Subject,Owner\nFour,Bob\n")  # a salesperson's file does not say whose
    assert Lead.objects.get(subject="Four").owner == alice


def test_who_is_like_somebody_we_know_waits_for_a_person(alice, charlie):
    make_customer(charlie, "Nordwind Werkzeuge GmbH", country="DE")
    run = bring(alice, "Company,Country,Subject\nNordwind Werkzeuge AG,Germany,Drills\nElse Ltd,Germany,Tubes\n")
    held = run.rows.get(verdict="conflict")
    assert held.is_open
    assert Lead.objects.get().company == "Else Ltd"
    said = " ".join(map(str, IMPORT_TARGETS["leads"].say([held], run, alice)[held.pk]))
    assert "Nordwind Werkzeuge GmbH" in said
    assert "Charlie" in said


def test_own_fields_come_along(alice):
    CustomField.objects.create(target="opportunities.lead", key="port", kind="text", name_en="Port")
    CustomField.objects.create(target="opportunities.lead", key="urgent", kind="yes_no", name_en="Urgent")
    bring(alice, "Subject,Port,Urgent\nTubes,Hamburg,yes\n")
    assert Lead.objects.get().custom == {"port": "Hamburg", "urgent": True}


def test_taken_back_but_for_what_was_worked_on(alice):
    run = bring(alice, MARKET)
    worked, changed, *_rest = Lead.objects.order_by("pk")
    later = NOW + timedelta(hours=1)
    start_lead(lead=worked, by=alice, now=later)
    update_lead(lead=changed, changes={"city": "Kinshasa"}, by=alice, now=later)
    foreseen = undo.foresee(run, by=alice, now=later)
    assert foreseen.counts == {"back": 2, "stays": 2}
    undo.start_undo(run=run, by=alice, now=later)
    run_due(lambda: later)
    assert set(Lead.objects.visible_to(alice)) == {worked, changed}


def test_a_line_that_says_nothing_is_kept_out(alice):
    run = bring(alice, "Subject,Country\n,Germany\nTubes,\n")
    assert run.counts == {"error": 1, "new": 1}


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("13 days ago", timedelta(days=13)),
        ("1 days ago", timedelta(days=1)),
        ("17 hours before", timedelta(hours=17)),
        ("2 weeks ago", timedelta(weeks=2)),
        ("an hour ago", timedelta(hours=1)),
        ("30 minutes ago", timedelta(minutes=30)),
        ("Yesterday", timedelta(days=1)),
        ("3天前", timedelta(days=3)),
        ("5小时前", timedelta(hours=5)),
        ("昨天", timedelta(days=1)),
        ("vor 3 Tagen", timedelta(days=3)),
        ("hace 2 días", timedelta(days=2)),
        ("13 days", None),
        ("ago", None),
        ("3 apples ago", None),
        ("99999 years ago", None),
        ("", None),
    ],
)
def test_how_long_ago(text, ago):
    assert ago_of(text, NOW) == (NOW - ago if ago is not None else None)
