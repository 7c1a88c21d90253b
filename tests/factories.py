"""Which rows do tests start from? Simple makers with keyword overrides; the cast lives in conftest.py."""

from __future__ import annotations

from itertools import count
from typing import Any

from accounts.models import Team, User

PASSWORD = "correct horse battery"
_numbers = count(1)


def make_team(name: str = "", **fields: Any) -> Team:
    return Team.objects.create(name_en=name or f"Team {next(_numbers)}", **fields)


def make_user(username: str = "", **fields: Any) -> User:
    """A salesperson without a team, whose password is PASSWORD."""
    username = username or f"user{next(_numbers)}"
    fields = {"name": username.title(), "email": f"{username.lower()}@example.com"} | fields
    return User.objects.create_user(username, password=fields.pop("password", PASSWORD), **fields)
