"""Who reorders late: how many customers are past the day on which they usually order again, and with whom?"""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opportunities.figures.cells import BASE, COUNT, TEXT, Cell, Row, Sheet
from opportunities.rhythm import DUE_SOON, LATE, ON_TIME, Standing, rows_behind, standings

from ..measures import without_rate

if TYPE_CHECKING:
    from .asked import Asked


def sheet(asked: Asked) -> Sheet:
    found = standings(asked.people.keys(), asked.today)
    people = sorted(asked.shown(found), key=lambda one: -found.get(one.pk, Standing()).late)
    rows = [_row(asked, str(one), found[one.pk], {"owner": [one.pk]}) for one in people if one.pk in found]
    if len(rows) > 1:
        sums: list[Any] = [sum(column) for column in zip(*(astuple(one) for one in found.values()), strict=True)]
        rows.append(_row(asked, _("Together"), Standing(*sums), asked.whose("owner"), is_total=True))
    return Sheet(
        "rhythm",
        gettext_lazy("Who reorders late"),
        gettext_lazy(
            "Customers that ordered on three days or more have a usual interval: the middle of the gaps between them. "
            "Expected again: the last order plus that interval. Overdue: that day is past and nothing was ordered. "
            "Usually worth: what an order of the overdue ones usually comes to. Whatever the period above."
        ),
        (
            (gettext_lazy("Person"), TEXT),
            (gettext_lazy("Overdue to reorder"), COUNT),
            (gettext_lazy("Usually worth"), BASE),
            (gettext_lazy("Expected within 14 days"), COUNT),
            (gettext_lazy("Expected later"), COUNT),
        ),
        rows,
        "late",
    )


def _row(asked: Asked, name: str, one: Standing, whose: dict[str, list[int]], *, is_total: bool = False) -> Row:
    cells = (
        Cell(name),
        Cell(one.late, COUNT, rows_behind(LATE, whose)),
        Cell(one.late_base, BASE, rows_behind(LATE, whose), without_rate(one.unrated)),
        Cell(one.soon, COUNT, rows_behind(DUE_SOON, whose)),
        Cell(one.on_time, COUNT, rows_behind(ON_TIME, whose)),
    )
    return Row(cells, is_total=is_total)
