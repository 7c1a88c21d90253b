"""Does run.py speak plainly when something is wrong?"""

import errno
import os
import subprocess
import sys

import pytest

from runner import places, words
from runner.console import Problem


def run_py(*argv: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "run.py", *argv], cwd=places.CHECKOUT, env=os.environ | env, capture_output=True, text=True
    )


def test_help_lists_every_word() -> None:
    said = run_py("help").stdout
    assert all(word in said for word in ("run", "test", "check", "fmt", "demo", "manage", "lock"))


def test_a_wrong_word_is_told_without_a_traceback() -> None:
    done = run_py("tset")
    assert done.returncode == 1
    assert "knows no word 'tset'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("number", "advice"), [(errno.ENOSPC, "Free some space"), (errno.EACCES, "Start this as the user")]
)
def test_a_full_disk_or_a_foreign_folder_is_explained(
    number: int, advice: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_words: list[str]) -> int:
        raise OSError(number, os.strerror(number), "/srv/data")

    monkeypatch.setitem(words.WORDS, "help", words.Word("", fails, None))
    assert words.main(["help"]) == 1
    said = capsys.readouterr().err
    assert advice in said
    assert "Traceback" not in said


def test_a_full_disk_is_recognised_in_what_a_program_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_words: list[str]) -> int:
        raise Problem('initdb: FATAL: could not write to file "pg_wal": No space left on device')

    monkeypatch.setitem(words.WORDS, "help", words.Word("", fails, None))
    assert words.main(["help"]) == 1
    assert "The disk is full. Free some space" in capsys.readouterr().err
