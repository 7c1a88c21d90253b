"""What changed among the deals since Monday, beside the week before?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from opportunities.figures.cells import BASE, COUNT, TEXT, Cell, Row, Sheet
from opportunities.figures.changes import KINDS

if TYPE_CHECKING:
    from .asked import Asked


def sheet(asked: Asked) -> Sheet:
    found, before = asked.changes, asked.changes_before
    rows = [
        Row(
            (
                Cell(str(label)),
                Cell(found.number(kind), COUNT, _rows(asked, kind, "week")),
                Cell(found.amount(kind), BASE),
                Cell(before.number(kind), COUNT, _rows(asked, kind, "before")),
                Cell(before.amount(kind), BASE),
            )
        )
        for kind, (label, _icon, _tone) in KINDS.items()
    ]
    return Sheet(
        "changes",
        gettext_lazy("What changed since Monday"),
        gettext_lazy(
            "Deals that these people hold now, each counted once a kind: begun, won, lost, moved, and those whose "
            "expected close was put later or earlier; worth is what they are worth today. Whatever the period above: "
            "since Monday 00:00 of business time, and the week before."
        ),
        (
            (gettext_lazy("Change"), TEXT),
            (gettext_lazy("Since Monday"), COUNT),
            (gettext_lazy("Worth"), BASE),
            (gettext_lazy("The week before"), COUNT),
            (gettext_lazy("Worth then"), BASE),
        ),
        rows,
    )


def _rows(asked: Asked, kind: str, period: str) -> str:
    query = {"scope": asked.scope.key, "period": period, "kind": kind}
    return f"{reverse('reports:changes')}?{urlencode(query)}"
