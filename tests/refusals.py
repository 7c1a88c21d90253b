"""Does a refusal leave everything as it was, and say which field it is about?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection

from core.exceptions import DomainError

OURS = ("accounts", "core", "customers", "opportunities")


def contents() -> dict[str, str]:
    """A fingerprint of every row of ours, by table."""
    tables = sorted(model._meta.db_table for app in OURS for model in apps.get_app_config(app).get_models(True))
    each = (
        f"SELECT '{table}', coalesce(md5(string_agg(r::text, ',' ORDER BY r::text)), '') FROM \"{table}\" r"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())


@contextmanager
def refused(error: type[DomainError], *, field: str | None = None) -> Iterator[pytest.ExceptionInfo[DomainError]]:
    """The block raises ``error`` about ``field``, in words for people, and no row anywhere has changed."""
    before = contents()
    with pytest.raises(error) as caught:
        yield caught
    assert caught.type is error
    assert caught.value.field == field
    assert str(caught.value.message).strip()
    assert contents() == before


@contextmanager
def untouched() -> Iterator[None]:
    """No row anywhere changes in the block."""
    before = contents()
    yield
    assert contents() == before
