"""How do thousands of new rows reach a table at once? By COPY, past the models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import Field, JSONField, Model


def take_ids(model: type[Model], count: int) -> list[int]:
    """Take so many ids from the table's sequence, in ascending order, for rows that refer to one another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [pk for (pk,) in cursor.fetchall()]


def load_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as values in the order of ``columns``; the other fields get their defaults.

    Values are as the columns hold them: ids for relations (``customer_id``), plain Python values for JSON, lists for
    arrays of text. Nothing is validated but by the database; raises IntegrityError as an INSERT does.
    Making the rows must not ask the database, which is busy taking them.
    """
    meta = model._meta
    given: list[Any] = [meta.get_field(name) for name in columns]
    others = [f for f in meta.local_concrete_fields if f not in given and not f.primary_key and not f.has_db_default()]
    defaults = tuple(field.get_db_prep_save(field.get_default(), connection) for field in others)
    special = [(place, write) for place, field in enumerate(given) if (write := _writer(field))]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in [*given, *others])
    sql = f"COPY {connection.ops.quote_name(meta.db_table)} ({names}) FROM STDIN"
    with (
        transaction.atomic(savepoint=False),
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(sql) as copy,
    ):
        for row in rows:
            values = [*row, *defaults]
            for place, write in special:
                if values[place] is not None:
                    values[place] = write(values[place])
            copy.write_row(values)


def _writer(field: Field[Any, Any]) -> Callable[[Any], str] | None:
    """How a value of this field is written where psycopg would take longer, or not know what it is for."""
    if isinstance(field, JSONField):
        return json.dumps
    return _array if isinstance(field, ArrayField) else None


def _array(texts: Sequence[str]) -> str:
    """All texts are escaped in one go, held apart by the one character that none can have."""
    escaped = "\0".join(texts).replace("\\", "\\\\").replace('"', '\\"')
    return '{"' + escaped.replace("\0", '","') + '"}' if texts else "{}"
