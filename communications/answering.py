"""How fast do we answer? By country and by person, from one month to another.

What was answered counts for who answered; what still waits for who holds the customer, or the open lead, now. As of:
``core.rollups.as_of``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode

# Within so many hours an answer is told to be fast, on the same day, in time.
WITHIN = (4, 24, 72)


@dataclass(frozen=True)
class Speed:
    """How fast ``asked`` stretches of waiting ended. ``waiting`` have not, and are in none of the others.

    ``within`` are those answered within each of WITHIN hours; ``median`` and ``ninety`` (90 %) are times that occur
    among the answered ones, None without any.
    """

    asked: int = 0
    waiting: int = 0
    within: tuple[int, ...] = (0,) * len(WITHIN)
    median: timedelta | None = None
    ninety: timedelta | None = None

    @property
    def answered(self) -> int:
        return self.asked - self.waiting


@dataclass(frozen=True)
class Answered:
    """``by_country`` has '' for an unknown country; ``cells`` are by (person, country)."""

    whole: Speed
    by_country: dict[str, Speed]
    by_person: dict[int, Speed]
    cells: dict[tuple[int, str], Speed]


_Key: TypeAlias = tuple[int | None, str | None]

_FAST = ", ".join(f"count(*) FILTER (WHERE took <= interval '{hours} hours')" for hours in WITHIN)
# Two branches, each by an index of its own.
_READ = f"""
WITH waits AS (
    SELECT answered_by_id AS who, country, answered_at - asked_at AS took
    FROM communications_answer
    WHERE answered_by_id = ANY(%(people)s) AND month BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT coalesce(customer.owner_id, lead.owner_id), missing.country, NULL
    FROM communications_answer missing
    LEFT JOIN customers_customer customer ON customer.id = missing.customer_id
    LEFT JOIN opportunities_lead lead ON lead.id = missing.lead_id
        AND lead.state IN ('new', 'working') AND lead.archived_at IS NULL
    WHERE missing.answered_by_id IS NULL AND missing.month BETWEEN %(first)s AND %(last)s
        AND coalesce(customer.owner_id, lead.owner_id) = ANY(%(people)s)
)
SELECT who, country, count(*), count(*) FILTER (WHERE took IS NULL), {_FAST},
    percentile_disc(0.5) WITHIN GROUP (ORDER BY took), percentile_disc(0.9) WITHIN GROUP (ORDER BY took)
FROM waits GROUP BY GROUPING SETS ((), (who), (country), (who, country))
"""  # noqa: S608  words of our own


def answered(people: Collection[int], first: date, last: date) -> Answered:
    """How fast these people answered what came from one month to another (first days). One statement."""
    found: dict[_Key, Speed] = {}
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"people": list(people), "first": first, "last": last})
        for who, country, asked, waiting, *rest in cursor.fetchall():
            found[who, country] = Speed(asked, waiting, tuple(rest[: len(WITHIN)]), *rest[len(WITHIN) :])
    return Answered(
        found.get((None, None), Speed()),
        {country: speed for (who, country), speed in found.items() if who is None and country is not None},
        {who: speed for (who, country), speed in found.items() if who is not None and country is None},
        {(who, country): one for (who, country), one in found.items() if who is not None and country is not None},
    )


def rows_behind(first: date, last: date, words: Mapping[str, Collection[object]]) -> str:
    """The list of the waits behind a number, as far as its reader sees them.

    ``words``: person or team (ids), counted (1: of all people, without what is nobody's), country (codes), state
    (waiting, answered), within (one of WITHIN).
    """
    months = [("month_from", f"{first:%Y-%m}"), ("month_to", f"{last:%Y-%m}")]
    asked = [(word, str(one)) for word, many in words.items() for one in many]
    return f"{reverse('communications:waits')}?{urlencode([*asked, *months])}"
