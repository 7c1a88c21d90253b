"""How do the numbers stand in tables, and behind which link does each have its rows?

A sheet is drawn on the page, drawn as a chart by its script, and written into files: one definition for the three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django_countries import countries

from core.registries import Label
from customers.models import Source

from ..models import FunnelCell, LostReason, Opportunity, Stage
from . import reading
from .asked import Asked, Scopes, add_months
from .cells import AMOUNTS, BASE, COUNT, DAYS, MONTH, SHARE, TEXT, Cell, Figure, Row, Sheet, percent
from .reading import Ahead, Closed, Cohort, Pipe, Stay, Tally

Outcome = Opportunity.Outcome
NONE = "none"
# Months before the present one, and from it on, that the forecast shows one by one.
BEHIND, AHEAD = 3, 9
# Rows of a table by source, country … that are shown before it is asked for all.
SHOWN = 15


DIMENSIONS: dict[str, Label] = {
    "source": gettext_lazy("Source"),
    "country": gettext_lazy("Country"),
    "product": gettext_lazy("Product"),
    "person": gettext_lazy("Person"),
    "team": gettext_lazy("Team"),
    "competitor": gettext_lazy("Competitor"),
    "reason": gettext_lazy("Why lost"),
    "lost_in": gettext_lazy("Stage lost in"),
}
# By these only what was lost is told.
OF_LOST = frozenset({"reason", "lost_in"})
# Only where more people than oneself are asked about.
OF_MANY = frozenset({"person", "team"})


def rows_behind(asked: Asked, **words: Any) -> str:
    """The list of the deals that a number counts."""
    return f"{reverse('opportunities:list')}?{urlencode(asked.words(**words))}"


def opened(asked: Asked) -> dict[str, Any]:
    return dict(asked.period.words("opened"))


def ended(asked: Asked) -> dict[str, Any]:
    return dict(asked.period.words("closed"))


# --- the sheets ---------------------------------------------------------------------------------------


def funnel(asked: Asked, found: Cohort) -> Sheet:
    rows = [
        Row(
            (
                Cell(str(step.stage)),
                Cell(step.n, COUNT, rows_behind(asked, reached=step.stage.pk, **opened(asked))),
                Cell(step.of_before if place else None, SHARE),
                Cell(step.of_all, SHARE),
            )
        )
        for place, step in enumerate(found.steps)
    ]
    notes = []
    if found.undated and asked.period.is_bounded:
        url = rows_behind(asked, unopened=1)
        notes.append(Cell(found.undated, COUNT, url, _("deals began on an unknown day and are in no period.")))
    elif found.undated:
        url = rows_behind(asked, unopened=1)
        notes.append(Cell(found.undated, COUNT, url, _("of them began on an unknown day.")))
    return Sheet(
        "funnel",
        gettext_lazy("Funnel"),
        gettext_lazy(
            "Of the deals begun in the period: how many were ever in this stage or a later one, whatever became of "
            "them, and what part that is of the stage before and of all."
        ),
        (
            (gettext_lazy("Stage"), TEXT),
            (gettext_lazy("Came so far"), COUNT),
            (gettext_lazy("Of the stage before"), SHARE),
            (gettext_lazy("Of all"), SHARE),
        ),
        rows,
        "funnel",
        tuple(notes),
    )


def now(asked: Asked, found: Ahead, pipe: Pipe) -> Sheet:
    shown = [stage for stage in pipe.open if stage.is_active or stage.pk in found.stages]
    rows = []
    for stage in shown:
        one = found.stages.get(stage.pk, reading.Open())
        words = {"stage": stage.pk, "outcome": Outcome.OPEN}
        rows.append(Row((Cell(str(stage)), *_worth(asked, one, words), Cell(one.weighted, BASE))))
    whole = found.whole
    if len(rows) > 1:
        total = _worth(asked, whole, {"outcome": Outcome.OPEN})
        rows.append(Row((Cell(_("Together")), *total, Cell(whole.weighted, BASE)), is_total=True))
    return Sheet(
        "now",
        gettext_lazy("Under way now"),
        gettext_lazy(
            "Open deals in each stage today, whatever the period, at today's rates; weighted by the stage's "
            "probability."
        ),
        (
            (gettext_lazy("Stage"), TEXT),
            (gettext_lazy("Deals"), COUNT),
            (gettext_lazy("Amounts"), AMOUNTS),
            (gettext_lazy("Worth"), BASE),
            (gettext_lazy("Weighted"), BASE),
        ),
        rows,
    )


def time_in_stage(asked: Asked, found: Mapping[int, Stay], under_way: Ahead, pipe: Pipe) -> Sheet:
    rows = []
    for stage in pipe.open:
        stay, still = found.get(stage.pk), under_way.stages.get(stage.pk)
        if not stage.is_active and not stay:
            continue
        url = rows_behind(asked, left=stage.pk, **opened(asked))
        here = rows_behind(asked, stage=stage.pk, outcome=Outcome.OPEN)
        rows.append(
            Row(
                (
                    Cell(str(stage)),
                    Cell(stay.n if stay else 0, COUNT, url),
                    Cell(stay.median if stay else None, DAYS, url),
                    Cell(stay.p90 if stay else None, DAYS, url),
                    Cell(still.n if still else 0, COUNT, here),
                )
            )
        )
    return Sheet(
        "time",
        gettext_lazy("Time in stage"),
        gettext_lazy(
            "Whole days that deals begun in the period spent in a stage before they left it, several visits added up: "
            "half of them took no longer than the median, nine of ten no longer than the 90 % value. Those still "
            "there are counted apart, of any period."
        ),
        (
            (gettext_lazy("Stage"), TEXT),
            (gettext_lazy("Left it"), COUNT),
            (gettext_lazy("Median days"), DAYS),
            (gettext_lazy("90 % within"), DAYS),
            (gettext_lazy("There now"), COUNT),
        ),
        rows,
        "time",
    )


def forecast(asked: Asked, found: Ahead, won: Mapping[date, Closed]) -> Sheet:
    """``won`` by month, from BEHIND months ago on."""
    empty, none = reading.Open(), Closed()
    last = add_months(asked.month, AHEAD - 1)
    rows = []
    for place in range(-BEHIND, AHEAD):
        month = add_months(asked.month, place)
        one = found.months.get(month, empty) if place >= 0 else empty
        sold = won.get(month, none).won
        if place >= 0 or sold.n:
            words = {"expected_from": f"{month:%Y-%m}", "expected_to": f"{month:%Y-%m}", "outcome": Outcome.OPEN}
            rows.append(Row((Cell(month, MONTH), *_ahead(asked, one, words), *_won(asked, sold, month))))
    later, overdue = reading.Open(), reading.Open()
    for month, one in found.months.items():
        for group, is_in in ((later, month > last), (overdue, FunnelCell.NO_MONTH < month < asked.month)):
            if is_in:
                group.join(one)
    apart: list[tuple[str, reading.Open, dict[str, Any]]] = [
        (_("Later"), later, {"expected_from": f"{add_months(last, 1):%Y-%m}"}),
        (
            _("Overdue: expected in a month that is past"),
            overdue,
            {"expected_to": f"{add_months(asked.month, -1):%Y-%m}"},
        ),
        (_("Without a date"), found.months.get(FunnelCell.NO_MONTH, empty), {"undated": 1}),
    ]
    nothing = (Cell(None, COUNT), Cell(None, BASE))
    for name, one, words in apart:
        if one.n:
            counted = _ahead(asked, one, {**words, "outcome": Outcome.OPEN})
            rows.append(Row((Cell(name), *counted, *nothing), is_apart=True))
    return Sheet(
        "forecast",
        gettext_lazy("Forecast"),
        gettext_lazy(
            "Open deals by the month of their expected close: each amount at today's rate times the probability of "
            "its stage. Beside it what was won, at the rate of its day."
        ),
        (
            (gettext_lazy("Month"), TEXT),
            (gettext_lazy("Open deals"), COUNT),
            (gettext_lazy("Amounts"), AMOUNTS),
            (gettext_lazy("Worth"), BASE),
            (gettext_lazy("Weighted"), BASE),
            (gettext_lazy("Won deals"), COUNT),
            (gettext_lazy("Won"), BASE),
        ),
        rows,
        "forecast",
    )


def months(asked: Asked, found: Mapping[date, Closed]) -> Sheet:
    """What ended in each month of the period."""
    dated = {month: one for month, one in sorted(found.items()) if month != FunnelCell.NO_MONTH}
    rows = []
    for month, one in dated.items():
        words = {"closed_from": f"{month:%Y-%m}", "closed_to": f"{month:%Y-%m}"}
        rows.append(Row((Cell(month, MONTH), *_ended(asked, one, words))))
    undated = found.get(FunnelCell.NO_MONTH)
    if undated and not asked.period.is_bounded:
        rows.append(Row((Cell(_("Unknown day")), *_ended(asked, undated, {"unclosed": 1})), is_apart=True))
    if len(rows) > 1:
        whole = reading.together([*dated.values(), *([undated] if undated and not asked.period.is_bounded else [])])
        rows.append(Row((Cell(_("Together")), *_ended(asked, whole, ended(asked))), is_total=True))
    notes: tuple[Cell, ...] = ()
    if undated and asked.period.is_bounded:
        url = rows_behind(asked, unclosed=1)
        notes = (Cell(undated.n, COUNT, url, _("deals closed on an unknown day and are in no period.")),)
    return Sheet(
        "months",
        gettext_lazy("Won and lost"),
        gettext_lazy("Deals that closed in each month; win rate = won of won and lost, by number."),
        ((gettext_lazy("Month"), TEXT), *_ENDED),
        rows,
        "months",
        notes,
    )


def win_rates(asked: Asked, pipe: Pipe, scopes: Scopes, by: str, *, is_whole: bool = False) -> Sheet:
    """What ended in the period, by one of DIMENSIONS. Two statements, one for people and teams."""
    return ended_by(asked, by, _listed(asked, pipe, scopes, by), is_whole=is_whole)


def _listed(asked: Asked, pipe: Pipe, scopes: Scopes, by: str) -> Named:
    if by in OF_MANY:
        found = reading.closed(asked, pipe, "closed", "owner_id")
        return _people(found, scopes) if by == "person" else _teams(found, scopes)
    return named(reading.closed(asked, pipe, by, "value"), by)


def ended_by(asked: Asked, by: str, listed: Named, *, is_whole: bool = False) -> Sheet:
    """The sheet of a dimension of what was read already."""
    rows = []
    for name, one, words, depth in listed:
        counted = _lost_only(asked, one, words) if by in OF_LOST else _ended(asked, one, {**ended(asked), **words})
        rows.append(Row((Cell(name), *counted), depth=depth))
    hidden = 0 if is_whole or by == "team" else max(0, len(rows) - SHOWN)
    return Sheet(
        by,
        DIMENSIONS[by],
        _SAYS.get(by, _SAYS[""]),
        ((DIMENSIONS[by], TEXT), *(_LOST if by in OF_LOST else _ENDED)),
        rows[: len(rows) - hidden],
        "reasons" if by in OF_LOST else "rates",
        hidden=hidden,
    )


_ENDED: tuple[tuple[Label, str], ...] = (
    (gettext_lazy("Won"), COUNT),
    (gettext_lazy("Lost"), COUNT),
    (gettext_lazy("Win rate"), SHARE),
    (gettext_lazy("Won amounts"), AMOUNTS),
    (gettext_lazy("Worth won"), BASE),
)
_LOST: tuple[tuple[Label, str], ...] = (
    (gettext_lazy("Lost"), COUNT),
    (gettext_lazy("Lost amounts"), AMOUNTS),
    (gettext_lazy("Worth lost"), BASE),
)
_SAYS: dict[str, Label] = {
    "": gettext_lazy("Deals that closed in the period; win rate = won of won and lost, by number."),
    "team": gettext_lazy("Deals that closed in the period, by the owner's team; a team counts those below it too."),
    "product": gettext_lazy(
        "Deals that closed in the period; one with several products counts under each, with its whole amount."
    ),
    "competitor": gettext_lazy(
        "Deals that closed in the period and name a competitor, or who got it; one with several counts under each."
    ),
    "reason": gettext_lazy("Deals lost in the period, by the reason given."),
    "lost_in": gettext_lazy("Deals lost in the period, by the furthest stage that they had come to."),
}


# --- parts ----------------------------------------------------------------------------------------------


def _worth(asked: Asked, one: Tally, words: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Number, amounts by currency, worth in the base currency."""
    notes = []
    if one.unpriced:
        notes.append(_("%(count)s without an amount") % {"count": one.unpriced})
    if one.unrated:
        notes.append(_("%(count)s without a rate") % {"count": one.unrated})
    return (
        Cell(one.n, COUNT, rows_behind(asked, **words)),
        Cell(tuple(sorted(one.amounts.items())), AMOUNTS),
        Cell(one.base, BASE, note=", ".join(notes)),
    )


def _ahead(asked: Asked, one: reading.Open, words: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (*_worth(asked, one, words), Cell(one.weighted, BASE))


def _won(asked: Asked, one: Tally, month: date) -> tuple[Cell, ...]:
    words = {"outcome": Outcome.WON, "closed_from": f"{month:%Y-%m}", "closed_to": f"{month:%Y-%m}"}
    number, _amounts, base = _worth(asked, one, words)
    return number, base


def _ended(asked: Asked, one: Closed, words: Mapping[str, Any]) -> tuple[Cell, ...]:
    won, amounts, base = _worth(asked, one.won, {**words, "outcome": Outcome.WON})
    lost = Cell(one.lost.n, COUNT, rows_behind(asked, **words, outcome=Outcome.LOST))
    return won, lost, Cell(one.rate, SHARE), amounts, base


def _lost_only(asked: Asked, one: Closed, words: Mapping[str, Any]) -> tuple[Cell, ...]:
    return _worth(asked, one.lost, {**ended(asked), **words, "outcome": Outcome.LOST})


Named = Iterable[tuple[str, Closed, dict[str, Any], int]]


def _people(found: Mapping[int, Closed], scopes: Scopes) -> Named:
    named = [(str(scopes.people[pk]), one, {"owner": pk}, 0) for pk, one in found.items() if pk in scopes.people]
    return sorted(named, key=_by_number)


def _teams(found: Mapping[int, Closed], scopes: Scopes) -> Named:
    """Each team with those below it, the tree in order; then people in none."""
    own: dict[int | None, list[Closed]] = {}
    for pk, one in found.items():
        if person := scopes.people.get(pk):
            own.setdefault(person.team_id, []).append(one)

    def walk(parent: int | None, depth: int) -> Named:
        # What is below a team that the reader does not see stands at the top.
        for team in sorted(scopes.teams.values(), key=lambda one: (one.name, one.pk)):
            if (team.parent_id if team.parent_id in scopes.teams else None) == parent:
                below = sorted(scopes.below(team.pk))
                total = reading.together(one for pk in below for one in own.get(pk, ()))
                if total.n:
                    yield str(team), total, {"team": below}, depth
                    yield from walk(team.pk, depth + 1)

    return walk(None, 0)


def named(found: Mapping[str, Closed], by: str) -> Named:
    """What ended by each value of a dimension but people and teams: name, sums, words of its list, depth."""
    name = _NAMES[by]()
    rows = [
        (name(value) if value else _NOBODY[by](), one, {_WORDS[by]: value or NONE}, 0) for value, one in found.items()
    ]
    return sorted(rows, key=_by_number)


def _by_number(row: tuple[str, Closed, dict[str, Any], int]) -> tuple[int, str]:
    return -row[1].n, row[0]


def _named(model: Any) -> Callable[[], Callable[[str], str]]:
    def load() -> Callable[[str], str]:
        rows = {str(one.pk): str(one) for one in model._default_manager.all()}
        return lambda value: rows.get(value, value)

    return load


_NAMES: dict[str, Callable[[], Callable[[str], str]]] = {
    "source": _named(Source),
    "reason": _named(LostReason),
    "lost_in": _named(Stage),
    "country": lambda: lambda value: countries.name(value) or value,
    "product": lambda: str,
    "competitor": lambda: str,
}
_NOBODY: dict[str, Callable[[], str]] = {
    "source": lambda: _("Not known"),
    "reason": lambda: _("No reason given"),
    "lost_in": lambda: _("Not known"),
    "country": lambda: _("Not known"),
    "product": lambda: pgettext("product", "None named"),
    "competitor": lambda: _("None named"),
}
# The words of the list of deals that mean the value and nothing that contains it.
_WORDS = {
    "source": "source",
    "reason": "reason",
    "lost_in": "reached_only",
    "country": "country",
    "product": "line",
    "competitor": "rival",
}


# --- above and around the tables ------------------------------------------------------------------------


def headline(asked: Asked, begun: Cohort, found: Ahead, by_month: Mapping[date, Closed]) -> list[Figure]:
    """What stands first: begun, won, win rate, under way, to be expected."""
    whole = reading.together(
        one for month, one in by_month.items() if month != FunnelCell.NO_MONTH or not asked.period.is_bounded
    )
    won = rows_behind(asked, outcome=Outcome.WON, **ended(asked))
    both = rows_behind(asked, outcome=(Outcome.WON, Outcome.LOST), **ended(asked))
    under_way = rows_behind(asked, outcome=Outcome.OPEN)
    deals = _("deals")
    return [
        Figure(
            gettext_lazy("Begun"),
            Cell(begun.n, COUNT, rows_behind(asked, **opened(asked))),
            _("%(share)s of them won") % {"share": percent(begun.overall)} if begun.overall is not None else "",
        ),
        Figure(gettext_lazy("Won"), Cell(whole.won.base, BASE, won), f"{whole.won.n:,} {deals}"),
        Figure(
            gettext_lazy("Win rate"),
            Cell(whole.rate, SHARE, both),
            _("%(won)s of %(all)s that closed") % {"won": f"{whole.won.n:,}", "all": f"{whole.n:,}"},
        ),
        Figure(gettext_lazy("Under way now"), Cell(found.whole.base, BASE, under_way), f"{found.whole.n:,} {deals}"),
        Figure(
            gettext_lazy("Weighted"),
            Cell(found.whole.weighted, BASE, under_way),
            _("amounts × probability of their stage"),
        ),
    ]
