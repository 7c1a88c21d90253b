"""Do the tests run on the servers they believe to run on?"""

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker


@pytest.mark.system
def test_chinese_has_trigrams(django_db_blocker: DjangoDbBlocker) -> None:
    """A cluster with the wrong ctype finds nothing in Chinese names, and says nothing about it."""
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT show_trgm('深圳市')")
        assert cursor.fetchone()[0]
