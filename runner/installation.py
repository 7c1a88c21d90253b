"""Who uses this checkout's data and servers right now: we, or somebody who came before?"""

import fcntl
import json
import os
import secrets
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

from runner import places, processes
from runner.console import Problem, say
from runner.postgres import DURABLE
from runner.services import last_lines, start_services

# Files of customers are nobody else's business, whatever the umask.
PRIVATE = ("pids", "media", "exports", "mail", "static")
# What a start may leave behind when it is killed, in the order in which it has to be ended.
LEFTOVERS = {
    "beat": signal.SIGTERM,
    "worker": signal.SIGQUIT,
    "web": signal.SIGTERM,
    "valkey": signal.SIGTERM,
    "postgres": signal.SIGINT,
}


class Installation:
    """The data folder and the environment in which the product's programs run."""

    def __init__(self, folder: Path, record: TextIO) -> None:
        self.folder = folder
        self.pids = folder / "pids"
        self._record = record
        self.urls: dict[str, str] = {}
        self.address = ""  # once it answers
        self.port = chosen_port(os.environ) or 8000

    def environment(self, **more: str) -> dict[str, str]:
        """The words that settings read; those of the caller's environment win where they may be chosen."""
        ours = {"SECRET_KEY": _secret_key(self.folder), "PYTHONUNBUFFERED": "1"}
        fixed = {"GONGHAI_DATA_DIR": str(self.folder), "PORT": str(self.port)}
        given = {name: value for name, value in os.environ.items() if value}  # set to nothing is not set
        return ours | self.urls | given | fixed | more

    def end_leftovers(self) -> None:
        """Make the private folders, and end what a killed start has left running."""
        for name in PRIVATE:
            places.private_folder(self.folder / name, None)
        left = [name for name in LEFTOVERS if processes.noted(self.pids / f"{name}.pid")]
        if left:
            say(f"Ending what an earlier start left behind: {', '.join(left)} …")
        interrupts = []
        for name, stop_signal in LEFTOVERS.items():
            try:
                processes.stop_leftover(self.pids / f"{name}.pid", stop_signal)
            except KeyboardInterrupt as interrupt:  # finish first: who was found running would run on unseen
                interrupts.append(interrupt)
                processes.stop_leftover(self.pids / f"{name}.pid", stop_signal)
        if interrupts:
            raise interrupts[0]

    def start_servers(self, stack: ExitStack) -> None:
        """Bring PostgreSQL and Valkey up; leaving `stack` stops them."""
        self.urls = start_services(stack, self.folder, settings=DURABLE, keep=True)
        self.note()

    def check_servers(self) -> None:
        """Raise Problem, with its last words, if a server that was started here has died."""
        for name in ("postgres", "valkey"):
            pid_file = self.pids / f"{name}.pid"
            if pid_file.exists() and not processes.noted(pid_file):
                raise Problem(f"{name} has died. Its last words:\n{last_lines(self.folder / f'{name}.log')}")

    def note(self) -> None:
        """Tell whoever comes meanwhile which servers run and where to look."""
        self._record.seek(0)
        self._record.truncate()
        json.dump({"urls": self.urls, "port": self.port, "address": self.address}, self._record)
        self._record.flush()


@contextmanager
def own_installation() -> Iterator[Installation]:
    """Take the data folder for us alone, nothing running yet. Raises Problem if somebody else has it."""
    with _record(places.make_data_folder()) as (here, is_free):
        if not is_free:
            raise Problem(_who_is_there(here))
        here.end_leftovers()
        yield here


@contextmanager
def shared_installation() -> Iterator[Installation]:
    """Use the servers of whoever runs already, or bring them up for this one command."""
    has_own = os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")
    with _record(places.make_data_folder(), patience=0 if has_own else 60) as (here, is_free), ExitStack() as stack:
        guests = stack.enter_context((here.folder / "guests.lock").open("w"))
        if is_free:
            here.end_leftovers()
            here.start_servers(stack)
            # Called before the servers are stopped: guests who use them finish first.
            stack.callback(fcntl.flock, guests, fcntl.LOCK_EX)
        else:
            fcntl.flock(guests, fcntl.LOCK_SH)
            if not has_own and not here.urls:
                raise Problem("Another start has been coming up for a minute. Look at what it says.")
        yield here


@contextmanager
def _record(folder: Path, patience: float = 0) -> Iterator[tuple[Installation, bool]]:
    # The lock goes with the process, however it ends; what the file says counts only while it is held.
    path = folder / "running.json"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        here = Installation(folder, file)
        deadline = time.monotonic() + patience
        while not (is_free := _take(file)):
            facts = _read(file)
            here.urls, here.port = facts.get("urls", {}), facts.get("port", here.port)
            here.address = facts.get("address", "")
            if here.urls or time.monotonic() > deadline:
                break
            time.sleep(0.2)  # its servers are coming up
        if is_free:
            here.note()  # what an earlier one has written is no longer true
        yield here, is_free


def _take(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(file: TextIO) -> dict[str, Any]:
    try:
        file.seek(0)
        return dict(json.load(file))
    except ValueError:  # the other one is just writing it
        return {}


def chosen_port(environ: Mapping[str, str]) -> int | None:
    """Return the port that PORT names, None if it names none. Raises Problem if it is no port."""
    chosen = environ.get("PORT")
    if not chosen:
        return None
    if not (chosen.isdecimal() and 0 < int(chosen) < 65536):
        raise Problem(f"PORT={chosen} is no port; it takes a number from 1 to 65535.")
    return int(chosen)


def _who_is_there(here: Installation) -> str:
    if not here.address:
        return "Gonghai is just being started from this checkout, or a command is using its data. Try again later."
    return (
        f"Gonghai runs from this checkout already: {here.address}\n"
        "Use that one, or stop it first (Ctrl-C where it runs)."
    )


def _secret_key(folder: Path) -> str:
    """Return the installation's own key, made once and readable by its owner alone."""
    path = folder / "secret_key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text().strip()
