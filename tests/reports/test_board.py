"""Does the board answer its reader's questions, of whom the reader may ask about, in so many statements?"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine

from accounts.models import User
from core import rollups
from customers.models import Customer
from opportunities.figures.cells import Cell, Row, Sheet
from opportunities.inputs import OpportunityData
from opportunities.models import LostReason, Pipeline, Stage
from opportunities.services import (
    create_opportunity,
    lose_opportunity,
    move_opportunity,
    update_opportunity,
    win_opportunity,
)
from reports.questions import QUESTIONS, questions_for
from reports.questions.asked import Asked
from tests.factories import make_customer, make_user, say

from .reading import words

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 26, 4, tzinfo=UTC)


@pytest.fixture
def deal(rates):
    def make(owner: User, amount: int = 1000, on: date = date(2026, 11, 20), at: datetime = NOON, **data):
        fields = {
            "title": "Padlocks", "customer": make_customer(owner, country="DE"), "amount": Decimal(amount),
            "currency": "USD", "expected_on": on,
        }  # fmt: skip
        return create_opportunity(data=OpportunityData(**fields | data), by=owner, now=at)

    return make


def answer(user: User, key: str, now: datetime = NOON, **query: str) -> dict[str, list]:
    """The rows of a sheet by their first cell."""
    sheet = QUESTIONS[key].sheet(Asked.at(query, user, now))
    return {str(row.cells[0].value): [cell.value for cell in row.cells[1:]] for row in sheet.rows}


def test_each_sheet_bears_the_key_of_its_question(root, rates):
    for key, question in QUESTIONS.items():
        sheet = question.sheet(Asked.at({}, root, NOON))
        assert isinstance(sheet, Sheet)
        assert sheet.key == key


def test_who_will_miss_the_month_and_why(alice, bob, dana, deal, target, now):
    target(alice, "2026-11", 100_000)
    target(bob, "2026-11", 7_000)
    win_opportunity(opportunity=deal(alice, 2000), by=alice, now=NOON, closed_on=date(2026, 11, 26), reason="so")
    win_opportunity(opportunity=deal(bob, 1000), by=bob, now=NOON, closed_on=date(2026, 11, 26), reason="so")
    deal(alice, 3000)
    deal(alice, 500, on=date(2026, 10, 3))
    gone = deal(alice, 900)
    update_opportunity(opportunity=gone, changes={"expected_on": date(2026, 12, 9)}, by=alice, now=NOON)
    for _ in range(8):
        say(make_customer(alice), alice, datetime(2026, 10, 9, 4, tzinfo=UTC), now=NOON)
    found = answer(dana, "targets")
    goal, won, share, ahead, outlook, why = found[str(alice)]
    assert (goal, won, ahead) == (100_000, 14_000, 2_100)  # 3,000 dollars at 10 %
    assert float(share) == 0.14
    assert float(outlook) == 0.161
    assert why == (
        "all open deals of the period make 24.4\N{NO-BREAK SPACE}% of what is missing · 1 deal slipped since Monday · "
        "1 deal is past its close date · wrote down 100\N{NO-BREAK SPACE}% less than in the period before"
    )
    assert found[str(bob)][-1] == "target reached"
    later = datetime(2026, 12, 2, 4, tzinfo=UTC)
    assert answer(dana, "targets", later, period="2026-11")[str(alice)][-1] == "missed by ¥86,000"
    assert str(bob) not in answer(alice, "targets")


def test_who_misses_most_stands_first_on_the_board_with_the_team_as_sum(
    signed_in, alice, bob, dana, team, target, deal
):
    target(alice, "2026-11", 1000)
    more = [make_user(f"p{number}", team=team) for number in range(14)]
    for person in (bob, *more[1:]):
        win_opportunity(opportunity=deal(person), by=person, now=NOON, closed_on=date(2026, 11, 26), reason="so")
        target(person, "2026-11", 500)
    with time_machine.travel(NOON, tick=False):
        page = signed_in(dana).get("/board/")
    (sheet,) = [sheet for _question, sheet in page.context["answers"] if sheet.key == "targets"]
    names = [str(row.cells[0].value) for row in sheet.rows]
    assert names[0] == str(alice)
    assert names[-1] == str(team)
    assert len(names) == 13
    assert sheet.hidden == 5
    whole = signed_in(dana).get("/board/targets/").context["sheet"]
    assert str(whole.rows[0].cells[0].value) == str(team)


def test_whoever_is_farthest_from_the_weights_stands_first():
    rows = [Row((*[Cell("")] * 4, Cell(Fraction(number, 2)))) for number in (0, 1, -5, 4)]
    assert [row.cells[4].value * 2 for row in QUESTIONS["fairness"].order(rows)] == [-5, 4, 1, 0]


def test_which_stage_loses_and_against_whom(alice, dana, deal):
    stages = {stage.key: stage for stage in Stage.objects.all()}
    for amount, to in ((100, "proposal"), (200, "proposal"), (300, "needs")):
        one = deal(alice, amount)
        move_opportunity(opportunity=one, to=stages[to], by=alice, now=NOON, reason="so")
        reason = LostReason.objects.order_by("pk")[0]
        lose_opportunity(opportunity=one, reason=reason, by=alice, now=NOON, words="so", lost_to="Bosch")
    by_stage = answer(dana, "lost_in")
    assert list(by_stage) == [str(stages["proposal"]), str(stages["needs"])]
    assert by_stage[str(stages["proposal"])][:2] == [2, 0]
    assert by_stage[str(stages["proposal"])][-1] == 2100
    assert answer(dana, "competitor")["Bosch"][:3] == [0, 3, 0]
    # What nobody loses any more has its line in the period after, with 0.
    month = answer(dana, "lost_in", datetime(2026, 12, 2, 4, tzinfo=UTC), period="2026-12")
    assert {name: cells[:2] for name, cells in month.items()} == {
        str(stages["proposal"]): [0, 2], str(stages["needs"]): [0, 1]
    }  # fmt: skip


def test_what_was_lost_in_the_period_before_opens_its_deals(signed_in, alice, dana, deal):
    reason, december = LostReason.objects.order_by("pk")[0], NOON + timedelta(days=14)
    for at, title in ((NOON, "Earlier"), (december, "Later")):
        one = deal(alice, at=at, title=title)
        lose_opportunity(opportunity=one, reason=reason, by=alice, now=at, words="so", lost_to="Bosch")
    asked = Asked.at({"period": "2026-12"}, dana, december)
    for key in ("lost_in", "reason", "competitor"):
        sheet = QUESTIONS[key].sheet(asked)
        place = [str(label) for label, _kind in sheet.headers].index("Lost before")
        number = sheet.rows[0].cells[place]
        assert number.value == 1
        page = words(signed_in(dana).get(number.url).content)
        assert "Earlier" in page
        assert "Later" not in page


def test_a_firm_of_several_pipelines_reads_which_one_is_counted(signed_in, dana, deal, alice):
    deal(alice)
    client, only = signed_in(dana), Pipeline.objects.get()
    said = f"Of the pipeline {only} only."
    assert said not in words(client.get("/board/").content)
    Pipeline.objects.create(name_en="Spare parts", name_zh="配件", position=9)
    page = words(client.get("/board/").content)
    assert page.count(said) == sum(one.of_pipeline for one in QUESTIONS.values())
    assert f"The win rate is that of the pipeline {only}." in page
    assert said in words(client.get("/board/sources/").content)
    assert said not in words(client.get("/board/targets/").content)


def test_what_is_held_without_a_next_step_and_what_said(alice, bob, dana, deal, now):
    held = [make_customer(alice) for _ in range(3)]
    Customer.objects.filter(pk=held[0].pk).update(next_task_at=NOON - timedelta(days=1), next_task_title="call")
    say(held[1], alice, NOON - timedelta(hours=3), "out", now=NOON)
    say(held[1], alice, NOON - timedelta(hours=2), "in", now=NOON)
    say(held[1], alice, NOON - timedelta(days=30), "in", now=NOON)
    row = answer(dana, "hands")[str(alice)]
    assert row[:4] == [3, 2, pytest.approx(2 / 3), 1]
    assert answer(dana, "activity")[str(alice)] == [2, 1, 1, 1, 1, 0]
    assert str(bob) not in answer(alice, "hands")


def test_a_few_answers_rank_nobody(alice, dana, deal):
    def waits(country: str, n: int, hours: int) -> None:
        for _ in range(n):
            customer = make_customer(alice, country=country)
            say(customer, alice, NOON - timedelta(hours=hours), "in", now=NOON)
            say(customer, alice, NOON, "out", now=NOON)

    waits("FR", 1, 90)
    waits("DE", 2, 3)
    waits("IT", 10, 1)
    waits("ES", 11, 2)
    rollups.sweep()
    assert list(answer(dana, "answers")) == ["Spain", "Italy", "Germany", "France", "Together"]


def test_against_whom_most_is_lost_stands_first(alice, dana, deal):
    reason = LostReason.objects.order_by("pk")[0]
    for name, lost, won in (("Einhell", 1, 2), ("Bosch", 2, 0)):
        for _ in range(lost):
            lose_opportunity(opportunity=deal(alice), reason=reason, by=alice, now=NOON, words="so", lost_to=name)
        for _ in range(won):
            one = deal(alice, competitors=name)
            win_opportunity(opportunity=one, by=alice, now=NOON, closed_on=date(2026, 11, 26), reason="so")
    assert list(answer(dana, "competitor")) == ["Bosch", "Einhell"]


@pytest.mark.parametrize("who", ["alice", "dana", "root"])
def test_every_question_has_its_page(signed_in, cast, who, deal):
    deal(cast["alice"])
    client = signed_in(cast[who])
    page = client.get("/board/", {"period": "2026Q4"})
    assert page.status_code == 200
    for key in questions_for(cast[who]):
        assert f'href="/board/{key}/?scope=' in page.content.decode()
        assert client.get(f"/board/{key}/", {"period": "2026"}).status_code == 200, key


def test_nobody_asks_about_others(signed_in, alice, charlie, dana, root, other_team):
    for user, key in ((alice, f"p{dana.pk}"), (dana, f"p{charlie.pk}"), (dana, f"t{other_team.pk}"), (dana, "all")):
        for path in ("/board/", "/board/hands/"):
            assert signed_in(user).get(path, {"scope": key}).status_code == 404
        assert signed_in(user).post(f"/board/hands/file/?scope={key}", {"kind": "csv"}).status_code in (403, 404)
    assert signed_in(alice).get("/board/fairness/").status_code == 404
    assert signed_in(dana).get("/board/", {"pipeline": "77777"}).status_code == 404


def test_names_of_another_team_stand_nowhere(signed_in, charlie, dana, deal):
    win_opportunity(opportunity=deal(charlie), by=charlie, now=NOON, closed_on=date(2026, 11, 26), reason="so")
    with time_machine.travel(NOON, tick=False):
        page = signed_in(dana).get("/board/")
    assert str(charlie) not in words(page.content)


def test_an_answer_as_a_file(signed_in, dana, alice, deal):
    deal(alice)
    with time_machine.travel(NOON, tick=False):
        file = signed_in(dana).post(f"/board/hands/file/?scope=p{alice.pk}", {"kind": "csv"})
    assert file.status_code == 200
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Person,Customers held,No next step")
    assert lines[1].startswith(f"{alice},1,1,")
    assert signed_in(dana).post("/board/hands/file/", {"kind": "exe"}).status_code == 404


def test_statements_are_the_same_for_one_and_for_many(signed_in, statements, dana, alice, deal):
    client = signed_in(dana)

    def asked() -> int:
        with time_machine.travel(NOON, tick=False):
            return statements(lambda: client.get("/board/"))

    deal(alice)
    say(make_customer(alice), alice, NOON - timedelta(hours=3), "out", now=NOON)
    asked()
    one = asked()
    for _ in range(12):
        deal(alice)
        say(make_customer(alice), alice, NOON - timedelta(hours=3), "out", now=NOON)
    assert asked() == one
    print("statements", one)


def test_the_choice_is_kept_in_every_link_of_the_page(signed_in, dana, alice, deal):
    deal(alice)
    page = signed_in(dana).get("/board/", {"scope": f"p{alice.pk}", "period": "2026Q4"}).content.decode()
    links = re.findall(r'href="(/board/[a-z_]+/[^"]*)"', page)
    assert links
    assert all(f"scope=p{alice.pk}" in link and "period=2026Q4" in link for link in links)
