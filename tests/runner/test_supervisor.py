"""Is a program that dies started again, and one that cannot live reported?"""

import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from runner.console import Problem
from runner.processes import Program, birth
from runner.supervisor import Supervisor


def await_death(supervisor: Supervisor, name: str) -> None:
    deadline = time.monotonic() + 10
    while birth(supervisor.children[name].pid) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_crashed_program_is_started_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = Program("worker", [sys.executable, "-c", "import time; time.sleep(60)"])
    with ExitStack() as stack:
        supervisor = Supervisor(stack, [program], tmp_path)
        first = supervisor.children["worker"]
        first.send_signal(signal.SIGKILL)
        await_death(supervisor, "worker")
        supervisor.check()
        second = supervisor.children["worker"]
        assert second.pid != first.pid
    assert birth(second.pid) is None
    assert "worker ended unexpectedly (signal 9)" in capsys.readouterr().out


def test_a_program_that_cannot_live_is_given_up(tmp_path: Path) -> None:
    program = Program("web", [sys.executable, "-c", "raise SystemExit('no such database')"])
    with ExitStack() as stack:
        supervisor = Supervisor(stack, [program], tmp_path)
        for _ in range(2):
            await_death(supervisor, "web")
            supervisor.check()
        await_death(supervisor, "web")
        with pytest.raises(Problem, match="web has died 3 times"):
            supervisor.check()
