"""How do Django's own commands run on this installation's servers?"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runner import places, processes
from runner.console import Problem
from runner.installation import Installation, shared_installation


def manage(words: list[str]) -> int:
    """Run `manage.py` in the foreground with its terminal; return its exit code."""
    with shared_installation() as here:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, not for us
        try:
            return subprocess.call(
                [sys.executable, "manage.py", *words],
                cwd=places.CHECKOUT,
                env=here.environment(),
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        finally:
            signal.signal(signal.SIGINT, before)


def manage_quietly(here: Installation, *words: str) -> str:
    """Run `manage.py` and return what it says. Raises Problem with its last lines when it fails."""
    with manage_beside(here, *words) as finish:
        return finish()


@contextmanager
def manage_beside(here: Installation, *words: str) -> Iterator[Callable[[], str]]:
    """Run `manage.py` beside what the block does; the function given waits for it, as `manage_quietly` does.

    If the block ends first, by Ctrl-C or an error, the command ends with it.
    """
    child = subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=places.CHECKOUT,
        env=here.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C reaches run.py, which ends this first
    )

    def finish() -> str:
        said, _ = child.communicate()
        if child.returncode:
            report = here.folder / "problem.log"
            report.write_text(said)
            hint = "\nDATABASE_URL is set: does that database answer?" if os.environ.get("DATABASE_URL") else ""
            raise Problem(f"`manage.py {words[0]}` has failed (all of it: {report}):\n{last_words(said)}{hint}")
        return said.strip()

    with child:
        try:
            yield finish
        finally:
            if child.returncode is None:
                processes.end(child.pid, signal.SIGTERM, 5)


def last_words(said: str, lines: int = 12) -> str:
    """Return how a program's output ends: of a traceback only the error itself.

    >>> last_words('Traceback (most recent call last):\\n  File "x.py"\\nValueError: no such port\\n')
    'ValueError: no such port'
    """
    _, traceback, end = said.strip().rpartition("Traceback (most recent call last):\n")
    rest = end.splitlines()
    while traceback and rest and rest[0].startswith(" "):
        rest.pop(0)
    return "\n".join(rest[-lines:])
