"""Which words for reading does every list share? Search terms, bounded counts, row values."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField, Field, Func, JSONField, Lookup, Model, QuerySet
from django.utils.translation import gettext as _

T = TypeVar("T")
COUNT_LIMIT = 10_000
COUNT_MS = 200


@dataclass(frozen=True)
class Count:
    """How many rows: exact up to COUNT_LIMIT, else “10,000+”, or “many” where counting took too long."""

    number: int | None
    is_more: bool = False

    def __str__(self) -> str:
        if self.number is None:
            return _("many")
        return f"{self.number:,}{'+' if self.is_more else ''}"

    @property
    def is_exact(self) -> bool:
        return self.number is not None and not self.is_more


def within(milliseconds: int, ask: Callable[[], T]) -> T | None:
    """What one statement answers in that time, None where it takes longer."""
    nested = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(milliseconds)}")
            return ask()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "57014":  # query_canceled
            raise
        return None
    finally:
        if nested:  # SET LOCAL outlives the savepoint
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {settings.STATEMENT_TIMEOUT_S * 1000}")


def bounded_count(queryset: QuerySet[Any], limit: int = COUNT_LIMIT, within_ms: int = COUNT_MS) -> Count:
    """Count rows, stopping at ``limit`` + 1 and after ``within_ms`` milliseconds."""
    return counted(within(within_ms, queryset.order_by().values("pk")[: limit + 1].count), limit)


def count_in_one(queryset: QuerySet[Any], limit: int = COUNT_LIMIT) -> Count:
    """Count rows, stopping at ``limit`` + 1, in one statement: where finding a page of them costs as much anyway."""
    return counted(counts_in_one([queryset], limit + 1)[0], limit)


def counted(number: int | None, limit: int = COUNT_LIMIT) -> Count:
    """The count that a bounded number is; None is one that took too long."""
    if number is None:
        return Count(None)
    return Count(limit, True) if number > limit else Count(number)


class RowBeyond(Func):
    """``(a, id) > (x, y)``: PostgreSQL compares whole rows, so an index on (a, id) is walked from there.

    Four expressions: sort key, id, value of the sort key, value of the id. ``forward`` False turns
    the comparison round.
    """

    output_field = BooleanField()
    conditional = True
    arity = 4

    def __init__(self, *expressions: Any, forward: bool = True) -> None:
        self.forward = forward
        super().__init__(*expressions)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra_context: Any) -> tuple[str, tuple[Any, ...]]:
        parts: list[str] = []
        params: list[Any] = []
        for expression in self.source_expressions:
            sql, part_params = compiler.compile(expression)
            parts.append(sql)
            params += part_params
        key, pk, key_value, pk_value = parts
        sign = ">" if self.forward else "<"
        return f"({key}, {pk}) {sign} ({key_value}, {pk_value})", tuple(params)


@Field.register_lookup
class Among(Lookup):
    """``= ANY(array)``, for as many plain texts or numbers as a batch has: ``in`` makes a parameter of each."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} = ANY(%s)", (*params, list(self.rhs))


class CjkGrams(Func):
    """The CJK characters of a text and their neighbouring pairs, text[]; the twin of core.text.cjk_grams."""

    function = "gonghai_cjk_grams"
    arity = 1


def counts_in_one(querysets: list[QuerySet[Any] | None], limit: int = 1000) -> list[int | None]:
    """Count several querysets, each bounded by its slice or by ``limit``, in one statement; None stays None."""
    parts: list[str] = []
    params: list[Any] = []
    for queryset in querysets:
        if queryset is None or queryset.query.is_empty():
            continue
        bounded = queryset if queryset.query.is_sliced else queryset.order_by()[:limit]
        sql, sql_params = bounded.values("pk").query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) rows)")  # noqa: S608  compiled by Django, values apart
        params += sql_params
    found: list[int] = []
    if parts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(parts), params)
            found = list(cursor.fetchone())
    answers = iter(found)
    return [None if queryset is None else 0 if queryset.query.is_empty() else next(answers) for queryset in querysets]


def rows_in_one(querysets: Sequence[QuerySet[Any]]) -> list[list[dict[str, Any]]]:
    """The rows of several small ``values()`` querysets in one statement, as JSON has them: days are ISO texts."""
    parts: list[str] = []
    params: list[Any] = []
    for queryset in querysets:
        try:
            sql, sql_params = queryset.query.sql_with_params()
        except EmptyResultSet:  # its condition can hold for no row
            parts.append("'[]'::json")
            continue
        parts.append(f"(SELECT coalesce(json_agg(row_to_json(rows)), '[]') FROM ({sql}) rows)")  # noqa: S608  as above
        params += sql_params
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        return list(cursor.fetchone())


class Contains(Func):
    """``strpos(text, needle) > 0``: a recheck of folded text that pulls in no second index.

    ILIKE here makes the planner AND a trigram index to that of the grams, measured 100 times slower.
    """

    output_field = BooleanField()
    conditional = True
    template = "(strpos(%(expressions)s) > 0)"
    arity = 2


def update_rows(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Set columns of many rows, each to values of its own, in one statement; returns how many rows there were.

    ``rows`` are (primary key, value, …) in the order of ``columns``. ``bulk_update`` builds a CASE with
    a branch a row and column: measured 20 times slower at 500 rows. JSON is given as Python values.
    """
    if not rows:
        return 0
    fields: list[Any] = [model._meta.pk, *(model._meta.get_field(name) for name in columns)]
    arrays = [
        [json.dumps(value) if isinstance(field, JSONField) else value for value in values]
        for field, values in zip(fields, zip(*rows, strict=True), strict=True)
    ]
    quote = connection.ops.quote_name
    names = [quote(field.column) for field in fields]
    pairs = ", ".join(f"{name} = v.{name}" for name in names[1:])
    types = ", ".join(f"%s::{field.rel_db_type(connection)}[]" for field in fields)
    sql = (
        f"UPDATE {quote(model._meta.db_table)} t SET {pairs} "  # noqa: S608  names of our own models only
        f"FROM unnest({types}) AS v({', '.join(names)}) WHERE t.{names[0]} = v.{names[0]}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, arrays)
        return cursor.rowcount
