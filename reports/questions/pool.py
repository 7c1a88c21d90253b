"""What goes into the public pool and out of it, and is the rotation fair?

The tables are the pool's own (publicpool.figures), narrowed to the board's people and period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from opportunities.figures.asked import Period
from opportunities.figures.cells import COUNT, TEXT, Cell, Row, Sheet
from publicpool import figures, member_figures

if TYPE_CHECKING:
    from .asked import Asked


_DIFFERENCE = 4


def _of_pool(asked: Asked) -> figures.Asked:
    if asked.scope.is_everybody:
        return figures.Asked(asked.user, asked.months, asked.now)
    people, words = frozenset(asked.people), asked.scope.words
    return figures.Asked(asked.user, asked.months, asked.now, people=people, words=words)


def flow(asked: Asked) -> Sheet:
    """In and out, of the period and of the one before, by how it came."""
    of_pool = _of_pool(asked)
    before = _of_pool(asked.earlier) if asked.earlier else None
    both = replace(of_pool, period=Period("", (before or of_pool).period.first, of_pool.period.last))
    months = figures.Figures(both).flow
    counted, earlier = (_sums(months, one.period) if one else {} for one in (of_pool, before))
    rows = [
        Row(
            (
                Cell(str(figures.BEHIND[key][0])),
                Cell(counted.get(key, 0), COUNT, figures.rows_behind(of_pool, key)),
                Cell(earlier.get(key, 0), COUNT, figures.rows_behind(before, key) if before else ""),
            )
        )
        for key in figures.COLUMNS
    ]
    return Sheet(
        "flow",
        gettext_lazy("Into the pool and out of it"),
        gettext_lazy(
            "Customers that came into the pool in the period by how they came, given back or reclaimed from these "
            "people or brought in by them, and those that these people claimed. One customer counts each time."
        ),
        (
            (gettext_lazy("How"), TEXT),
            (gettext_lazy("Customers"), COUNT),
            (gettext_lazy("Period before"), COUNT),
        ),
        rows,
        "counts",
    )


def _sums(months: Mapping[date, Mapping[str, int]], period: Period) -> dict[str, int]:
    assert period.first
    assert period.last  # the board's are bounded
    inside = [counted for month, counted in months.items() if period.first <= month <= period.last]
    return {key: sum(counted.get(key, 0) for counted in inside) for key in figures.COLUMNS}


def fairness(asked: Asked) -> Sheet:
    """What each member of a rotation received beside what the weights say."""
    of_pool = _of_pool(asked)
    sheet = member_figures.fairness_sheet(of_pool, figures.Figures(of_pool))
    return replace(sheet, title=gettext_lazy("Is the rotation fair?"))


def farthest_first(rows: list[Row]) -> list[Row]:
    """Whoever is farthest from what the weights say: where not all stand, these do."""
    return sorted(rows, key=lambda row: -abs(row.cells[_DIFFERENCE].value))
