"""What do the deals say: the funnel, the forecast, what is lost where and why, which source pays, where who wins?

The tables are the funnel's own (opportunities.figures), narrowed to the board's period; sources and countries are put
together here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from customers.models import Source
from opportunities.figures import reading, sheets
from opportunities.figures.asked import add_months
from opportunities.figures.cells import BASE, COUNT, SHARE, TEXT, Cell, Row, Sheet
from opportunities.figures.reading import Closed
from opportunities.models import FunnelCell

if TYPE_CHECKING:
    from .asked import Asked

NONE = "none"


def funnel(asked: Asked) -> Sheet:
    return sheets.funnel(asked.of_deals, reading.cohort(asked.of_deals, asked.pipe))


def forecast(asked: Asked) -> Sheet:
    since = add_months(asked.of_deals.month, -sheets.BEHIND)
    won = reading.closed(asked.of_deals, asked.pipe, "closed", "month", since=since)
    return sheets.forecast(asked.of_deals, asked.ahead, won)


def _lost(asked: Asked, by: str) -> Sheet:
    """What was lost by one of the funnel's dimensions, with the number of the period before."""
    found, earlier = asked.ended(by), asked.ended_before(by)
    # What was lost then and not any more is an answer too: its line comes last, with 0.
    over = {value: Closed() for value, one in earlier.items() if one.lost.n}
    listed = list(sheets.named({**over, **found}, by))
    sheet = sheets.ended_by(asked.of_deals, by, listed, is_whole=True)
    before = (gettext_lazy("Lost before"), COUNT)
    place = 1 if by in sheets.OF_LOST else 2
    rows = []
    for row, (_name, _one, words, _depth) in zip(sheet.rows, listed, strict=True):
        (value,) = words.values()
        lost = earlier.get("" if value == NONE else value, Closed()).lost.n
        number = Cell(lost, COUNT, _lost_rows(asked.earlier, words) if asked.earlier else "")
        rows.append(replace(row, cells=(*row.cells[: place + 1], number, *row.cells[place + 1 :])))
    return replace(sheet, headers=(*sheet.headers[: place + 1], before, *sheet.headers[place + 1 :]), rows=rows)


def _lost_rows(asked: Asked, words: dict[str, Any]) -> str:
    return sheets.rows_behind(asked.of_deals, **sheets.ended(asked.of_deals), **words, outcome="lost")


def lost_in(asked: Asked) -> Sheet:
    return _lost(asked, "lost_in")


def reasons(asked: Asked) -> Sheet:
    return _lost(asked, "reason")


def competitors(asked: Asked) -> Sheet:
    """Against whom most was lost stands first."""
    sheet = _lost(asked, "competitor")
    return replace(sheet, rows=sorted(sheet.rows, key=lambda row: -row.cells[2].value))


def sources(asked: Asked) -> Sheet:
    """Which source pays: customers that came, deals won of those that ended, what they were worth."""
    found, earlier = asked.ended("source"), asked.ended_before("source")
    came = asked.arrived("source")
    known = {str(one.pk): one for one in Source.objects.all()}
    over = [key for key, one in earlier.items() if one.won.n]
    keys = sorted({*found, *came, *over}, key=lambda key: (-_won(found, key), -came.get(key, 0), key))
    rows = []
    for key in keys:
        one, source = found.get(key, Closed()), known.get(key)
        ended = {**sheets.ended(asked.of_deals), "source": key or NONE}
        won = sheets.rows_behind(asked.of_deals, **ended, outcome="won")
        both = sheets.rows_behind(asked.of_deals, **ended, outcome=("won", "lost"))
        behind = _made(asked, source=source.key) if source else ""
        rows.append(
            Row(
                (
                    Cell(str(source) if source else _("Not known")),
                    Cell(came.get(key, 0), COUNT, behind),
                    Cell(one.won.n, COUNT, won),
                    Cell(one.rate, SHARE, both),
                    Cell(one.won.base, BASE, won),
                    Cell(_won(earlier, key), BASE),
                )
            )
        )
    return Sheet(
        "sources",
        gettext_lazy("Which source pays"),
        gettext_lazy(
            "New customers: created in the period and held by these people now. Won and win rate: deals that closed in "
            "the period, by their source; worth at the rates of the days."
        ),
        (
            (gettext_lazy("Source"), TEXT),
            (gettext_lazy("New customers here"), COUNT),
            (gettext_lazy("Deals won"), COUNT),
            (gettext_lazy("Win rate"), SHARE),
            (gettext_lazy("Worth"), BASE),
            (gettext_lazy("Period before"), BASE),
        ),
        rows,
        "sources",
    )


def _won(found: dict[str, Closed], key: str) -> Any:
    return found[key].won.base if key in found else 0


def _made(asked: Asked, **words: str) -> str:
    return asked.rows_at("customers:list", "owner", None, {**words, **asked.days("created_after", "created_before")})


def arrivals(asked: Asked) -> Sheet:
    """New customers by country, beside the period before."""
    found, before = asked.arrived("country"), asked.arrived("country", before=True)
    # A country of the period before alone has a line too: the last one says what the lines say together.
    counts = {code: (found.get(code, 0), before.get(code, 0)) for code in {**found, **before}}
    rows = [
        Row(
            (
                Cell(countries.name(code) or code or _("Not known")),
                Cell(n, COUNT, _made(asked, country=code) if code else ""),
                Cell(was, COUNT, _made(asked.earlier, country=code) if asked.earlier and code else ""),
            )
        )
        for code, (n, was) in sorted(counts.items(), key=lambda one: (-one[1][0], -one[1][1], one[0]))
    ]
    if len(rows) > 1:
        behind = _made(asked)
        earlier = _made(asked.earlier) if asked.earlier else ""
        sums = (Cell(sum(found.values()), COUNT, behind), Cell(sum(before.values()), COUNT, earlier))
        rows.append(Row((Cell(_("Together")), *sums), is_total=True))
    return Sheet(
        "arrivals",
        gettext_lazy("New customers by country"),
        gettext_lazy("Customers created in the period that these people hold now, beside those of the period before."),
        (
            (gettext_lazy("Country"), TEXT),
            (gettext_lazy("New customers here"), COUNT),
            (gettext_lazy("Period before"), COUNT),
        ),
        rows,
        "counts",
    )


def matrix(asked: Asked) -> Sheet:
    """What who won where: countries down, people across, in the base currency."""
    rows = FunnelCell.objects.filter(
        pipeline_id=asked.pipeline.pk,
        owner_id__in=asked.people.keys(),
        kind="country",
        stage_id__in=[pk for pk, stage in asked.pipe.stages.items() if stage.kind == "won"],
        n__gt=0,
        **asked.months.within(),
    )
    worth: dict[str, dict[int, Any]] = defaultdict(dict)
    for country, owner, base in rows.order_by().values_list("value", "owner_id").annotate(Sum("amount_base")):
        worth[country][owner] = base
    sums = {country: sum(of_people.values()) for country, of_people in worth.items()}
    people = [one for one in asked.shown() if any(one.pk in of_people for of_people in worth.values())]
    people += [
        asked.people[pk]
        for pk in sorted({pk for one in worth.values() for pk in one})
        if asked.people[pk] not in people
    ]
    lines = [
        _across(asked, countries.name(code) or code or _("Not known"), code, worth[code], people, sums[code])
        for code in sorted(sums, key=lambda code: (-sums[code], code))
    ]
    return Sheet(
        "matrix",
        gettext_lazy("Countries and people"),
        gettext_lazy(
            "Deals won in the period by the customer's country and who holds the deal, at the rates of their days. A "
            "number opens the deals."
        ),
        (
            (gettext_lazy("Country"), TEXT),
            (gettext_lazy("Together"), BASE),
            *((str(person), BASE) for person in people),
        ),
        lines,
    )


def _across(asked: Asked, name: str, code: str, worth: dict[int, Any], people: list[Any], whole: Any) -> Row:
    ended = {**sheets.ended(asked.of_deals), "country": code or NONE, "outcome": "won"}
    cells = [Cell(worth.get(one.pk), BASE, sheets.rows_behind(asked.of_person(one), **ended)) for one in people]
    return Row((Cell(name), Cell(whole, BASE, sheets.rows_behind(asked.of_deals, **ended)), *cells))
