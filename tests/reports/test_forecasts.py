"""Is the forecast kept whole and once on its days, and told beside what became of it, to those who may know?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import time_machine
from django.db import connection

from core.models import ExchangeRate, ExportLog
from opportunities.figures import reading
from opportunities.figures.asked import Asked, Period, Scope, Scopes
from opportunities.inputs import OpportunityData
from opportunities.models import LostReason, Pipeline
from opportunities.services import (
    assign_opportunity,
    create_opportunity,
    lose_opportunity,
    update_opportunity,
    win_opportunity,
)
from reports.demo_forecasts import made_up
from reports.forecasts import Mean, Record, by_person, records
from reports.models import ForecastCell, ForecastSnapshot
from reports.questions import accuracy
from reports.services.forecasts import due_days, keep_forecasts
from tests.factories import make_customer
from tests.together import at_once

from .reading import words

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# 00:07 of Sunday 1 November in Shanghai, and two weeks before.
FIRST = datetime(2026, 10, 31, 16, 7, tzinfo=UTC)
EARLIER = FIRST - 14 * DAY
NOVEMBER = date(2026, 11, 1)
PLAIN = (Path(__file__).parent / "forecast.sql").read_text()


@dataclass
class On:
    scope: Scope
    today: date


@pytest.fixture
def deal(rates):
    def make(owner, amount=1000, expected_on=date(2026, 11, 20), at=EARLIER, currency="USD"):
        data = OpportunityData(
            title="Padlocks", customer=make_customer(owner, at=at), expected_on=expected_on,
            amount=None if amount is None else Decimal(amount), currency=currency if amount else "",
        )  # fmt: skip
        return create_opportunity(data=data, by=owner, now=at)

    return make


def chance() -> Decimal:
    """Of the stage in which these deals begin."""
    return Decimal(Pipeline.objects.order_by("position")[0].stages.order_by("position")[0].probability) / 100


def kept(**which) -> list[tuple]:
    found = ForecastCell.objects.filter(**which).order_by("owner_id", "pipeline_id", "month", "currency")
    return list(found.values_list("owner_id", "pipeline_id", "month", "currency", "n", "amount", "weighted"))


def plain() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
        return cursor.fetchall()


def forecasts_of_the_demo_are_those_of_its_deals(now) -> None:
    """There is one for each due day, and made up as of now they are what the deals say now."""
    due = [*ForecastSnapshot.objects.values_list("due_on", flat=True)]
    assert len(due) > 20
    assert all(one.cells.exists() for one in ForecastSnapshot.objects.all())
    day = date(2030, 1, 1)
    made_up({day: now})
    assert kept(snapshot__due_on=day) == plain()


def rows(sheet) -> list[list]:
    return [[cell.value for cell in row.cells] for row in sheet.rows]


def test_due_on_mondays_and_firsts_of_business_time():
    assert due_days(date(2026, 11, 26)) == {date(2026, 11, 23), NOVEMBER}
    assert due_days(date(2026, 6, 1)) == {date(2026, 6, 1)}
    assert due_days(date(2026, 11, 1)) == {date(2026, 10, 26), NOVEMBER}


def test_it_holds_what_the_deals_say(alice, bob, charlie, deal):
    for owner in (alice, bob, charlie):
        for amount, expected_on in ((1000, date(2026, 11, 20)), (Decimal("33.335"), date(2026, 12, 1)), (500, None)):
            deal(owner, amount, expected_on)
    deal(alice, None)
    deal(alice, 70, currency="XAF")
    won = deal(alice)
    win_opportunity(opportunity=won, by=alice, now=EARLIER + DAY, reason="so")
    assert keep_forecasts(now=FIRST) == [date(2026, 10, 26), NOVEMBER]
    for snapshot in ForecastSnapshot.objects.all():
        assert kept(snapshot=snapshot) == plain()
    assert set(ForecastCell.objects.values_list("currency", "rate")) == {("USD", 7), ("XAF", None), ("", None)}


def test_it_is_what_the_funnels_page_says_that_day(alice, bob, charlie, dana, root, deal):
    """To the cent, for a person, a team and all: each currency is converted once for each of them."""
    for n, owner in enumerate((alice, bob, charlie) * 3):
        deal(owner, Decimal("100.015") + n, currency="USD")
        deal(owner, Decimal("90.01") + n, currency="CNY")
    deal(alice, 70, currency="XAF")
    deal(alice, None)
    keep_forecasts(now=FIRST)
    pipeline = Pipeline.objects.order_by("position")[0]
    for user in (alice, dana, root):
        for scope in Scopes.of(user).offered.values():
            if scope.key == "nobody":
                continue
            asked = Asked(scope, pipeline, Period.of("all", NOVEMBER), NOVEMBER)
            page = reading.ahead(asked, reading.Pipe.of(asked)).months.get(NOVEMBER, reading.Open())
            (record,) = records(scope.levels, [NOVEMBER])
            start = record.start
            assert start
            assert (start.n, start.worth, start.weighted) == (page.n, page.base, page.weighted), scope.key
            assert (start.unrated, start.unpriced) == (page.unrated, page.unpriced)


def test_twice_is_once_and_one_statement_finds_that_out(alice, deal, statements):
    deal(alice)
    keep_forecasts(now=FIRST)
    before = kept()
    deal(alice, at=FIRST)
    assert keep_forecasts(now=FIRST + HOUR) == []
    assert statements(lambda: keep_forecasts(now=FIRST + HOUR)) == 1
    assert kept() == before
    assert keep_forecasts(now=FIRST + DAY) == [date(2026, 11, 2)]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_keep_it_once(alice, deal):
    for _time in range(20):
        deal(alice)
    found = at_once([lambda: keep_forecasts(now=FIRST)] * 4)
    assert sorted(day for days in found for day in days) == [date(2026, 10, 26), NOVEMBER]
    assert [cell[4] for cell in kept()] == [20, 20]


def test_how_far_off_is_said_of_months_that_are_over(alice, deal):
    deal(alice)
    keep_forecasts(now=FIRST)
    for today, off in ((date(2026, 11, 20), None), (date(2026, 12, 3), 1)):
        asked = On(Scopes.of(alice).asked(""), today)
        (november,) = (row for row in accuracy.sheet(asked).rows if row.cells[0].value == NOVEMBER)
        assert [november.cells[place].value for place in (5, 6)] == [0, off]
        assert accuracy.people_of(asked, NOVEMBER, {alice.pk: alice}).rows[0].cells[6].value == off


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_is_kept_whole_or_not_at_all(alice, deal):
    deal(alice)
    done = []

    def die(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if "INSERT INTO reports_forecastcell" in sql:
            done.append(sql)
            if len(done) == 1:
                raise SystemExit
        return result

    with connection.execute_wrapper(die), pytest.raises(SystemExit):
        keep_forecasts(now=FIRST)
    for snapshot in ForecastSnapshot.objects.all():
        assert snapshot.cells.count() == 1
    keep_forecasts(now=FIRST + HOUR)
    assert [one.cells.count() for one in ForecastSnapshot.objects.all()] == [1, 1]


def test_after_an_outage_it_says_when_it_was_kept(alice, deal):
    deal(alice)
    assert keep_forecasts(now=FIRST + 2 * DAY) == [NOVEMBER, date(2026, 11, 2)]
    (record,) = records([alice.pk], [NOVEMBER])
    assert (record.start.taken_on, record.start.is_late, record.is_measured) == (date(2026, 11, 3), False, True)
    sheet = accuracy.sheet(On(Scopes.of(alice).asked(""), date(2026, 12, 3)))
    assert "kept on 3 Nov" in sheet.rows[1].cells[2].drawn
    ForecastSnapshot.objects.update(taken_at=FIRST + 10 * DAY)
    (record,) = records([alice.pk], [NOVEMBER])
    assert (record.start.is_late, record.is_measured, record.off) == (True, False, None)


def test_beside_it_stands_what_was_won_foreseen_or_not(alice, bob, deal):
    ours, lost, slips, unforeseen, _open = (deal(alice) for _time in range(5))
    update_opportunity(opportunity=unforeseen, changes={"expected_on": date(2027, 1, 9)}, by=alice, now=EARLIER)
    keep_forecasts(now=FIRST)
    later = FIRST + 5 * DAY
    win_opportunity(opportunity=ours, by=alice, now=later, reason="so")
    win_opportunity(opportunity=unforeseen, by=alice, now=later, reason="so")
    lose_opportunity(opportunity=lost, reason=LostReason.objects.first(), by=alice, now=later, words="so", lost_to="B")
    update_opportunity(opportunity=slips, changes={"expected_on": date(2026, 12, 9)}, by=alice, now=later)
    found = by_person([alice.pk, bob.pk], NOVEMBER)
    start, won = found[alice.pk].start, found[alice.pk].won
    assert (start.n, start.worth, start.weighted) == (4, 28_000, 28_000 * chance())
    assert (won.n, won.base) == (2, 14_000)
    assert found[alice.pk].share == Fraction(14_000) / Fraction(28_000 * chance())
    assert bob.pk not in found


def test_a_deal_given_away_counts_for_who_forecast_it_and_who_won_it(alice, bob, dana, deal):
    given = deal(alice)
    keep_forecasts(now=FIRST)
    assign_opportunity(opportunity=given, to=bob, by=dana, now=FIRST + DAY)
    given.refresh_from_db()
    win_opportunity(opportunity=given, by=bob, now=FIRST + 2 * DAY, reason="so")
    found = by_person([alice.pk, bob.pk], NOVEMBER)
    assert (found[alice.pk].start.n, found[alice.pk].won.n) == (1, 0)
    assert (found[bob.pk].start, found[bob.pk].won.n) == (None, 1)


def test_months_together_are_sums_and_few_say_so(alice, deal):
    def record(forecast: int, won: int, month: int) -> Record:
        one = Record(date(2026, month, 1))
        one.start = records([alice.pk], [NOVEMBER])[0].start
        one.start.weighted, one.start.n = Decimal(forecast), 4
        one.won.base = Decimal(won)
        return one

    keep_forecasts(now=FIRST)
    mean = Mean.of([record(100, 50, 8), record(300, 450, 9), Record(date(2026, 10, 1))])
    assert (mean.n, mean.forecast, mean.won, mean.is_few) == (2, 400, 500, True)
    # 50 too little and 150 too much do not make up for each other.
    assert (mean.share, mean.off) == (Fraction(5, 4), Fraction(1, 2))
    assert (Mean.of([]).share, Mean.of([]).off) == (None, None)


def test_another_base_currency_begins_anew(alice, deal, settings):
    deal(alice)
    keep_forecasts(now=FIRST)
    settings.BASE_CURRENCY = "EUR"
    assert records([alice.pk], [NOVEMBER])[0].start is None


def test_the_page_its_people_and_their_deals(signed_in, alice, bob, charlie, dana, root, deal, statements):
    months = [datetime(2026, month, 1, tzinfo=UTC) for month in (8, 9, 10, 11)]
    for number, first in enumerate(months):
        for owner in (alice, bob, charlie):
            for _time in range(2):
                at = first - 5 * DAY
                done = deal(owner, 1000 * (number + 1), first.date() + 9 * DAY, at)
        keep_forecasts(now=first + HOUR)
        win_opportunity(opportunity=done, by=charlie, now=first + 3 * DAY, reason="so")
        win_opportunity(
            opportunity=alice.opportunities.filter(outcome="open").latest("pk"), by=alice, now=first + DAY, reason="so"
        )
    with time_machine.travel(datetime(2026, 11, 26, 7, tzinfo=UTC), tick=False):
        client = signed_in(dana)
        shown = words(client.get("/forecasts/").content)
        assert "November 2026 so far" in shown
        assert "few: 4 deals" in shown
        assert client.get(f"/forecasts/?scope=p{charlie.pk}").status_code == 404
        page = client.get("/forecasts/2026-10/").content
        assert "Alice" in words(page)
        assert "Charlie" not in words(page)
        sheet = client.get("/forecasts/2026-10/").context["sheet"]
        (of_alice, of_bob, whole) = rows(sheet)
        assert whole[1:5] == [4, of_alice[2] + of_bob[2], 1, 21_000]
        for row in sheet.rows:
            listed = client.get(row.cells[3].url).context["page"].rows if row.cells[3].value else []
            assert len(listed) == row.cells[3].value
        for row in client.get("/forecasts/").context["sheet"].rows[:4]:
            assert client.get(row.cells[1].url).context["sheet"].rows[-1].cells[2].value == row.cells[2].value
        assert "Charlie" in words(signed_in(root).get("/forecasts/2026-10/?scope=all").content)
        assert client.get("/forecasts/2026-13/").status_code == 404
        assert client.get("/forecasts/2026/").status_code == 404
        assert client.get("/forecasts/?pipeline=999").status_code == 404
        few = statements(lambda: client.get("/forecasts/"))
        for _time in range(20):
            deal(bob)
        assert statements(lambda: client.get("/forecasts/")) == few <= 12
        assert "/forecasts/" in client.get("/funnel/").content.decode()
        assert client.post("/forecasts/accuracy/file/", {"kind": "csv"}).status_code == 200
        assert client.post("/forecasts/2026-10/file/", {"kind": "xlsx"}).status_code == 200
        assert client.post("/forecasts/2026-10/file/", {"kind": "x"}).status_code == 404
        assert ExportLog.objects.count() == 2
        assert ExchangeRate.objects.exists()


def test_without_any_it_says_from_when(signed_in, alice):
    assert "No forecast was kept yet" in words(signed_in(alice).get("/forecasts/").content)
