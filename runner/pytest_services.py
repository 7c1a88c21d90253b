"""On which servers do the tests run? A pytest plugin that starts throwaway ones before Django wakes.

Loaded by `-p` in pyproject.toml, for pytest-django reads the settings before any conftest.
Each xdist worker has a database (pytest-django names it) and a Redis number of its own. The migrations, a minute of
work, run once, while the workers still collect their tests; each worker copies the database that they made.
"""

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from runner import places
from runner.browser import chromium
from runner.console import Problem
from runner.static import static_for_tests
from runner.throwaway import throwaway_services

MIGRATED = "TEST_TEMPLATE"
LOCK = "migrating.lock"
_services = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Put the servers' addresses into the environment before pytest-django reads the settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ["REDIS_URL"] = own_number(os.environ["REDIS_URL"], int(worker.removeprefix("gw")) + 1)
    else:
        os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
        try:
            os.environ.update(_services.enter_context(throwaway_services()))
            _services.enter_context(_migrating(os.environ["DATABASE_URL"], Path(os.environ["GONGHAI_DATA_DIR"])))
            static_for_tests(Path(os.environ["GONGHAI_DATA_DIR"], "static"))
        except Problem as problem:
            _services.close()
            raise pytest.UsageError(str(problem)) from None
    return (yield)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Browser tests need Chromium: without it they are skipped, with CI=true they fail."""
    if item.get_closest_marker("browser") and not chromium():
        if os.environ.get("CI") == "true":
            pytest.fail("With CI=true browser tests must run: install Chromium, or set CHROMIUM.", pytrace=False)
        pytest.skip("needs Chromium (Debian, Ubuntu: apt install chromium), or CHROMIUM set to its path")


def pytest_unconfigure() -> None:
    """Stop what was started; a worker has started nothing."""
    _services.close()


def migrated_database() -> str | None:
    """The name of the migrated database to copy, once it is ready; None where this plugin did not begin one.

    Where the migrations failed it holds those before: the worker migrates its copy, and tells why.
    """
    name = os.environ.get(MIGRATED)
    if name:
        with Path(os.environ["GONGHAI_DATA_DIR"], LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
    return name


@contextmanager
def _migrating(url: str, folder: Path) -> Generator[None]:
    """Migrate a database of its own in the background; the lock on a file tells how long it takes."""
    name = f"test_{urlsplit(url).path.strip('/')}_migrated"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(urlsplit(url)._replace(path="/postgres").geturl(), autocommit=True) as line:
        line.execute(drop)
        line.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the child's too, until it ends
            child = subprocess.Popen(
                [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
                cwd=places.CHECKOUT,
                env=os.environ | {"DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl()},
                pass_fds=(lock.fileno(),),
                stderr=subprocess.DEVNULL,
            )
        os.environ[MIGRATED] = name
        try:
            yield
        finally:
            child.terminate()
            child.wait()
            line.execute(drop)


def own_number(url: str, worker: int) -> str:
    """Return a Redis URL whose database number is `worker` higher."""
    address, number, rest = re.fullmatch(r"(rediss?://[^/?]+)(?:/(\d*))?(\?.*)?", url).groups(default="")  # type: ignore[union-attr]
    return f"{address}/{int(number or 0) + worker}{rest}"
