"""How do many visitors ask at once? Not by the test client: each would keep what all of them are shown."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.test import RequestFactory


class Visitors:
    """The product as a WSGI server calls it, without cookies: one for all threads."""

    def __init__(self) -> None:
        self.application = WSGIHandler()

    def post(self, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded", **environ: Any) -> int:
        """Post a body and return the status; the connections of the thread are closed behind it."""
        status: list[str] = []
        request = RequestFactory(**environ).generic("POST", path, body, content_type=kind)
        self.application(request.environ, lambda line, _heads: status.append(line)).close()
        connections.close_all()
        return int(status[0].split()[0])
