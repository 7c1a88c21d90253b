"""Is this process really ours, and how is it ended?

A pid alone proves nothing: after a crash the number may belong to somebody else. Every process
that run.py starts leaves a file with its pid and the moment it was started; both must agree.
"""

import contextlib
import os
import pwd
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PROC = Path("/proc/self/stat").exists()


@dataclass(frozen=True)
class Program:
    """A command to start and how it likes to be stopped (patience in seconds)."""

    name: str
    argv: list[str]
    env: dict[str, str] = field(repr=False, default_factory=dict)
    cwd: Path | None = None
    user: pwd.struct_passwd | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 20
    pass_fds: tuple[int, ...] = ()


def birth(pid: int) -> str | None:
    """Return what tells this process from any other with its number; None if it is not alive."""
    if not PROC:
        asked = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True)
        state, _, born = asked.stdout.strip().partition(" ")
        return None if state.startswith("Z") else born.strip() or None
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
    return None if fields[0] in "ZX" else f"{boot} {fields[19]}"


def note(pid_file: Path, pid: int) -> None:
    """Write down a process so that a later start can recognise it."""
    pid_file.write_text(f"{pid}\n{birth(pid)}\n")


def noted(pid_file: Path) -> int | None:
    """Return the pid in `pid_file` if exactly that process still runs."""
    try:
        pid, born = pid_file.read_text().splitlines()
        return int(pid) if birth(int(pid)) == born else None
    except (FileNotFoundError, ValueError):
        return None


def start(program: Program, pid_file: Path, output: IO[bytes] | int) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches only run.py, which ends all in order."""
    user = program.user
    child = subprocess.Popen(
        program.argv,
        env=program.env,
        cwd=program.cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=program.pass_fds,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    note(pid_file, child.pid)
    return child


def stop(program: Program, child: subprocess.Popen[bytes], pid_file: Path) -> None:
    """End a child and all it started; another Ctrl-C meanwhile ends our patience."""
    if child.returncode is not None:
        return  # ended and reaped before: its number may be somebody else's by now
    try:
        end(child.pid, program.stop_signal, program.patience)
    finally:
        # Not yet reaped, the child keeps its number, so this cannot hit a stranger.
        kill_group(child.pid)
        child.wait()
        pid_file.unlink(missing_ok=True)


def stop_leftover(pid_file: Path, stop_signal: signal.Signals, patience: float = 20) -> bool:
    """End what an earlier start left behind in `pid_file`; return whether there was anything."""
    pid = noted(pid_file)
    if pid is not None:
        end(pid, stop_signal, patience)
    pid_file.unlink(missing_ok=True)
    return pid is not None


def end(pid: int, stop_signal: signal.Signals, patience: float) -> None:
    """Ask one process to stop and wait up to `patience` seconds; then kill its whole session."""
    born = birth(pid)
    if born is None:
        return
    os.kill(pid, stop_signal)
    deadline = time.monotonic() + patience
    while birth(pid) == born:
        if time.monotonic() > deadline:
            kill_group(pid)
        time.sleep(0.05)


def kill_group(pid: int) -> None:
    """Kill a session that `start` made. The number stays taken as long as a member of it lives."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
