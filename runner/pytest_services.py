"""On which servers do the tests run? A pytest plugin that starts throwaway ones before Django wakes.

Loaded by `-p` in pyproject.toml, for pytest-django reads the settings before any conftest.
Each xdist worker has a database (pytest-django names it) and a Redis number of its own.
"""

import os
import re
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from runner.browser import chromium
from runner.console import Problem
from runner.static import static_for_tests
from runner.throwaway import throwaway_services

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


def own_number(url: str, worker: int) -> str:
    """Return a Redis URL whose database number is `worker` higher."""
    address, number, rest = re.fullmatch(r"(rediss?://[^/?]+)(?:/(\d*))?(\?.*)?", url).groups(default="")  # type: ignore[union-attr]
    return f"{address}/{int(number or 0) + worker}{rest}"
