"""Do 8,800 real deals come in as they stand in their file, once, and go again? Skips where the data is not at hand.

They come in whole; again, away and again come the first thousand, or all with MAVEN_WHOLE=1 (ten minutes).
"""

from __future__ import annotations

import csv
import os
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum

from accounts.models import Team, User
from core.models import ExchangeRate
from core.text import squash
from customers.models import Collaborator, Customer
from opportunities.models import Move, Opportunity, OpportunityLine
from tests.bringing import brought, said, taken_back, tried, written
from tests.customers.test_import import broken_promises
from tests.reports.board_sums import Question, differences, read_once

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "A_crm" / "maven_crm"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"needs the public sets in {DATA}"),
]
# Which of our stages a person says theirs are, and which product is misspelt.
COLUMNS = {
    "deal_stage": {"field": "stage", "values": {"prospecting": "First contact", "engaging": "Needs confirmed"}},
    "product": {"field": "product", "values": {"gtxpro": "GTX Pro"}},
}
STAGES = {"Won": "won", "Lost": "lost", "Prospecting": "first_contact", "Engaging": "needs"}


def file_rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def people(root, now):
    """The agents, their managers and regional offices, as accounts."""
    brought("people", DATA / "sales_teams.csv", root, now, no_address="make")


@pytest.fixture
def customers(root, now):
    brought("customers", DATA / "accounts.csv", root, now, columns={"account": {"field": "name"}})


def deals(by: User, now, path: Path = DATA / "sales_pipeline.csv"):
    return tried("opportunities", path, by, now, columns=COLUMNS, currency="USD")


def funnel_by(client, by: str) -> dict[str, tuple[Decimal, ...]]:
    """What the funnel's page says was won, in dollars: of each person, team or product."""
    page = client.get("/funnel/", {"period": "all", "by": by, "whole": "1"})
    rows = (row.cells for row in page.context["by_sheet"].rows)
    return {str(cells[0].value): tuple(amount for _currency, amount in cells[4].value or ()) for cells in rows}


def test_people_come_with_their_teams(root, now):
    rows = file_rows("sales_teams.csv")
    run = brought("people", DATA / "sales_teams.csv", root, now, no_address="make")
    assert run.written == {"made": len(rows)}
    for row in rows:
        agent = User.objects.get(name=row["sales_agent"])
        assert (agent.team.name_en, agent.team.parent.name_en) == (row["manager"], row["regional_office"])
        assert not agent.has_usable_password()
    managers = set(User.objects.filter(role="manager").values_list("name", flat=True))
    assert managers == {row["manager"] for row in rows}
    again = tried("people", DATA / "sales_teams.csv", root, now, no_address="make")
    assert set(again.rows.values_list("verdict", flat=True)) == {"same"}, said(again, 2, root)
    taken_back(run, root, now + timedelta(hours=1))
    assert not User.objects.filter(email__endswith=".invalid").exists()
    assert not Team.objects.exists()


def test_the_pipeline_is_what_the_file_says(root, now, signed_in, people, customers):
    rows = file_rows("sales_pipeline.csv")
    teams = {row["sales_agent"]: row for row in file_rows("sales_teams.csv")}
    begun = time.process_time()
    run = deals(root, now)
    checked = time.process_time()
    assert run.counts == {"new": len(rows)}
    brought_in = written(run, root, now)
    print(f"\n{len(rows) / (checked - begun):.0f} rows a CPU second tried, "
          f"{len(rows) / (time.process_time() - checked):.0f} written")  # fmt: skip
    assert brought_in.written == {"made": len(rows)}
    seen = Opportunity.objects.visible_to(root)

    by_stage = Counter(STAGES[row["deal_stage"]] for row in rows)
    assert dict(seen.order_by().values_list("stage__key").annotate(Count("pk"))) == by_stage
    assert by_stage == {"won": 4238, "lost": 2473, "needs": 1589, "first_contact": 500}
    assert seen.filter(customer=None).count() == sum(not row["account"] for row in rows) == 1425
    assert seen.filter(opened_on=None).count() == sum(not row["engage_date"] for row in rows) == 500
    won = seen.filter(outcome="won")
    assert won.aggregate(total=Sum("amount"))["total"] == 10_005_534

    expected: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        if row["deal_stage"] == "Won":
            agent = teams[row["sales_agent"]]
            product = "GTX Pro" if row["product"] == "GTXPro" else row["product"]
            for kind, word in (("owner__name", row["sales_agent"]), ("owner__team__name_en", agent["manager"]),
                               ("owner__team__parent__name_en", agent["regional_office"]), ("product", product),
                               ("customer__name", row["account"] or None)):  # fmt: skip
                expected[kind][word] += Decimal(row["close_value"])
    for kind, sums in expected.items():
        found = dict(won.order_by().values_list(kind).annotate(Sum("amount")))
        if kind == "customer__name":
            found = {name and squash(name): total for name, total in found.items()}
            sums = {name and squash(name): total for name, total in sums.items()}
        assert found == sums, kind
    pages = (("person", "owner__name"), ("team", "owner__team__name_en"), ("team", "owner__team__parent__name_en"),
             ("product", "product"))  # fmt: skip
    for by, kind in pages:
        assert (
            funnel_by(signed_in(root), by).items() >= {name: (total,) for name, total in expected[kind].items()}.items()
        )
    assert OpportunityLine.objects.values("product").distinct().count() == len({row["product"] for row in rows})
    closed = by_stage["won"] + by_stage["lost"]
    assert Move.objects.count() == len(rows) + closed
    first = rows[0]
    deal = Opportunity.objects.get(external_id=first["opportunity_id"])
    assert (str(deal.opened_on), str(deal.closed_on)) == ("2016-10-20", "2017-03-01")
    assert Customer.objects.filter(status__key="retained").count() > 80
    assert broken_promises() == {}
    board_of_five_is_that_of_plain_sql(root, now)


def board_of_five_is_that_of_plain_sql(root: User, now: datetime) -> None:
    """An agent, two managers, everybody and a regional office, over the year of the deals."""
    for day, rate in (
        ("2016-10-01", "6.6711"),
        ("2017-03-31", "6.8993"),
        ("2017-06-15", "6.7988"),
        ("2017-11-02", "6.6"),
    ):
        ExchangeRate.objects.create(currency="USD", against="CNY", on=day, rate=Decimal(rate), source="entered")
    call_command("recompute", verbosity=0)
    agent = User.objects.get(name="Darcel Schlecht")
    one, other = User.objects.filter(role="manager").order_by("name")[:2]
    office = Team.objects.get(name_en="West")
    read_once(now)
    asked = (
        (agent, f"p{agent.pk}"),
        (one, "team"),
        (other, f"t{other.team_id}"),
        (root, "all"),
        (root, f"t{office.pk}"),
    )
    found = [
        line
        for user, scope in asked
        for period in ("2017-12", "2017-11", "2017Q4", "2017", "2026-11")
        for line in differences(Question(user, scope, period, now))
    ]
    assert not found, "\n".join(found)


def test_twice_changes_nothing_and_undoing_takes_all_of_it_back(root, now, people, customers, tmp_path):
    lines = (DATA / "sales_pipeline.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)
    most = len(lines) - 1 if os.environ.get("MAVEN_WHOLE") else 1000
    file = tmp_path / "sales_pipeline.csv"
    file.write_text("".join(lines[: most + 1]), encoding="utf-8")
    before = set(Customer.objects.values_list("name", "status__key"))
    run = written(deals(root, now, file), root, now)
    again = deals(root, now + timedelta(hours=1), file)
    assert again.counts == {"same": most}
    assert Collaborator.objects.exists()
    taken_back(run, root, now + timedelta(hours=2))
    assert run.undone == {"back": most}
    assert not Opportunity.objects.visible_to(root).exists()
    assert not Collaborator.objects.exists()
    assert set(Customer.objects.living().values_list("name", "status__key")) == before
    assert broken_promises() == {}
    once_more = deals(root, now + timedelta(hours=3), file)
    assert once_more.counts == {"new": most}
