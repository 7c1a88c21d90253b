"""Who plays in the tests? Alice owns, Bob is in her team, Charlie in another, Dana leads Alice's, Root administers."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page

from accounts.models import Team, User
from runner.pytest_services import migrated_database
from tests.browsing import served, sign_in, started_browser
from tests.factories import make_team, make_user
from tests.world import World


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix) -> None:
    """The database of a worker is a copy of the one that was migrated for all of them."""
    if name := migrated_database():
        connection.settings_dict["TEST"]["TEMPLATE"] = name


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup) -> None:
    """Who may what is ours to say: Django's own permissions need not be written anew whenever a database is emptied."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


@pytest.fixture(autouse=True)
def _fast_passwords(settings):
    """Real hashing costs a quarter of a second each; what is tested is when it happens, not how long."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _static_files_on_demand(settings):
    """Each test client is a server that starts: it would read all 1,500 files before its first answer."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """Throttles of one test must not slow the next."""
    cache.clear()
    return


@pytest.fixture
def now() -> datetime:
    """A Thursday afternoon in Shanghai."""
    return datetime(2026, 11, 26, 7, 20, tzinfo=UTC)


@pytest.fixture
def team(db) -> Team:
    """Alice's, Bob's and Dana's."""
    return make_team("Europe")


@pytest.fixture
def other_team(db) -> Team:
    return make_team("Americas")


@pytest.fixture
def alice(team) -> User:
    return make_user("alice", name="Alice", team=team)


@pytest.fixture
def bob(team) -> User:
    return make_user("bob", name="Bob", team=team)


@pytest.fixture
def charlie(other_team) -> User:
    return make_user("charlie", name="Charlie", team=other_team)


@pytest.fixture
def dana(team) -> User:
    return make_user("dana", name="Dana", team=team, role=User.Role.MANAGER)


@pytest.fixture
def root(db) -> User:
    return make_user("root", name="Root", role=User.Role.ADMIN)


@pytest.fixture
def cast(alice, bob, charlie, dana, root) -> dict[str, User]:
    return {"alice": alice, "bob": bob, "charlie": charlie, "dana": dana, "root": root}


@pytest.fixture
def signed_in(db) -> Callable[..., Client]:
    """``signed_in(alice)``: a browser in which Alice has just given her password.

    ``fresh=False``: it is a while ago, so that sensitive acts ask for it again.
    """

    def given(user: User, *, fresh: bool = True) -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": time.time() if fresh else 0, "username": user.username}
        ]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return client

    return given


@pytest.fixture
def house(db, settings) -> Iterator[str]:
    """The product as it is served; its URL."""
    with served() as url:
        settings.PUBLIC_URL = url
        yield url


@pytest.fixture
def window(house, monkeypatch) -> Iterator[Callable[..., Page]]:
    """``window(alice)``: the page of a browser of hers, signed in through the form; options as Playwright's contexts.

    The test is marked ``browser`` and ``django_db(transaction=True)``: the server has connections of its own.
    """
    # Playwright keeps an event loop in this thread, in which Django else refuses to ask the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with started_browser() as browser:
        yield partial(sign_in, browser, house)


@pytest.fixture
def statements() -> Callable[[Callable[[], object]], int]:
    """``statements(lambda: client.get(url))``: how many SQL statements it takes."""

    def count(act: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as seen:
            act()
        return len(seen)

    return count


@pytest.fixture
def world(cast, now) -> World:
    """A small firm in which every sensitive field sings its owner's name."""
    return World(cast, now).fill()
