"""Do browser tests run where they must?"""

import subprocess
from pathlib import Path

import pytest

from runner.browser import chromium, chromium_words
from runner.pytest_services import pytest_runtest_setup


@pytest.fixture
def browser_test(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> pytest.Item:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    request.node.add_marker(pytest.mark.browser)
    return request.node


def test_without_chromium_it_is_skipped_with_a_reason(
    browser_test: pytest.Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt install chromium"):
        pytest_runtest_setup(browser_test)


def test_in_ci_its_absence_is_a_failure(browser_test: pytest.Item, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="must run"):
        pytest_runtest_setup(browser_test)


@pytest.mark.browser
def test_it_starts(tmp_path: Path) -> None:
    """A Chromium that is there but cannot start (root, missing libraries) would fail every browser test."""
    program = chromium()
    assert program
    page = "data:text/html;charset=utf-8,<title>公海</title>"
    argv = [
        program,
        "--headless",
        "--disable-gpu",
        *chromium_words(),
        f"--user-data-dir={tmp_path}",
        "--dump-dom",
        page,
    ]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert "公海" in done.stdout, done.stderr
