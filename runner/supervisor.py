"""Who watches the web server, the worker and the beat, and shows what they say?"""

import subprocess
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from runner import processes
from runner.console import Problem, paint, say

COLOURS = {"web": "cyan", "worker": "magenta", "beat": "yellow"}
TOO_OFTEN, WINDOW_SECONDS = 3, 60


class Supervisor:
    """Keeps programs running: one that dies is started again, unless it dies again and again."""

    def __init__(self, stack: ExitStack, programs: list[processes.Program], pids: Path) -> None:
        """Start `programs` in order; leaving `stack` stops them in reverse."""
        self.programs = {program.name: program for program in programs}
        self.pids = pids
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.relays: dict[str, threading.Thread] = {}
        self.deaths: dict[str, list[float]] = {name: [] for name in self.programs}
        for name in self.programs:
            self._start(name)
            stack.callback(self._stop, name)

    def check(self) -> None:
        """Start again what has died. Raises Problem when something dies too often."""
        for name, child in self.children.items():
            if processes.birth(child.pid) is not None:
                continue
            self._stop(name)
            now = time.monotonic()
            self.deaths[name] = [at for at in self.deaths[name] if now - at < WINDOW_SECONDS] + [now]
            if len(self.deaths[name]) >= TOO_OFTEN:
                raise Problem(f"{name} has died {TOO_OFTEN} times within a minute; its lines above say why.")
            say(paint(f"{name} ended unexpectedly ({_how(child.returncode)}); starting it again.", "red"))
            self._start(name)

    def _start(self, name: str) -> None:
        child = processes.start(self.programs[name], self._pid_file(name), subprocess.PIPE)
        self.children[name] = child
        self.relays[name] = threading.Thread(target=_relay, args=(name, child), daemon=True)
        self.relays[name].start()

    def _stop(self, name: str) -> None:
        processes.stop(self.programs[name], self.children[name], self._pid_file(name))
        self.relays[name].join(1)  # its last words come before ours

    def _pid_file(self, name: str) -> Path:
        return self.pids / f"{name}.pid"


def _relay(name: str, child: subprocess.Popen[bytes]) -> None:
    prefix = paint(f"{name:<6} │ ", COLOURS.get(name, "dim"))
    assert child.stdout
    with child.stdout:
        for line in child.stdout:
            if text := line.decode(errors="replace").rstrip():
                say(prefix + text)


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
