"""How many statements does a page ask? Savepoints and settings of a transaction are not counted."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

CONTROL = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|SET LOCAL|SELECT set_config\(.*?\);? ?SET LOCAL)", re.DOTALL)


def statements(client: Client, path: str, **extra: Any) -> int:
    """Open a page and return the number of statements it needed."""
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path, **extra)
    assert answer.status_code == 200
    return len([one for one in asked if not CONTROL.match(one["sql"])])
