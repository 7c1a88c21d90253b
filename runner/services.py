"""How do PostgreSQL and Valkey come up for a while, and go again in order?"""

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from runner import places, processes
from runner.console import Problem
from runner.postgres import Cluster, find
from runner.valkey import Valkey

START_SECONDS = 60


def start_services(stack: ExitStack, folder: Path, *, settings: dict[str, str], keep: bool) -> dict[str, str]:
    """Start each server whose URL is not set; return both URLs. Leaving `stack` stops what was started.

    `folder` keeps their data, logs and pid files; `keep` makes Valkey write its data to disk.
    Raises Problem when one does not come up.
    """
    urls = {}
    pids = folder / "pids"
    pids.mkdir(exist_ok=True)
    if not os.environ.get("DATABASE_URL"):
        user = places.unprivileged_user()
        cluster = Cluster(
            find(places.data_folder() / "programs"),
            folder / "postgres",
            places.socket_folder(folder, user),
            settings,
            user,
        )
        cluster.create()
        _start(stack, cluster.server, cluster.is_ready, pids, folder)
        urls["DATABASE_URL"] = cluster.url
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(folder / "valkey", keep=keep)
        _start(stack, valkey.server, valkey.is_ready, pids, folder)
        urls["REDIS_URL"] = valkey.url
    return urls


def _start(
    stack: ExitStack,
    server: Callable[[], processes.Program],
    is_ready: Callable[[], bool],
    pids: Path,
    folder: Path,
) -> None:
    for _attempt in range(3):  # a free port may be taken between asking and using it
        program = server()
        log = folder / f"{program.name}.log"
        pid_file = pids / f"{program.name}.pid"
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
            child = processes.start(program, pid_file, output)
        stack.callback(processes.stop, program, child, pid_file)
        if _await_ready(child, is_ready):
            return
    raise Problem(f"{program.name} does not start. Its last words ({log}):\n{last_lines(log)}")


def last_lines(log: Path) -> str:
    """Return how a server's log ends."""
    return "\n".join(log.read_text(errors="replace").strip().splitlines()[-8:])


def _await_ready(child: subprocess.Popen[bytes], is_ready: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while processes.birth(child.pid) and time.monotonic() < deadline:
        if is_ready():
            return True
        time.sleep(0.05)
    return False
