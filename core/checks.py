"""Can this database do what search needs?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import connections
from django.db.utils import DatabaseError


@checks.register(checks.Tags.database)
def check_trigrams_of_chinese(databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn where pg_trgm sees no letters in Chinese: with the character type C it is silent about it."""
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
                if cursor.fetchone() is None:
                    continue  # before the first migration
                cursor.execute("SELECT cardinality(show_trgm('深圳市'))")
                (number,) = cursor.fetchone()
        except DatabaseError:
            continue  # another check speaks of a database that is not there
        if not number:
            found.append(
                checks.Warning(
                    "pg_trgm finds no letters in Chinese text in this database.",
                    hint="Make the database anew with a UTF-8 character type, such as --lc-ctype=C.UTF-8.",
                    id="core.W001",
                )
            )
    return found
