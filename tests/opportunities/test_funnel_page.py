"""Does the funnel's page say what the deals say, to whom it may be said, with the rows behind every number?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core.models import ExportLog
from customers.models import Source
from opportunities import rollup, services
from opportunities.figures import reading, sheets
from opportunities.figures.asked import Asked, Period, Scopes, add_months
from opportunities.figures.cells import COUNT, Cell, Sheet
from opportunities.figures.reading import Pipe
from opportunities.filters.opportunities import OpportunityFilters
from opportunities.inputs import LineData, OpportunityData
from opportunities.models import LostReason, Opportunity, OpportunityLine, Pipeline
from tests.factories import make_customer, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rates")]
PAGE = reverse("opportunities:funnel")


@pytest.fixture
def deals(alice, bob, charlie, root, now, stages) -> list[Opportunity]:
    """Two dozen deals of three people, some won, lost, undated, ownerless, in four currencies."""
    customers = [make_customer(alice, f"Acme {code}", country=code) for code in ("DE", "FR")]
    made = []
    for place in range(24):
        owner = (alice, bob, charlie)[place % 3]
        data = OpportunityData(
            title=f"Deal {place}",
            owner=owner,
            customer=[None, *customers][place % 3 if place % 2 else 0],
            amount=[None, Decimal(100), Decimal(2000), Decimal("0.55")][place % 4],
            currency=["USD", "EUR", "CNY", "AED"][place % 4],
            expected_on=[None, now.date() - timedelta(days=70), now.date(), now.date() + timedelta(days=900)][
                place // 3 % 4
            ],
            opened_on=now.date() - timedelta(days=place * 30),
            source=[None, Source.objects.first()][place % 2],
            competitors=["", "Stanley", "Stanley Black"][place % 3],
            lines=[LineData(name) for name in ([], ["Pump"], ["Pumps", "Valve"])[place // 2 % 3]],
        )
        deal = services.create_opportunity(data=data, by=root, now=now - timedelta(days=20))
        facts = {"opportunity": deal, "by": root, "now": now - timedelta(days=place % 5)}
        if place % 4:
            # What a stage asks for is not what is tried here.
            to = stages[["needs", "proposal", "negotiation"][place % 3]]
            with rollup.kept([deal.pk]):
                deal = Opportunity.objects.get(pk=deal.pk)
                deal.moves.filter(left_at=None).update(left_at=facts["now"])
                deal.moves.create(kind="forward", before=deal.stage, after=to, by=root, at=facts["now"])
                deal.stage = deal.reached = to
                deal.stage_at = facts["now"]
                deal.save()
            facts["opportunity"] = deal
        if place % 4 == 1 and deal.customer_id and deal.amount and deal.expected_on:
            services.win_opportunity(**facts, reason="so")
        elif place % 4 in (1, 3):
            reason = LostReason.objects.all()[place % 3]
            services.lose_opportunity(**facts, reason=reason, lost_to="Bosch, Ltd.", words="so")
        made.append(deal)
    with rollup.kept([deal.pk for deal in made]):
        some = Opportunity.objects.filter(pk__in=[deal.pk for deal in made[:3]])
        some.update(opened_on=None)
        some.exclude(outcome="open").update(closed_on=None)
        Opportunity.objects.filter(pk=made[20].pk).update(owner=None)
        OpportunityLine.objects.create(opportunity=made[3], product="P" * 250)
    services.archive_opportunity(opportunity=Opportunity.objects.get(pk=made[22].pk), reason="so", by=root, now=now)
    return made


def answers(user: Any, key: str, period: Period, today: date) -> Iterator[Sheet]:
    """All tables that the page and its files have for this question."""
    scopes = Scopes.of(user)
    asked = Asked(scopes.asked(key), Pipeline.objects.get(), period, today)
    pipe = Pipe.of(asked)
    ahead = reading.ahead(asked, pipe)
    by_month = reading.closed(asked, pipe, "closed", "month")
    since = add_months(asked.month, -sheets.BEHIND)
    yield sheets.funnel(asked, reading.cohort(asked, pipe))
    yield sheets.now(asked, ahead, pipe)
    yield sheets.forecast(asked, ahead, reading.closed(asked, pipe, "closed", "month", since=since))
    yield sheets.time_in_stage(asked, reading.stays(asked), ahead, pipe)
    yield sheets.months(asked, by_month)
    for by in sheets.DIMENSIONS:
        yield sheets.win_rates(asked, pipe, scopes, by, is_whole=True)


def behind(url: str, user: Any) -> int:
    """How many rows the list shows there."""
    request = RequestFactory().get(url)
    request.user = user
    query = QueryDict(urlsplit(url).query)
    found = OpportunityFilters(query, queryset=Opportunity.objects.visible_to(user), user=user, request=request)
    assert found.is_valid(), (url, found.errors)
    return found.qs.distinct().count()


@pytest.mark.parametrize(
    ("person", "key"),
    [("alice", ""), ("dana", ""), ("dana", "bob"), ("root", "all"), ("root", "nobody"), ("root", "team")],
)
def test_every_number_opens_as_many_rows(deals, cast, now, person, key, team):
    user = cast[person]
    key = {"bob": f"p{cast['bob'].pk}", "team": f"t{team.pk}"}.get(key, key)
    seen = 0
    for period in (Period("all"), Period("", date(2026, 5, 1), date(2026, 11, 1)), Period("", None, date(2026, 11, 1))):
        for sheet in answers(user, key, period, now.date()):
            numbers = [
                cell for row in sheet.rows for cell in row.cells if cell.kind == COUNT and cell.value is not None
            ]
            for cell in [*numbers, *sheet.notes]:
                assert behind(cell.url, user) == cell.value, (sheet.key, cell)
                seen += 1
    assert seen > 50


def test_the_page_shows_the_numbers_of_its_reader(signed_in, deals, alice, dana, root):
    for user, begun in ((alice, 8), (dana, 15), (root, 22)):
        page = signed_in(user).get(PAGE, {"period": "all"})
        assert page.status_code == 200
        assert page.context["figures"][0].cell.value == begun, user


def test_nobody_asks_about_others(signed_in, alice, charlie, dana, root, team, other_team):
    foreign = [
        (alice, f"p{charlie.pk}"),
        (alice, f"p{dana.pk}"),
        (alice, f"t{team.pk}"),
        (alice, "all"),
        (alice, "team"),
        (dana, f"p{charlie.pk}"),
        (dana, f"t{other_team.pk}"),
        (dana, "all"),
        (dana, "nobody"),
        (root, "p0"),
        (root, "x"),
    ]
    for user, key in foreign:
        client = signed_in(user)
        assert client.get(PAGE, {"scope": key}).status_code == 404, (user, key)
    url = reverse("opportunities:funnel_export", args=["person"])
    answer = signed_in(dana).post(f"{url}?scope=p{charlie.pk}", {"kind": "csv"})
    assert answer.status_code == 404


def test_a_salesperson_sees_no_name_of_others(signed_in, deals, alice, charlie):
    page = signed_in(alice).get(PAGE, {"period": "all", "by": "person"}).content.decode()
    assert "Charlie" not in page
    assert 'name="scope"' not in page


def test_what_has_no_day_is_said(signed_in, deals, root):
    page = signed_in(root).get(PAGE, {"from": "2026-01", "to": "2026-11"}).content.decode()
    assert "unopened=1" in page
    assert "unclosed=1" in page


def test_bad_words_say_nothing(signed_in, alice):
    client = signed_in(alice)
    for query in (
        "from=x",
        "from=2026-13",
        "to=0000-01",
        "from=99999-01",
        "from=2026-1-1",
        "period=x&by=x",
        "from=２０２６-01",
    ):
        assert client.get(f"{PAGE}?{query}").status_code == 200, query
    for query in ("pipeline=x", "pipeline=999999", "scope=p%C2%B2"):
        assert client.get(f"{PAGE}?{query}").status_code == 404, query


@pytest.mark.parametrize("by", ["person", "source"])
def test_statements_are_the_same_for_one_deal_and_for_many(signed_in, statements, alice, dana, root, now, by):
    def make(count: int) -> None:
        for place in range(count):
            data = OpportunityData(title=f"D{place}", owner=alice, amount=Decimal(5), currency="USD")
            services.create_opportunity(data=data, by=root, now=now)

    make(1)
    client = signed_in(dana)
    client.get(PAGE)
    one = statements(lambda: client.get(PAGE, {"by": by}))
    make(30)
    assert statements(lambda: client.get(PAGE, {"by": by})) == one


def test_a_table_as_a_file(signed_in, deals, dana):
    client = signed_in(dana)
    url = reverse("opportunities:funnel_export", args=["person"]) + "?period=all"
    answer = client.post(url, {"kind": "csv"})
    assert answer["Content-Disposition"].startswith("attachment")
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert header == ["Person", "Won", "Lost", "Win rate", "Won amounts", "Worth won (CNY)"]
    assert {row[0] for row in rows} == {"Alice", "Bob"}
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.post(url, {"kind": "xlsx"}).content))
    assert book.get_sheet_by_index(0).to_python()[0] == header
    log = ExportLog.objects.latest("at")
    assert (log.page, log.by, log.kind, log.rows) == ("funnel.person", dana, "xlsx", 2)
    assert client.post(url, {"kind": "exe"}).status_code == 404
    assert client.post(url.replace("person", "x"), {"kind": "csv"}).status_code == 404


def test_a_name_that_is_a_formula_runs_nowhere(signed_in, deals, dana, alice):
    alice.name = "=cmd()"
    alice.save()
    url = reverse("opportunities:funnel_export", args=["person"]) + "?period=all"
    answer = signed_in(dana).post(url, {"kind": "csv"}).content.decode("utf-8-sig")
    assert "'=cmd()" in answer


def test_who_may_not_export_takes_no_table(signed_in, deals, alice):
    client = signed_in(alice)
    assert "funnel/funnel/file" not in client.get(PAGE).content.decode()
    assert client.post(reverse("opportunities:funnel_export", args=["funnel"]), {"kind": "csv"}).status_code == 403
    assert not ExportLog.objects.exists()


def test_shares_are_rounded_half_up():
    shown = [Cell(Fraction(part, 1000), "share").drawn for part in (0, 5, 125, 1000)]
    assert shown == [
        "0\N{NO-BREAK SPACE}%",
        "0.5\N{NO-BREAK SPACE}%",
        "12.5\N{NO-BREAK SPACE}%",
        "100\N{NO-BREAK SPACE}%",
    ]
    assert Cell(Fraction(1, 3), "share").drawn == "33.3\N{NO-BREAK SPACE}%"
    assert Cell(None, "share").drawn == "—"


def test_periods():
    today = date(2026, 11, 26)
    spans = {
        key: (one.first, one.last)
        for key in ("month", "quarter", "year", "12m", "all")
        if (one := Period.of(key, today))
    }
    november = date(2026, 11, 1)
    assert spans == {
        "month": (november, november),
        "quarter": (date(2026, 10, 1), november),
        "year": (date(2026, 1, 1), november),
        "12m": (date(2025, 12, 1), november),
        "all": (None, None),
    }
    assert Period.asked({"from": "2026-05", "to": "2026-02"}, today) == Period("", date(2026, 2, 1), date(2026, 5, 1))


def test_teams_count_those_below_them(deals, root, now, team, other_team):
    team.parent = other_team
    team.save()
    sheet = {one.key: one for one in answers(root, "all", Period("all"), now.date())}["team"]
    names = [(row.cells[0].value, row.depth) for row in sheet.rows]
    assert names == [("Americas", 0), ("Europe", 1)]
    whole, part = (row.cells[1].value + row.cells[2].value for row in sheet.rows)
    assert whole > part > 0


def test_of_many_rows_the_first_are_shown(deals, dana, now, signed_in, team, root):
    for place in range(sheets.SHOWN + 3):
        seller = make_user(name=f"Seller {place}", team=team)
        data = OpportunityData(title="D", owner=seller)
        deal = services.create_opportunity(data=data, by=root, now=now)
        reason = LostReason.objects.all()[0]
        services.lose_opportunity(opportunity=deal, reason=reason, by=root, now=now, lost_to="x", words="so")
    client = signed_in(dana)
    page = client.get(PAGE, {"period": "all"})
    assert len(page.context["by_sheet"].rows) == sheets.SHOWN
    assert page.context["by_sheet"].hidden == 5
    assert len(client.get(PAGE, {"period": "all", "whole": "1"}).context["by_sheet"].rows) == sheets.SHOWN + 5
