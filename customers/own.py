"""Which of one's own customers want somebody? The kinds of all floors, read together.

Two statements for Today, its steps and the digest: which customers, then these with how to reach them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from core.querysets import rows_in_one
from core.registries import Day

from .models import Customer
from .registries import OWN_ROWS
from .tables import with_points

# One more than a section of Today shows.
MOST_LINES = 11
# So many of one kind are weighed for the next steps.
MOST_WEIGHED = 20
# What is told of a customer.
DRAWN = (
    "name", "grade", "status_id", "country", "region", "city", "time_zone", "open_opportunities", "owned_since",
    "idle_since", "last_inbound_at", "next_task_at", "next_task_title", "protected_until", "protected_reason",
)  # fmt: skip


@dataclass(frozen=True)
class Own:
    """The rows of each kind (OWN_ROWS), and the customers that they name, by id, as far as the reader sees them."""

    rows: Mapping[str, Sequence[Sequence[Mapping[str, Any]]]]
    customers: Mapping[int, Any]

    def of(self, kind: str, most: int = MOST_LINES) -> list[Any]:
        """The first customers of a kind, in its order."""
        rows = self.rows[kind][0][:most]
        return [self.customers[row["of"]] for row in rows if row["of"] in self.customers]


def own(day: Day) -> QuerySet[Any]:
    """The reader's own customers."""
    return Customer.objects.held_by(day.user)


def first(customers: QuerySet[Any], most: int = MOST_LINES) -> list[QuerySet[Any]]:
    """The first of an ordered queryset, as OWN_ROWS wants them."""
    return [customers.values(of=F("pk"))[:most]]


def read_own(day: Day) -> Own:
    """Read by way of ``day.once``. Who left the reader's sight between the two statements is in ``rows`` alone."""
    asked = {kind: rows(day) for kind, rows in OWN_ROWS.items()}
    read = iter(rows_in_one([rows for of in asked.values() for rows in of if isinstance(rows, QuerySet)]))
    found = {kind: [next(read) if isinstance(rows, QuerySet) else rows for rows in of] for kind, of in asked.items()}
    ids = {row["of"] for of in found.values() for rows in of for row in rows}
    # Not only own ones: one's own deal may be at a colleague's customer.
    seen = Customer.objects.visible_to(day.user)
    return Own(found, with_points(seen).only(*DRAWN).in_bulk(ids) if ids else {})
