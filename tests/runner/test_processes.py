"""Is what a killed start left behind ended, and is nobody else's process touched?"""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner import processes
from runner.places import CHECKOUT

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(SLEEPS, start_new_session=True) as child:
        yield child
        child.kill()


def test_a_noted_process_is_recognised(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    processes.note(tmp_path / "web.pid", sleeper.pid)
    assert processes.noted(tmp_path / "web.pid") == sleeper.pid


def test_a_stranger_with_the_same_number_is_left_alone(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """After a crash the number may belong to the user's editor."""
    pid_file = tmp_path / "web.pid"
    pid_file.write_text(f"{sleeper.pid}\nanother-boot 12345\n")
    assert not processes.stop_leftover(pid_file, signal.SIGTERM)
    assert sleeper.poll() is None
    assert not pid_file.exists()


@pytest.mark.parametrize("text", ["", "rubbish", "12 34\n", "1\n2\n3\n"])
def test_a_damaged_pid_file_stops_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "web.pid").write_text(text)
    assert not processes.stop_leftover(tmp_path / "web.pid", signal.SIGTERM)


def test_a_leftover_is_ended(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    processes.note(tmp_path / "web.pid", sleeper.pid)
    assert processes.stop_leftover(tmp_path / "web.pid", signal.SIGTERM)
    assert sleeper.wait(5) == -signal.SIGTERM


def test_a_program_that_ignores_the_request_is_killed_with_its_children(tmp_path: Path) -> None:
    program = processes.Program("web", [sys.executable, "-c", DEAF], patience=0.2)
    child = processes.start(program, tmp_path / "web.pid", subprocess.PIPE)
    assert child.stdout
    with child.stdout:
        child.stdout.readline()
        processes.stop(program, child, tmp_path / "web.pid")
    assert child.returncode == -signal.SIGKILL
    assert not (tmp_path / "web.pid").exists()


def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    parent = f"import subprocess, sys; print(subprocess.Popen({SLEEPS!r}).pid, flush=True); sys.stdin.read()"
    program = processes.Program("worker", [sys.executable, "-c", parent + "; import time; time.sleep(60)"])
    child = processes.start(program, tmp_path / "worker.pid", subprocess.PIPE)
    assert child.stdout
    with child.stdout:
        grandchild = int(child.stdout.readline())
        processes.stop(program, child, tmp_path / "worker.pid")
    deadline = time.monotonic() + 5
    while processes.birth(grandchild) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert processes.birth(grandchild) is None


SLOW = "import signal, time; signal.signal(signal.SIGTERM, lambda *_: time.sleep(1) or exit()); print('up', flush=True)"
END_LEFTOVERS = """
import sys
from pathlib import Path
from runner.installation import Installation
with open(Path(sys.argv[1]) / "running.json", "w") as record:
    Installation(Path(sys.argv[1]), record).end_leftovers()
"""


def test_ctrl_c_while_leftovers_are_ended_still_ends_them_all(tmp_path: Path) -> None:
    """The record of them is read once: what is not ended now runs on unseen."""
    (tmp_path / "pids").mkdir()
    left = []
    for name in ("web", "valkey"):
        argv = [sys.executable, "-c", f"{SLOW}; time.sleep(60)"]
        program = processes.Program(name, argv)
        left.append(processes.start(program, tmp_path / "pids" / f"{name}.pid", subprocess.PIPE))
        assert left[-1].stdout
        left[-1].stdout.readline()
    words = [sys.executable, "-c", END_LEFTOVERS, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=CHECKOUT) as starter:
        assert starter.stdout
        assert b"left behind" in starter.stdout.readline()
        time.sleep(0.3)
        starter.send_signal(signal.SIGINT)
        starter.wait(20)
    assert [child.wait(5) is not None for child in left] == [True, True]
    for child in left:
        assert child.stdout
        child.stdout.close()
