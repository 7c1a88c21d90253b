"""Who asks which server how often? What all measurements share."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from runner.console import say

from .client import Browser, WrongAnswer, cells
from .figures import Figures
from .place import Place

BACKENDS = {"product": "accounts.backends.NameOrEmailBackend", "floor": "django.contrib.auth.backends.ModelBackend"}
PEOPLE = {"salesperson": "alice", "manager": "root"}
WARM_UP, TRIES = 5, 3
ROW = re.compile(r"<t[dr] id=\"?r?(\d+)\"?")
ASIDE = re.compile(r"<i>.*?</i>")
CLOCK = re.compile(r"^\d\d:\d\d ?")


class Stage:
    """Two servers and the people who are signed in at them."""

    def __init__(self, here: Place, rounds: int) -> None:
        self.here = here
        self.rounds = rounds
        self.users = {role: User.objects.get(username=name) for role, name in PEOPLE.items()}
        self.sessions = {
            (server, role): sign_in(user, backend)
            for server, backend in BACKENDS.items()
            for role, user in self.users.items()
        }
        self.browsers = {key: self.browser(*key) for key in self.sessions}

    def browser(self, server: str, role: str) -> Browser:
        return Browser(self.here.addresses[server], {"sessionid": self.sessions[server, role]})

    def product(self, role: str, path: str) -> float:
        return self.browsers["product", role].get(path).ms

    def floor(self, role: str, path: str) -> float:
        return self.browsers["floor", role].get(path).ms

    def compare(
        self,
        make: Callable[[], Figures],
        product: Callable[[], float],
        floor: Callable[[], float],
        plus: Callable[[], float] | None = None,
    ) -> Figures:
        """Round by round: floor, product, floor, floor. Anew, up to three times, where the floor disagrees with itself.

        The pair that must agree is the first floor request of a round and the last: each follows another of its kind.
        """
        for _time in range(TRIES):
            figures = make()
            for _warm in range(WARM_UP):
                product(), floor(), plus() if plus else None
            for _round in range(self.rounds):
                first, middle = floor(), product()
                figures.add(middle, (first, floor(), floor()), plus() if plus else 0.0)
            if not figures.is_noisy:
                break
            say(f"  {figures.operation} {figures.variant}: the floor disagrees with itself; again")
        say(
            f"  {figures.operation} {figures.variant}: {figures.quartiles[1]:.2f} of {figures.bar:g}, {figures.verdict}"
        )
        return figures

    def statements(self, role: str, path: str) -> list[str]:
        """The SQL that one page asks, session and person included, once everything is warm."""
        client = Client(SERVER_NAME="127.0.0.1", headers={"Accept-Language": "en"})
        client.cookies["sessionid"] = self.sessions["product", role]
        for _warm in range(2):
            client.get(path)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
        if answer.status_code != 200:
            raise WrongAnswer(f"GET {path} answered {answer.status_code}")
        return [one["sql"] for one in asked]


def sign_in(user: Any, backend: str, using: str = "default") -> str:
    """The key of a session in which ``user`` is signed in, in the database of this alias."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = backend
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    row = session.create_model_instance(dict(session.items()))
    row.save(using=using)
    return str(row.session_key)


def timed(act: Callable[[], Any]) -> float:
    """How long it takes, in milliseconds."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def same_rows(product: str, floor: str) -> int:
    """How many rows both pages show: the same ids and the same words in every cell. Raises WrongAnswer else.

    The clock may tick between the two, and the floor knows no holidays: the fourth cell is compared by its place.
    """
    number = _same_ids(product, floor)
    for ours, theirs in zip(cells(product), cells(floor), strict=True):
        if list(map(_plain, ours)) != list(map(_plain, theirs)):
            raise WrongAnswer(f"The product shows {ours}, the floor {theirs}")
    return number


def rows_say(product: str, floor: str) -> int:
    """How many rows both pages show: the same ids, and in the same cell all words of the floor's that are no asides.

    For tables whose cells the product dresses more than a statement can. Raises WrongAnswer else.
    """
    number = _same_ids(product, floor)
    for ours, theirs in zip(cells(product), cells(ASIDE.sub("", floor)), strict=True):
        for shown, wanted in zip(ours, theirs, strict=True):
            if missing := [word for word in wanted.split() if word not in shown and wanted != "—"]:
                raise WrongAnswer(f"The product shows {shown}, not {missing} of the floor's {wanted}")
    return number


def _same_ids(product: str, floor: str) -> int:
    ours, theirs = ROW.findall(product), ROW.findall(floor)
    if ours != theirs or not ours:
        raise WrongAnswer(f"The product shows rows {ours[:5]} …, the floor {theirs[:5]} …")
    return len(ours)


def _plain(cell: str) -> str:
    return CLOCK.sub("", cell).partition(" · ")[0]
