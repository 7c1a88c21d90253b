"""What happens when Gonghai is started twice from one checkout?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner import places
from runner.console import Problem
from runner.installation import own_installation, shared_installation


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    # Both URLs stay set, so no server is started here.
    folder = Path(os.environ["GONGHAI_DATA_DIR"]) / tmp_path_factory.mktemp("data").name
    monkeypatch.setenv("GONGHAI_DATA_DIR", str(folder))
    return folder


def test_a_second_start_is_told_where_the_first_one_is() -> None:
    with own_installation() as here:
        here.address = "http://127.0.0.1:8001/"
        here.note()
        with (
            pytest.raises(Problem, match=r"runs from this checkout already: http://127\.0\.0\.1:8001/"),
            own_installation(),
        ):
            pass


def test_a_command_joins_the_one_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("REDIS_URL", "redis://mine")
    with own_installation() as here:
        here.urls = {"DATABASE_URL": "postgresql://its/own", "REDIS_URL": "redis://its.own"}
        here.note()
        with shared_installation() as guest:
            assert guest.environment()["DATABASE_URL"] == "postgresql://its/own"
            assert guest.environment()["REDIS_URL"] == "redis://mine"
            assert guest.environment()["SECRET_KEY"] == here.environment()["SECRET_KEY"]


def test_after_a_kill_the_next_start_is_free(own_data_folder: Path) -> None:
    killed = "import os, signal\nfrom runner.installation import own_installation as o\n"
    killed += "with o() as here: here.address = 'http://gone/'; here.note(); os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", killed], cwd=places.CHECKOUT)
    with own_installation() as here:
        assert here.address == ""


def test_secrets_and_files_of_customers_are_private(own_data_folder: Path) -> None:
    with own_installation() as here:
        here.environment()
    modes = {path.name: path.stat().st_mode & 0o777 for path in own_data_folder.iterdir()}
    assert modes["secret_key"] == modes["running.json"] == 0o600
    assert modes["media"] == modes["exports"] == 0o700
