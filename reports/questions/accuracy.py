"""What was forecast when a month began, and what became of it?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.registries import Label
from opportunities.figures.asked import add_months
from opportunities.figures.cells import BASE, COUNT, MONTH, SHARE, TEXT, Cell, Row, Sheet

from ..forecasts import FEW_DEALS, Forecast, Mean, Record, by_person, records

if TYPE_CHECKING:
    from accounts.models import User
    from opportunities.figures.asked import Scope
    from opportunities.models import Pipeline

# So many months are shown; so many together are told once more.
SHOWN = 12
TOGETHER = (6, 12)

_HEADERS: tuple[tuple[Label, str], ...] = (
    (gettext_lazy("Deals expected"), COUNT),
    (gettext_lazy("Forecast at its start"), BASE),
    (gettext_lazy("Won deals"), COUNT),
    (gettext_lazy("Won"), BASE),
    (gettext_lazy("Won of the forecast"), SHARE),
    (gettext_lazy("Off by"), SHARE),
    (gettext_lazy("Forecast a month before"), BASE),
)


class Asking(Protocol):
    """What the sheet needs to know: whose deals, and which day it is in business time."""

    @property
    def scope(self) -> Scope: ...

    @property
    def today(self) -> date: ...


def sheet(asked: Asking, pipeline: Pipeline | None = None) -> Sheet:
    """The present month so far and the last ones, the newest first; of one pipeline, or of all. Three statements."""
    this = asked.today.replace(day=1)
    found = records(asked.scope.levels, [add_months(this, -back) for back in range(SHOWN + 1)], pipeline)
    past = [one for one in found[1:] if one.start or one.ahead]
    rows = [_row(found[0], asked, pipeline, is_open=True)] if found[0].start or past else []
    rows += [_row(one, asked, pipeline) for one in past]
    for number in TOGETHER:
        if len(past) > 1 and (number == TOGETHER[0] or len(past) > TOGETHER[0]):
            rows.append(_mean(Mean.of(found[1 : number + 1]), number))
    return Sheet(
        "accuracy",
        gettext_lazy("Forecasts and what became of them"),
        gettext_lazy(
            "What the open deals expected in a month were worth when it began, each times the probability of its "
            "stage, at that day's rates, under whoever held them then; beside it what was won in the month, expected "
            "or not. Off by = how far the two were apart, of the forecast. Months together are sums, so that a big "
            "month counts for more; those whose forecast was kept more than 3 days late are left out."
        ),
        ((gettext_lazy("Month"), TEXT), *_HEADERS),
        rows,
        "accuracy",
    )


def people_of(asked: Asking, month: date, people: dict[int, User], pipeline: Pipeline | None = None) -> Sheet:
    """The rows behind a month's forecast: the same by person. ``people`` are those whom the reader sees."""
    found = by_person(asked.scope.levels, month, pipeline)
    named = sorted(((people[pk], one) for pk, one in found.items() if pk in people), key=_by_forecast)
    is_over = month < asked.today.replace(day=1)
    rows = [
        Row((Cell(str(person)), *_cells(one, _list(month, pipeline, ("owner", str(person.pk))), "", is_over=is_over)))
        for person, one in named
    ]
    if len(rows) > 1:
        whole = records(asked.scope.levels, [month], pipeline)[0]
        cells = _cells(whole, _list(month, pipeline, *asked.scope.words), "", is_over=is_over)
        rows.append(Row((Cell(_("Together")), *cells), is_total=True))
    return Sheet(
        "people",
        gettext_lazy("By person"),
        gettext_lazy(
            "Under whoever held the deals when the month began; what was won stands under who holds it now. Parts are "
            "rounded each, so that they may differ from the whole by a few cents."
        ),
        ((gettext_lazy("Person"), TEXT), *_HEADERS),
        rows,
    )


def _by_forecast(pair: tuple[User, Record]) -> tuple[Any, str]:
    person, one = pair
    return -(one.start.weighted if one.start else 0), str(person)


def _row(one: Record, asked: Asking, pipeline: Pipeline | None, *, is_open: bool = False) -> Row:
    month = Cell(one.month, MONTH, note=_("so far") if is_open else "")
    key = f"{one.month:%Y-%m}"
    words = {"scope": asked.scope.key} | ({"pipeline": str(pipeline.pk)} if pipeline else {})
    behind = f"{reverse('reports:forecast', args=[key])}?{urlencode(words)}"
    cells = _cells(one, _list(one.month, pipeline, *asked.scope.words), behind, is_over=not is_open)
    return Row((month, *cells), is_apart=is_open)


def _cells(one: Record, won_url: str, behind: str, *, is_over: bool) -> tuple[Cell, ...]:
    start, ahead, won = one.start, one.ahead, one.won
    return (
        Cell(start.n if start else None, COUNT, behind),
        Cell(start.weighted if start else None, BASE, behind, _notes(start)),
        Cell(won.n, COUNT, won_url),
        Cell(won.base, BASE, won_url, _unrated(won.unrated)),
        Cell(one.share, SHARE, note=_few(start)),
        Cell(one.off if is_over else None, SHARE),
        Cell(ahead.weighted if ahead else None, BASE, "", _notes(ahead)),
    )


def _mean(one: Mean, number: int) -> Row:
    name = ngettext("Last %(n)s month", "Last %(n)s months", number) % {"n": number}
    note = ""
    if one.is_few:
        note = ngettext("few: %(n)s month", "few: %(n)s months", one.n) % {"n": one.n}
    elif one.n < number:
        note = ngettext("%(n)s month measured", "%(n)s months measured", one.n) % {"n": one.n}
    cells = (
        Cell(name, TEXT, note=note),
        Cell(one.deals, COUNT),
        Cell(one.forecast, BASE),
        Cell(one.won_deals, COUNT),
        Cell(one.won, BASE),
        Cell(one.share, SHARE),
        Cell(one.off, SHARE),
        Cell(None, BASE),
    )
    return Row(cells, is_total=True)


def _list(month: date, pipeline: Pipeline | None, *whose: tuple[str, str]) -> str:
    """The deals that were won in a month."""
    of = [("pipeline", str(pipeline.pk))] if pipeline else []
    key = f"{month:%Y-%m}"
    words = [*of, *whose, ("outcome", "won"), ("closed_from", key), ("closed_to", key)]
    return f"{reverse('opportunities:list')}?{urlencode(words)}"


def _few(start: Forecast | None) -> str:
    if start is None or start.n >= FEW_DEALS or not start.weighted:
        return ""
    return ngettext("few: %(n)s deal", "few: %(n)s deals", start.n) % {"n": start.n}


def _notes(one: Forecast | None) -> str:
    if one is None:
        return ""
    notes = []
    if one.late:
        notes.append(_("kept on %(day)s") % {"day": date_format(one.taken_on, "MONTH_DAY_FORMAT")})
    if one.unpriced:
        notes.append(_("%(count)s without an amount") % {"count": one.unpriced})
    if one.unrated:
        notes.append(_("%(count)s without a rate") % {"count": one.unrated})
    return ", ".join(notes)


def _unrated(number: int) -> str:
    return _("%(count)s without a rate") % {"count": number} if number else ""
