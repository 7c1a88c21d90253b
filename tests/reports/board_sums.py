"""Does every number of the board equal what plain SQL over the raw tables says?

The statements stand in ``board/``, one a question, written from docs/rules.md and the sentence that each table says of
itself, apart from the product's code. A question that is added to the board needs one there: its rows as
the table has them, called by the first column (p7 is a person, t3 a team, DE a country, all the last line).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import translation

from accounts.models import Team, User
from core.money import decimals_of
from core.templatetags.ui import base_money, country_name, grouped
from customers.models import Customer
from opportunities.figures.cells import (
    AMOUNTS,
    BASE,
    COUNT,
    HOURS,
    SHARE,
    SIGNED,
    TENTHS,
    Cell,
    Row,
    Sheet,
    percent,
)
from publicpool.countdown import Clock, within
from publicpool.models import Rotation
from reports.questions import questions_for
from reports.questions.asked import Asked
from reports.questions.headline import headline

STATEMENTS = Path(__file__).with_name("board")
KINDS = {COUNT, BASE, SHARE, AMOUNTS, HOURS, TENTHS, SIGNED}
# What the SQL divided has so many decimals.
DIVIDED = {SHARE, TENTHS, SIGNED}
NEAR = Fraction(1, 10**9)


@dataclass(frozen=True)
class Question:
    """Whose figures of which period somebody asks for; asked of the SQL and of the board."""

    user: User
    scope: str
    period: str
    now: datetime

    @cached_property
    def asked(self) -> Asked:
        return Asked.at({"scope": self.scope, "period": self.period}, self.user, self.now)

    @cached_property
    def values(self) -> dict[str, Any]:
        """What the statements take. The days are counted here anew, from the period's name alone."""
        first, months = read(self.period)
        today = self.now.astimezone(settings.BUSINESS_ZONE).date()
        values: dict[str, Any] = {
            "reader": self.user.pk, "scope": self.scope, "now": self.now, "today": today, "months": months,
            "first": first, "next": later(first, months), "before": later(first, -months),
            "monday": today - timedelta(days=today.weekday()), "zone": str(settings.BUSINESS_ZONE),
            "digits": decimals_of(settings.BASE_CURRENCY), "base": settings.BASE_CURRENCY,
            "pipeline": self.asked.pipeline.pk,
        }  # fmt: skip
        [(values["people"], values["teams"])] = sql("whose", values)
        return values


def read_once(now: datetime) -> None:
    """What a currency was worth on which day, and who waited for an answer; to be read before ``differences``."""
    for kept in (going, person, team, rotation):
        kept.cache_clear()
    today = now.astimezone(settings.BUSINESS_ZONE).date()
    sql("rates", {"base": settings.BASE_CURRENCY, "today": today})
    sql("waits", {"zone": str(settings.BUSINESS_ZONE)})


def read(period: str) -> tuple[date, int]:
    """The first day and the months of 2026-11, 2026Q4 or 2026."""
    year, rest = int(period[:4]), period[4:]
    if not rest:
        return date(year, 1, 1), 12
    number = int(rest[1:])
    return (date(year, number * 3 - 2, 1), 3) if rest[0] == "Q" else (date(year, number, 1), 1)


def later(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def sql(name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute((STATEMENTS / f"{name}.sql").read_text(), values)
        return cursor.fetchall() if cursor.description else []


def differences(question: Question) -> list[str]:
    """What differs between the board and the SQL, in words; every table that the reader may see is asked."""
    with translation.override("en"):
        found = [*of_headline(question)]
        for key, one in questions_for(question.user).items():
            sheet = one.sheet(question.asked)
            shown = board(sheet)
            wanted = {name: row for name, row in raw(question, key, sheet).items() if any(row)}
            if not any(str(row.cells[0].value) == "Together" for row in sheet.rows):
                wanted.pop("Together", None)
            found += [
                f"{key}, {name}: {shown.get(name)} on the board, {wanted.get(name)} by SQL"
                for name in {**shown, **wanted}
                if not same(shown.get(name), wanted.get(name))
            ]
        return [f"{question.user} {question.scope} {question.period} {one}" for one in found]


def board(sheet: Sheet) -> dict[str, tuple[Any, ...]]:
    """The numbers of each row by what it is called; rows of nothing are none. Lines of a matrix are cells."""
    if sheet.key == "matrix":
        heads = [str(label) for label, _kind in sheet.headers]
        cells = {
            f"{row.cells[0].value}, {head}": (plain(cell),)
            for row in sheet.rows
            for head, cell in zip(heads[1:], row.cells[1:], strict=True)
        }
    else:
        rows = [[cell for cell in row.cells if cell.kind in KINDS] for row in sheet.rows]
        names = [called(row, sheet.key) for row in sheet.rows]
        assert len({*names}) == len(names), names
        cells = {name: tuple(map(plain, row)) for name, row in zip(names, rows, strict=True)}
    return {name: row for name, row in cells.items() if any(row)}


def called(row: Row, key: str) -> str:
    first = row.cells[0].value
    name = f"{first:%Y-%m}" if isinstance(first, date) else str(first)
    if key == "fairness":  # who is a member of several rotations has a row in each
        return f"{name}, {row.cells[1].value}"
    # A team may be called as one of its people.
    return f"team {name}" if key == "targets" and row.is_total and name != "Together" else name


def plain(cell: Cell) -> Any:
    """Nothing is 0, but a share or a time of nothing is none."""
    if cell.kind == AMOUNTS:
        return dict(cell.value or ())
    if cell.kind in (SHARE, HOURS):
        return cell.value
    return (Fraction if cell.kind in DIVIDED else Decimal)(cell.value or 0)


def raw(question: Question, key: str, sheet: Sheet) -> dict[str, tuple[Any, ...]]:
    """The same of the SQL."""
    values = question.values
    if key == "forecast":
        months = [row.cells[0].value for row in sheet.rows if isinstance(row.cells[0].value, date)]
        values = {**values, "from": min(months), "shown": max(months)}
    if key in ("answers", "answerers"):  # one table by two dimensions
        key, values = "answers", {**values, "by_person": key == "answerers"}
    rows = sql(key, values)
    if key == "matrix":
        return {f"{named(country)}, {named(who)}": (Decimal(n or 0),) for country, who, n in rows}
    if key == "hands":
        rows = [(*row, *goes_back(question, row[0])) for row in rows]
    kinds = [kind for _label, kind in sheet.headers if kind in KINDS]
    return {
        named(row[0]): tuple(read_as(kind, value) for kind, value in zip(kinds, row[1:], strict=True)) for row in rows
    }


def goes_back(question: Question, line: str) -> list[int]:
    """How many go back to the pool within 7 and 30 days, by what the pool's one function says of each customer."""
    people = question.values["people"] if line == "all" else [int(line[1:])]
    return [sum(of_day[who] for who in people) for of_day in going(question.now)]


@cache
def going(now: datetime) -> list[Counter[int]]:
    clock = Clock.load(now)
    owners = dict(Customer.objects.filter(archived_at=None, owner__isnull=False).values_list("pk", "owner"))
    days = (clock.today + timedelta(days=number) for number in (7, 30))
    return [Counter(owners[one.customer_id] for one in within(clock, day) if one.customer_id in owners) for day in days]


@cache
def person(pk: str) -> str:
    return str(User.objects.get(pk=pk))


@cache
def team(pk: str) -> str:
    return f"team {Team.objects.get(pk=pk)}"


@cache
def rotation(pk: str) -> str:
    return str(Rotation.objects.get(pk=pk))


def read_as(kind: str, value: Any) -> Any:
    if kind == AMOUNTS:
        return {of: Decimal(n) for of, n in json.loads(value or "{}", parse_float=Decimal).items()}
    if kind in (SHARE, HOURS) and value is None:
        return None
    if kind == HOURS:
        return value
    return (Fraction if kind in DIVIDED else Decimal)(value or 0)


def named(line: str) -> str:
    """What a line of the SQL is called on the board."""
    if line in FIXED:
        return FIXED[line]
    if line[:1] == "t" and line[1:].isdigit():
        return team(line[1:])
    if line[:1] == "p" and line[1:].isdigit():
        return person(line[1:])
    if member := MEMBER.fullmatch(line):
        return f"{person(member[1])}, {rotation(member[2])}"
    return str(country_name(line)) if len(line) == 2 and line.isupper() else line


MEMBER = re.compile(r"p(\d+) r(\d+)")
FIXED = {
    "": "Not known", "all": "Together", "later": "Later", "undated": "Without a date",
    "overdue": "Overdue: expected in a month that is past", "last 6": "Last 6 months", "last 12": "Last 12 months",
}  # fmt: skip


def same(shown: tuple[Any, ...] | None, wanted: tuple[Any, ...] | None) -> bool:
    if shown is None or wanted is None:
        return False
    return all(
        abs(one - other) < NEAR if isinstance(one, Fraction) and isinstance(other, Fraction) else one == other
        for one, other in zip(shown, wanted, strict=True)
    )


def of_headline(question: Question) -> list[str]:
    """The big numbers, and what stands under them."""
    figures = {str(one.label): one for one in headline(question.asked)}
    wanted = {what: (now, before) for what, now, before in sql("headline", question.values)}
    [whole] = [row for row in sql("targets", question.values) if row[0] == "all"]
    target, won, reached, expected, outlook = whole[1:]
    wanted |= {"Target": (target, reached), "Won and still expected": ((won or 0) + (expected or 0), outlook)}
    found = []
    for what, (now, other) in wanted.items():
        if what not in figures:
            found.append(f"headline, {what}: missing")
            continue
        figure = figures[what]
        shown = figure.cell.value
        right = abs(Fraction(shown) - Fraction(now)) < NEAR if None not in (shown, now) else (shown or 0) == (now or 0)
        if figure.cell.kind == SHARE:
            said = other
        elif what in ("Target", "Won and still expected"):
            said = percent(Fraction(other)) if other is not None else ""
        else:
            said = grouped(int(other)) if figure.cell.kind == COUNT else base_money(Decimal(other or 0))
        if not right or str(said).replace(",", "") not in figure.under.replace(",", ""):
            found.append(f"headline, {what}: {shown} ({figure.under}) on the board, {now} ({said}) by SQL")
    return found
