"""Do targets come in from a file, tell what is wrong line by line, and go back?"""

from __future__ import annotations

import pytest

from core.models import ImportRow
from reports.models import Target
from tests.bringing import said, taken_back, tried, written

pytestmark = pytest.mark.django_db
FILE = """Salesperson,Team,KPI,Month,Target,Sprint
Alice,,Amount won,2026-11,"1,000,000",1200000
bob,,销售额,2026年12月,500000,
,Europe,Orders,2026Q4,40,45
Alice,,Orders,2026-11,10,9
Nobody,,Orders,2026-11,10,
Charlie,,Orders,2026-11,10,
Alice,,Happiness,2026-11,10,
Alice,,Orders,soon,10,
Alice,,Amount won,2026-11,7,
"""


def rows() -> dict[tuple[str, str, str], tuple]:
    return {
        (str(row.user or row.team), row.measure, row.period.key): (row.target, row.sprint)
        for row in Target.objects.all()
    }


def test_a_file_of_targets_comes_in_and_goes_back(cast, dana, team, now, target):
    target(cast["bob"], "2026-12", 400_000)
    run = tried("targets", FILE, dana, now)
    verdicts = dict(ImportRow.objects.filter(run=run).values_list("line", "verdict"))
    assert [verdicts[line] for line in sorted(verdicts)] == [
        "new", "update", "new", "error", "error", "conflict", "error", "error", "conflict"
    ]  # fmt: skip
    lines = sorted(verdicts)
    assert "Takes the place of 400000" in said(run, lines[1], dana)
    assert "at least the target" in said(run, lines[3], dana)
    assert "You do not set the targets" in said(run, lines[5], dana)
    assert "write 2026-11, 2026Q4 or 2026" in said(run, lines[7], dana)
    assert "sets the same target" in said(run, lines[8], dana)
    run = written(run, dana, now)
    after = {
        ("Alice", "won", "2026-11"): (1_000_000, 1_200_000),
        ("Bob", "won", "2026-12"): (500_000, None),
        ("Europe", "orders", "2026Q4"): (40, 45),
    }
    assert rows() == after
    Target.objects.filter(team=team).update(target=44)
    run = taken_back(run, dana, now)
    assert rows() == {("Bob", "won", "2026-12"): (400_000, None), ("Europe", "orders", "2026Q4"): (44, 45)}


def test_salespeople_bring_no_targets(alice, dana, signed_in):
    assert signed_in(alice).get("/imports/new/targets/").status_code in (403, 404)
    assert signed_in(dana).get("/imports/new/targets/").status_code == 200
