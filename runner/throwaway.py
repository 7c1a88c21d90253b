"""Who clears up after a test run that was killed? This process, which owns the throwaway servers.

It starts a fresh PostgreSQL and Valkey in a temporary folder, prints their URLs as one line of
JSON, and waits. When its standard input ends, because the run is over or was killed, it stops
them and removes the folder.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from runner import places
from runner.console import Problem
from runner.postgres import THROWAWAY
from runner.services import start_services


@contextmanager
def throwaway_services() -> Iterator[dict[str, str]]:
    """Give DATABASE_URL, REDIS_URL and GONGHAI_DATA_DIR of servers that live as long as the block, at most.

    URLs that are set in the environment are kept. Raises Problem when a server does not come up.
    """
    keeper = subprocess.Popen(
        [sys.executable, "-m", "runner.throwaway"],
        cwd=places.CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C ends the tests first, then the servers
    )
    assert keeper.stdout
    try:
        answer = json.loads(keeper.stdout.readline() or '{"problem": "The test servers did not start."}')
        if problem := answer.get("problem"):
            raise Problem(problem)
        yield answer
    finally:
        keeper.communicate()  # ends its input, and waits until it has cleared up


def _keep() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folder = Path(tempfile.mkdtemp(prefix="gonghai-test-")).resolve()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        try:
            urls = start_services(stack, folder, settings=THROWAWAY, keep=False)
        except Problem as problem:
            print(json.dumps({"problem": str(problem)}), flush=True)
            return
        print(json.dumps(urls | {"GONGHAI_DATA_DIR": str(folder)}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _keep()
