"""Are months, quarters and years read as people write them, and put together right?"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.periods import MONTH, QUARTER, SPANS, YEAR, TargetPeriod, periods_of

NOVEMBER, FOURTH, WHOLE = (TargetPeriod(date(2026, month, 1), span) for month, span in ((11, 1), (10, 3), (1, 12)))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026-11", NOVEMBER), ("2026/11", NOVEMBER), ("2026.11", NOVEMBER), ("202611", NOVEMBER),
        ("2026年11月", NOVEMBER), ("11/2026", NOVEMBER), ("2026-11-01", NOVEMBER), ("2026 11", NOVEMBER),
        ("2026Q4", FOURTH), ("2026-Q4", FOURTH), ("Q4 2026", FOURTH), ("2026年第4季度", FOURTH),
        ("2026第四季度", FOURTH),
        ("2026", WHOLE), ("2026年", WHOLE), (" 2026 ", WHOLE),
        ("", None), ("2026-13", None), ("Q5 2026", None), ("next month", None), ("1026", None), ("2026-11-15", None),
    ],
)  # fmt: skip
def test_what_people_write_is_read(text, period):
    assert TargetPeriod.read(text) == period


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from([*SPANS]))
def test_a_day_lies_in_its_period_and_its_key_leads_back(day, span):
    period = TargetPeriod.of(day, span)
    assert day.replace(day=1) in period.months
    assert TargetPeriod.read(period.key) == period
    assert [month for part in period.parts for month in part.months] in ([], list(period.months))


def test_a_year_has_seventeen():
    spans = [one.span for one in periods_of(2026)]
    assert (spans.count(YEAR), spans.count(QUARTER), spans.count(MONTH)) == (1, 4, 12)
