"""What do tests about people need besides the cast?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.models import OutgoingMail
from tests.factories import PASSWORD


@pytest.fixture
def sign_in() -> Callable[..., Any]:
    """Send the sign-in form as a browser would; returns the answer."""

    def send(client: Client, login: str, password: str = PASSWORD, address: str = "192.0.2.1", **fields: str) -> Any:
        data = {"login": login, "password": password} | fields
        return client.post("/accounts/login/", data, REMOTE_ADDR=address)

    return send


@pytest.fixture
def is_in() -> Callable[[Client], bool]:
    """Is somebody signed in in this browser?"""
    return lambda client: client.get("/people/notifications/unread/").status_code == 200


@pytest.fixture
def mails(db) -> Callable[..., list[OutgoingMail]]:
    """The mails waiting for an address, oldest first."""
    return lambda to: list(OutgoingMail.objects.filter(to=to).order_by("pk"))
