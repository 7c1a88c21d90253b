"""How do the trials ask over HTTP? Of several web workers, with sessions that are prepared."""

from __future__ import annotations

import os
import socket
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from accounts.models import User
from bench.stage import BACKENDS, sign_in
from runner import places, processes
from runner.console import Problem
from runner.services import last_lines
from runner.static import static_for_tests

START_SECONDS = 90


def session(user: User) -> str:
    """The key of a session in which somebody is signed in."""
    return sign_in(user, BACKENDS["product"])


def serve(stack: ExitStack, workers: int) -> str:
    """Start the product with so many workers until the stack ends; its address. Raises Problem."""
    folder = Path(os.environ["GONGHAI_DATA_DIR"])
    static_for_tests(folder / "static")
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=512))
    argv = [sys.executable, "-m", "gunicorn", "crm.wsgi", "--bind", f"fd://{listener.fileno()}", "--no-control-socket"]
    argv += ["--worker-class", "gthread", "--workers", str(workers), "--threads", "8", "--timeout", "120"]
    program = processes.Program(
        "web", [*argv, "--log-level", "warning"], dict(os.environ), places.CHECKOUT, pass_fds=(listener.fileno(),)
    )
    log, pid_file = folder / "trial-web.log", folder / "trial-web.pid"
    with log.open("wb") as output:
        child = processes.start(program, pid_file, output)
    stack.callback(processes.stop, program, child, pid_file)
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and processes.birth(child.pid):
        try:
            with urllib.request.urlopen(f"http://{address}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return address
        except OSError:
            time.sleep(0.1)
    raise Problem(f"The web server does not answer. Its last words:\n{last_lines(log)}")
