"""Which of the promises that the apps registered are broken, and by which rows?"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from .registries import INVARIANTS

SHOWN = 10


@dataclass(frozen=True)
class Verdict:
    """How many rows break a promise, and the first column of some of them."""

    key: str
    says: str
    broken: int
    rows: tuple[object, ...]


def verdicts() -> list[Verdict]:
    """Run every statement of INVARIANTS, in the order of their keys."""
    found = []
    with connection.cursor() as cursor:
        for key, line in sorted(INVARIANTS.items()):
            cursor.execute(f"SELECT count(*), (array_agg(broken.* ::text))[:{SHOWN}] FROM ({line.sql}) broken")  # noqa: S608  statements of our own
            broken, rows = cursor.fetchone()
            found.append(Verdict(key, line.says, broken, tuple(rows or ())))
    return found
