"""When is the environment made anew, and where do data go?"""

from pathlib import Path

import pytest

from runner import bootstrap, places
from runner.console import Problem


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / bootstrap.RUN).write_text("django==5.2\n")
    (tmp_path / bootstrap.DEV).write_text("django==5.2\npytest==9\n")
    return tmp_path


def current(lock: str, checkout: Path) -> bool:
    return bootstrap.is_current(lock, checkout / "stamp", checkout)


def test_nothing_installed_is_not_current(checkout: Path) -> None:
    assert not current(bootstrap.RUN, checkout)


def test_a_changed_list_is_installed_again(checkout: Path) -> None:
    bootstrap.write_stamp(bootstrap.RUN, checkout / "stamp", checkout)
    assert current(bootstrap.RUN, checkout)
    (checkout / bootstrap.RUN).write_text("django==5.2.1\n")
    assert not current(bootstrap.RUN, checkout)


def test_running_needs_no_test_tools_but_testing_does(checkout: Path) -> None:
    bootstrap.write_stamp(bootstrap.RUN, checkout / "stamp", checkout)
    assert not current(bootstrap.DEV, checkout)


def test_an_environment_for_tests_also_runs(checkout: Path) -> None:
    bootstrap.write_stamp(bootstrap.DEV, checkout / "stamp", checkout)
    assert current(bootstrap.RUN, checkout)


def test_a_damaged_stamp_is_no_stamp(checkout: Path) -> None:
    (checkout / "stamp").write_text("{half")
    assert not current(bootstrap.RUN, checkout)


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="disk is full"):
        places.require_space(tmp_path, megabytes=10**12)


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/tmp")
    deep = tmp_path / ("x" * 90)
    place = places.socket_folder(deep, None)
    try:
        assert len(str(place)) <= places.LONGEST_SOCKET_FOLDER
        assert place.stat().st_mode & 0o777 == 0o700
        assert place == places.socket_folder(deep, None)
    finally:
        place.rmdir()


def test_a_chosen_data_folder_wins() -> None:
    assert places.data_folder({"GONGHAI_DATA_DIR": "/srv/gonghai data"}) == Path("/srv/gonghai data")
