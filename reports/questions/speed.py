"""How fast do we answer customers, by country and by person?"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from communications.answering import WITHIN, Speed, rows_behind
from core.registries import Label
from opportunities.figures.cells import COUNT, HOURS, SHARE, TEXT, Cell, Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .asked import Asked

_SAYS = gettext_lazy(
    "Of what customers and leads wrote in the period, each stretch of waiting once: from their first message to the "
    "next word of ours, by mail, call, meeting or chat. Answered ones count for who answered, waiting ones for who "
    "holds the customer or lead now. Half took no longer than the median, nine of ten no longer than the 90 % value; "
    "what still waits is in neither. Fewer than 10 answers say little: they are grey and stand last, whoever was "
    "asked most first. Answers to customers of other teams are counted too; a number opens those that you see."
)
_NUMBERS: tuple[tuple[Label, str], ...] = (
    (gettext_lazy("Waits"), COUNT),
    (gettext_lazy("Median time"), HOURS),
    (gettext_lazy("Median before"), HOURS),
    (gettext_lazy("Nine of ten within"), HOURS),
    (gettext_lazy("Within a day"), SHARE),
    (gettext_lazy("Still waiting"), COUNT),
)
Key = TypeVar("Key", int, str)
FEW = 10
DAY = 24


def by_country(asked: Asked) -> Sheet:
    found, before = asked.answered, asked.answered_before
    rows = [
        _row(asked, countries.name(code) or code or _("Not known"), one, before.by_country.get(code), country=code)
        for code, one in _ordered(found.by_country)
    ]
    return _sheet(asked, "answers", gettext_lazy("How fast do we answer, by country"), gettext_lazy("Country"), rows)


def by_person(asked: Asked) -> Sheet:
    found, before = asked.answered, asked.answered_before
    people = {pk: one for pk, one in found.by_person.items() if pk in asked.people}
    rows = [
        _row(asked, str(asked.people[pk]), one, before.by_person.get(pk), person=pk) for pk, one in _ordered(people)
    ]
    return _sheet(asked, "answerers", gettext_lazy("How fast do we answer, by person"), gettext_lazy("Person"), rows)


def _ordered(found: Mapping[Key, Speed]) -> list[tuple[Key, Speed]]:
    """Those with enough answers first, the slowest of them first; a few rank nobody: whoever was asked most."""
    return sorted(found.items(), key=lambda item: (item[1].answered < FEW, _rank(item[1]), -item[1].asked))


def _rank(one: Speed) -> float:
    return -one.median.total_seconds() if one.median is not None and one.answered >= FEW else 0


def _sheet(asked: Asked, key: str, title: Label, of: Label, rows: list[Row]) -> Sheet:
    if len(rows) > 1:
        rows = [*rows, _row(asked, _("Together"), asked.answered.whole, asked.answered_before.whole)]
    return Sheet(key, title, _SAYS, ((of, TEXT), *_NUMBERS), rows, "times")


def _row(
    asked: Asked, name: str, one: Speed, before: Speed | None, *, country: str | None = None, person: int | None = None
) -> Row:
    whose: Mapping[str, Collection[object]] = {"person": [person]} if person else asked.whose("person")
    words: dict[str, Collection[object]] = {
        **(whose or {"counted": [1]}),
        **({"country": [country]} if country else {}),
    }
    months = asked.period.months
    is_total = country is None and person is None

    def rows(**more: Collection[object]) -> str:
        # No list is of an unknown country.
        return "" if country == "" else rows_behind(months[0], months[-1], words | more)

    cells = (
        Cell(name),
        Cell(one.asked, COUNT, rows()),
        Cell(one.median, HOURS, rows(state=["answered"])),
        Cell(before.median if before else None, HOURS),
        Cell(one.ninety, HOURS),
        Cell(Fraction(one.within[WITHIN.index(DAY)], one.answered) if one.answered else None, SHARE),
        Cell(one.waiting, COUNT, rows(state=["waiting"])),
    )
    return Row(cells, is_total=is_total, is_apart=not is_total and one.answered < FEW)
