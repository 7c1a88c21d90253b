"""How much did people say in each month, and to which countries?

The cells hold all but the last seconds; what is stale of the people and months asked for is counted while it is read,
so whoever has just logged a call finds it here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from django.db import connection

from core.rollups import present

from .rollups import SAID


class Spoken(NamedTuple):
    """``n`` communications; ``touches`` went out, ``replies`` came in, what went both ways is in each of the two."""

    n: int = 0
    touches: int = 0
    replies: int = 0


# By (author, first day of the month).
Months: TypeAlias = dict[tuple[int, date], Spoken]
# By (author, country, '' where it is not known).
Countries: TypeAlias = dict[tuple[int, str], Spoken]

_WHICH = "part[1] = ANY(%(people)s) AND part[2] BETWEEN %(from)s AND %(to)s"


def said_by_month(people: Collection[int], first: date, last: date) -> Months:
    """What people wrote down from one month to another (first days), by month of business time. One statement."""
    return {(who, month): spoken for who, month, spoken in _read("month", people, first, last)}


def said_by_country(people: Collection[int], first: date, last: date) -> Countries:
    """The same by the present country of the customer, or of the lead that is none yet. One statement."""
    return {(who, country): spoken for who, country, spoken in _read("country", people, first, last)}


def _read(by: str, people: Collection[int], first: date, last: date) -> list[tuple[int, Any, Spoken]]:
    asked: dict[str, Any] = {
        "people": list(people),
        "first": first,
        "last": last,
        "from": _number(first),
        "to": _number(last),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT author_id, {by}, sum(n)::bigint, sum(touches)::bigint, sum(replies)::bigint
            FROM ({present(SAID, _WHICH)}) AS cell
            WHERE author_id = ANY(%(people)s) AND month BETWEEN %(first)s AND %(last)s
            GROUP BY 1, 2
            """,  # noqa: S608  names of our own
            asked,
        )
        return [(who, what, Spoken(*numbers)) for who, what, *numbers in cursor.fetchall()]


def _number(month: date) -> int:
    return month.year * 100 + month.month
