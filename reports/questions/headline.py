"""What stands first on the board: the period's few big numbers, each beside the period before."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.registries import Label
from opportunities.figures import reading, sheets
from opportunities.figures.cells import BASE, SHARE, Cell, Figure, percent

from ..measures import MEASURES, without_rate
from .asked import total
from .goals import target_of

if TYPE_CHECKING:
    from .asked import Asked


# New customers are counted by when they were created further down the same page; these are those who bought.
_NAMED: dict[str, Label] = {"buyers": gettext_lazy("First-time buyers")}


def headline(asked: Asked) -> list[Figure]:
    """Won beside its target, the outlook, win rate, new customers, orders, communications."""
    done = total(asked.done("won").values())
    target = target_of(asked)
    is_expected = any(one.n for one in asked.expected.values())
    ahead = sum((one.weighted for one in asked.expected.values()), start=Decimal(0))
    due = {"expected_from": f"{asked.period.months[0]:%Y-%m}", "expected_to": f"{asked.period.months[-1]:%Y-%m}"}
    found = [
        Figure(
            gettext_lazy("Won"),
            Cell(done.number, BASE, _rows(asked, "won"), without_rate(done.unrated)),
            _before(asked, "won"),
        ),
        Figure(
            gettext_lazy("Target"),
            Cell(target, BASE, f"{reverse('reports:targets')}{asked.words(pipeline='')}"),
            _("%(share)s reached") % {"share": percent(Fraction(done.number) / Fraction(target))} if target else "",
        ),
        Figure(
            gettext_lazy("Won and still expected"),
            Cell(
                done.number + ahead,
                BASE,
                # What was won has its own number: here are the rows that are still expected.
                asked.rows_at("opportunities:list", "owner", None, {**due, "outcome": "open"}) if is_expected else "",
            ),
            _("%(share)s of the target") % {"share": percent(Fraction(done.number + ahead) / Fraction(target))}
            if target
            else "",
        ),
        _win_rate(asked),
    ]
    for key in ("ordered", "buyers", "said"):
        measure = MEASURES[key]
        one = total(asked.done(key).values())
        cell = Cell(one.number, measure.kind, _rows(asked, key), without_rate(one.unrated))
        found.append(Figure(_NAMED.get(key, measure.label), cell, _before(asked, key)))
    return found


def _win_rate(asked: Asked) -> Figure:
    whole = reading.together(asked.ended("closed").values())
    both = sheets.rows_behind(asked.of_deals, outcome=("won", "lost"), **sheets.ended(asked.of_deals))
    words = _("%(won)s of %(all)s that closed") % {"won": f"{whole.won.n:,}", "all": f"{whole.n:,}"}
    return Figure(gettext_lazy("Win rate"), Cell(whole.rate, SHARE, both), words)


def _rows(asked: Asked, key: str) -> str:
    measure = MEASURES[key]
    # Everybody is all people: a deal that nobody holds is in no number of theirs.
    whose = {"held": [1]} if key == "won" and asked.scope.is_everybody else asked.whose(measure.whose)
    return measure.rows_behind(whose, asked.period.months[0], asked.period.months[-1])


def _before(asked: Asked, key: str) -> str:
    if not asked.earlier:
        return ""
    measure = MEASURES[key]
    one = total(asked.done_before(key).values())
    number = Cell(one.number, measure.kind).drawn
    return _("%(period)s: %(number)s") % {"period": asked.earlier.period.label, "number": number}
