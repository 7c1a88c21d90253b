"""How do very many rows reach their tables in little time? By COPY, with ids given beforehand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.core.management.color import no_style
from django.db import connection, models

from ..models import Customer

BATCH = 1000


class Table:
    """Rows of one model on their way into the database.

    Only for an empty database that nobody else writes to: ids are counted here, and the sequence is
    set when all is done. Signals and ``save()`` are passed by; triggers and constraints are not.
    """

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        fields = model._meta.concrete_fields
        self.defaults = {field.attname: self._default(field) for field in fields}
        self.is_json = {field.attname for field in fields if isinstance(field, models.JSONField)}
        self.last_id = model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0
        self.rows: list[dict[str, Any]] = []
        self.written = 0
        self.analyzed = 250  # rows at the last look at them

    @staticmethod
    def _default(field: models.Field[Any, Any]) -> Any:
        if field.has_default() or not (field.null or field.has_db_default()):
            return field.get_default()
        return field.db_default if field.has_db_default() else None

    def add(self, **values: Any) -> int:
        """Line up a row, by column names (``owner_id``); returns its id. Raises KeyError for a strange column."""
        if strange := values.keys() - self.defaults.keys():
            raise KeyError(f"{self.model.__name__} has no {', '.join(sorted(strange))}")
        self.last_id += 1
        self.rows.append({**self.defaults, **values, "id": self.last_id})
        return self.last_id

    def flush(self) -> None:
        """Write the rows that are lined up."""
        columns = ", ".join(connection.ops.quote_name(column) for column in self.defaults)
        name = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                for row in self.rows:
                    copy.write_row([self._written(column, value) for column, value in row.items()])
            # What reads the rows between two batches would else be planned for an empty table, at any size.
            if (self.written + len(self.rows)) >= self.analyzed * 4:
                self.analyzed = self.written + len(self.rows)
                cursor.execute(f"ANALYZE {name}")
        self.written += len(self.rows)
        self.rows.clear()

    def _written(self, column: str, value: Any) -> Any:
        return json.dumps(value) if column in self.is_json and value is not None else value


@contextmanager
def searched_later(*wanted: type[models.Model]) -> Iterator[None]:
    """Take the GIN indexes of these tables away and make them anew behind the block: filled row by row they cost half
    of a load of 100,000 customers. Nobody else can read the tables until the transaction ends."""
    indexes = [(model, index) for model in wanted for index in model._meta.indexes if isinstance(index, GinIndex)]
    with connection.schema_editor() as schema:
        for model, index in indexes:
            schema.remove_index(model, index)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    with connection.schema_editor() as schema:
        for model, index in indexes:
            schema.add_index(model, index)


def set_sequences(tables: Iterable[Table]) -> None:
    """Let the sequences go on behind the ids that were given."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables]):
            cursor.execute(statement)


def held_customers(*needed: str) -> Iterator[list[Customer]]:
    """Customers that somebody holds, with their status and the columns ``needed``, in batches in the order of ids."""
    rows = Customer.objects.filter(owner__isnull=False).order_by("pk").select_related("status")
    held = rows.only(*needed, "status__key", "owner").iterator(chunk_size=BATCH)
    while batch := list(islice(held, BATCH)):
        yield batch
