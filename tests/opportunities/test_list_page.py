"""Does the list show one's opportunities, sum them up, and let their amount, day and next step be written in place?"""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage

from core import jobs
from core.exporting.contents import Shown
from core.exporting.engine import start_export
from core.models import CustomField, ExchangeRate
from opportunities.inputs import LineData
from opportunities.models import Opportunity
from opportunities.services import set_collaborators
from tests.customers.statements import statements
from tests.factories import make_customer
from tests.weighing import weight

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_statements_does_not_grow_with_the_rows(deal, alice, signed_in, rows):
    for number in range(rows):
        deal(title=f"Deal {number}", customer=make_customer(alice, f"Firma {number} GmbH"))
    assert statements(signed_in(alice), "/opportunities/") == 9


@pytest.mark.parametrize("rows", [1, 30])
def test_a_manager_needs_the_same_number_with_every_column(deal, alice, dana, signed_in, rows):
    CustomField.objects.create(target="opportunities.opportunity", key="moq", kind="number", name_en="MOQ")
    for number in range(rows):
        deal(title=f"Deal {number}", customer=make_customer(alice, f"Firma {number} GmbH"))
    client = signed_in(dana)
    columns = ",".join(client.get("/opportunities/").context["table"].all)
    assert statements(client, f"/opportunities/?m=1&cols={columns}") == 10


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_page_of_fifty_rows_weighs_at_most_60_kb(deal, alice, signed_in, language):
    customer = make_customer(alice, "Quincaillerie Girard et Fils EURL", country="FR")
    for number in range(55):
        deal(title=f"Cadenas en laiton 40 mm, lot {number}", customer=customer, expected_on=date(2026, 12, 24))
    page = signed_in(alice).get("/opportunities/", HTTP_ACCEPT_LANGUAGE=language)
    assert len(page.context["page"].rows) == 50
    assert weight(page) <= 60_000


def test_it_opens_with_ones_own_open_ones_and_a_manager_with_all(deal, alice, bob, dana, signed_in):
    deal(title="Alices")
    deal(title="Bobs", by=bob)
    assert b"Bobs" not in signed_in(alice).get("/opportunities/").content
    page = signed_in(dana).get("/opportunities/")
    assert {row.record.title for row in page.context["rows"]} == {"Alices", "Bobs"}


def test_what_is_filtered_is_summed_up_by_currency_and_in_the_base_currency(deal, alice, signed_in):
    deal(title="a")
    deal(title="b", amount=Decimal("500.50"))
    deal(title="c", amount=Decimal(100), currency="EUR")
    deal(title="d", amount=Decimal(5), currency="AED")
    sums = signed_in(alice).get("/opportunities/").context["sums"]
    assert [(line["currency"], line["total"], line["n"]) for line in sums["lines"]] == [
        ("USD", Decimal("1500.500"), 2),
        ("AED", Decimal(5), 1),
        ("EUR", Decimal(100), 1),
    ]
    assert sums["base"] == Decimal("11303.50")
    assert sums["rates"].missing == ["AED"]
    ExchangeRate.objects.all().delete()
    assert signed_in(alice).get("/opportunities/").context["sums"]["base"] == 0


def test_sorted_by_any_head_it_stands(deal, alice, signed_in):
    for number in range(3):
        deal(title=f"Deal {number}", amount=Decimal(number + 1), customer=make_customer(alice))
    client = signed_in(alice)
    for column in client.get("/opportunities/").context["table"].all.values():
        if column.sort is not None:
            assert client.get(f"/opportunities/?m=1&sort={column.key}").status_code == 200
    titles = [row.record.title for row in client.get("/opportunities/?m=1&sort=-amount").context["rows"]]
    assert titles == ["Deal 2", "Deal 1", "Deal 0"]


# --- in place ---------------------------------------------------------------------------------------------------


def test_the_amount_is_written_in_its_cell(deal, alice, signed_in):
    one, client = deal(), signed_in(alice)
    path = f"/opportunities/{one.pk}/set/amount/"
    form = client.get(path, headers=HTMX).content.decode()
    assert 'value="1000"' in form
    assert "<h1>" not in form
    answer = client.post(path, {"amount": "1250.5", "currency": "EUR"}, headers=HTMX)
    assert "EUR\N{NO-BREAK SPACE}1,250.50" in answer.content.decode()
    one.refresh_from_db()
    assert (one.amount, one.currency, one.amount_base) == (Decimal("1250.5"), "EUR", Decimal(10004))


def test_what_is_wrong_is_said_in_the_cell_and_stays_typed(deal, alice, signed_in):
    one, client = deal(), signed_in(alice)
    answer = client.post(f"/opportunities/{one.pk}/set/amount/", {"amount": "12x", "currency": "EUR"}, headers=HTMX)
    assert answer.status_code == 422
    assert 'value="12x"' in answer.content.decode()
    assert "Enter a number" in answer.content.decode()
    one.refresh_from_db()
    assert one.amount == 1000


def test_the_sum_of_the_lines_is_not_written_over_but_its_currency_is(deal, alice, signed_in):
    one = deal(lines=[LineData("Padlock", Decimal(10), "pcs", Decimal(2))])
    client, path = signed_in(alice), f"/opportunities/{one.pk}/set/amount/"
    form = client.get(path, headers=HTMX).content.decode()
    assert "The sum of the product lines." in form
    client.post(path, {"amount": "999", "currency": "EUR"}, headers=HTMX)
    one.refresh_from_db()
    assert (one.amount, one.currency, one.amount_base) == (Decimal(20), "EUR", Decimal(160))


def test_without_a_script_it_is_a_page(deal, alice, signed_in):
    one, client = deal(), signed_in(alice)
    path = f"/opportunities/{one.pk}/set/expected/"
    assert "<h1>" in client.get(path).content.decode()
    assert client.post(path, {"expected_on": "2026-12-24"}).url == one.get_absolute_url()
    one.refresh_from_db()
    assert str(one.expected_on) == "2026-12-24"


def test_strangers_write_nothing_and_what_ended_is_not_written(deal, alice, charlie, signed_in):
    one = deal()
    path = f"/opportunities/{one.pk}/set/amount/"
    assert signed_in(charlie).post(path, {"amount": "1", "currency": "EUR"}).status_code == 404
    Opportunity.objects.filter(pk=one.pk).update(outcome="lost")
    assert signed_in(alice).post(path, {"amount": "1", "currency": "EUR"}).status_code == 403
    assert signed_in(alice).get(f"/opportunities/{one.pk}/set/owner/").status_code == 404
    one.refresh_from_db()
    assert one.amount == 1000


# --- many at once -------------------------------------------------------------------------------------------------


def test_many_are_given_away_each_with_its_result(deal, alice, bob, charlie, dana, signed_in):
    mine, bobs, foreign = deal(title="A"), deal(title="B", by=bob), deal(title="C", by=charlie)
    client = signed_in(dana)
    ids = {"pk": [mine.pk, bobs.pk, foreign.pk]}
    assert b"<b>2 opportunities</b>" in client.post("/opportunities/bulk/assign/", ids).content
    answer = client.post("/opportunities/bulk/assign/", {**ids, "go": "1", "to": bob.pk})
    assert [(str(one), bool(refusal)) for one, refusal in answer.context["outcome"]] == [("A", False), ("B", True)]
    for one in (mine, bobs, foreign):
        one.refresh_from_db()
    assert [mine.owner, bobs.owner, foreign.owner] == [bob, bob, charlie]


def test_a_salesperson_archives_nothing(deal, alice, signed_in):
    one = deal()
    answer = signed_in(alice).post("/opportunities/bulk/archive/", {"pk": one.pk, "go": "1", "reason": "twice"})
    assert [bool(refusal) for _one, refusal in answer.context["outcome"]] == [True]
    one.refresh_from_db()
    assert one.archived_at is None


# --- files ----------------------------------------------------------------------------------------------------------


def test_the_file_has_ones_own_with_customer_and_currency_apart(deal, alice, bob, now):
    alice.may_export = True
    alice.save()
    deal(title="Alices", customer=make_customer(alice, "Hafenlicht GmbH"), expected_on=date(2026, 12, 24))
    shared = deal(title="Bobs", by=bob)
    set_collaborators(opportunity=shared, users=[alice], by=bob, now=now)
    query = "cols=title,amount,expected"
    job = start_export(page="opportunities", query=query, kind="csv", content=Shown.key, by=alice, now=now)
    jobs.run_due(lambda: now)
    job.refresh_from_db()
    with default_storage.open(job.result["file"]) as file:
        head, *lines = csv.reader(io.StringIO(file.read().decode("utf-8-sig")))
    assert head == [
        "Deal", "Customer", "Country", "Amount", "Currency", "Amount in the base currency", "Expected close",
    ]  # fmt: skip
    assert lines == [["Alices", "Hafenlicht GmbH", "DE", "1000", "USD", "7000", "2026-12-24"]]
