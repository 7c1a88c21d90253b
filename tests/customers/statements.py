"""How many statements does a page ask? Savepoints and settings of a transaction are not counted."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

CONTROL = re.compile(r"^(BEGIN|COMMIT)|SAVEPOINT|SET LOCAL")


def statements(client: Client, path: str, **extra: Any) -> int:
    """Open a page twice and return the number of statements of the second time: the first one notes the session."""
    client.get(path, **extra)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path, **extra)
    assert answer.status_code == 200
    return len([one for one in asked if not CONTROL.search(one["sql"])])
