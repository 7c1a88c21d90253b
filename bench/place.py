"""Where does the bench measure? In a cluster and a database of its own, with two web servers that it starts itself."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from runner import places, processes
from runner.console import Problem, say
from runner.manage import last_words
from runner.postgres import DURABLE
from runner.services import last_lines, start_services
from runner.static import static_digest

# What decides the content of a loaded database; for anything else `--fresh` loads anew.
CONTENT = ("*/demo.py", "*/demo/*", "customers/identity_keys.py", "customers/name_grams.py")
LOADED, WORK, KEPT, SMALLER = "crm", "work", "kept", "smaller"
START_SECONDS = 90
LEFTOVERS = ("product", "floor", SMALLER, "valkey", "postgres")


class Place:
    """Our own servers: ``environment`` leads to the database that is measured, a copy of the one that was loaded."""

    def __init__(self, folder: Path, urls: dict[str, str]) -> None:
        self.folder = folder
        self.urls = urls
        self.addresses: dict[str, str] = {}
        self.origin = LOADED  # what ``reset`` copies
        self.workers: dict[str, int] = {}  # pids of the web processes
        self.environment = {
            **{word: value for word, value in os.environ.items() if not word.startswith("GONGHAI_")},
            **urls,
            "DATABASE_URL": self.url(WORK),
            "GONGHAI_DATA_DIR": str(folder),
            "GONGHAI_PROCESS": "manage",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DJANGO_SETTINGS_MODULE": "crm.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def url(self, database: str) -> str:
        return self.urls["DATABASE_URL"].replace("@/crm?", f"@/{database}?")

    def manage(self, *words: str, database: str = WORK) -> str:
        """Run a command of Django on one of the databases; return what it says. Raises Problem."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=places.CHECKOUT,
            env=self.environment | {"DATABASE_URL": self.url(database)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise Problem(f"`manage.py {words[0]}` has failed:\n{last_words(done.stdout)}")
        return done.stdout.rstrip()

    def load(self, customers: int, database: str) -> None:
        """Fill a migrated, empty database with the demo firm and check every invariant."""
        say(f"Loading {customers:,} customers …")
        say(self.manage("demo", "--customers", str(customers), database=database))
        say(self.manage("check_invariants", database=database))

    def make_smaller(self, customers: int) -> None:
        """Have a database of so many customers beside the measured one, loaded once."""
        stamp = self.folder / "smaller.json"
        if stamp.exists() and stamp.read_text() == _content(customers):
            return
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {SMALLER} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {SMALLER}")
        self.manage("migrate", "--noinput", "--verbosity", "0", database=SMALLER)
        self.load(customers, SMALLER)
        stamp.write_text(_content(customers))

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Within the block, ``reset`` goes back to the measured database as it is now. Nobody may be connected."""
        self._copy(WORK, KEPT)
        self.origin = KEPT
        try:
            yield
        finally:
            self.origin = LOADED
            with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {KEPT} WITH (FORCE)")

    def reset(self) -> None:
        """Make the measured database anew from the loaded one, and write everything to disk."""
        self._copy(self.origin, WORK)
        # As a database in use is kept: plans depend on it, and autovacuum would come in the middle of a measurement.
        with psycopg.connect(self.url(WORK), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")

    def _copy(self, origin: str, copy: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
            strategy = "STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
            connection.execute(f"CREATE DATABASE {copy} TEMPLATE {origin} {strategy}")


@contextmanager
def place(customers: int, fresh: bool = False) -> Iterator[Place]:
    """Servers of our own with so many customers loaded; what an earlier run has loaded is used again.

    ``fresh`` loads anew. Raises Problem, also where another bench of this size runs from this checkout.
    """
    for word in ("DATABASE_URL", "REDIS_URL"):  # of the demo or the user: never measured, never touched
        os.environ.pop(word, None)
    folder = places.passable_folder(places.make_data_folder() / f"bench-{customers}")
    stamp = folder / "loaded.json"
    with ExitStack() as stack:
        lock = stack.enter_context((folder / "lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem("Another bench of this size runs from this checkout.") from None
        for name in LEFTOVERS:
            stop = signal.SIGINT if name == "postgres" else signal.SIGTERM
            processes.stop_leftover(folder / "pids" / f"{name}.pid", stop)
        is_loaded = not fresh and stamp.exists() and stamp.read_text() == _content(customers)
        if not is_loaded:
            stamp.unlink(missing_ok=True)
            (folder / "smaller.json").unlink(missing_ok=True)
            shutil.rmtree(folder / "postgres", ignore_errors=True)
        here = Place(folder, start_services(stack, folder, settings=DURABLE, keep=False))
        here.manage("migrate", "--noinput", "--verbosity", "0", database=LOADED)
        if not is_loaded:
            here.load(customers, LOADED)
            stamp.write_text(_content(customers))
        here.reset()
        yield here


def _content(customers: int) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in CONTENT for path in places.CHECKOUT.glob(pattern) if path.is_file()):
        digest.update(path.read_bytes())
    return json.dumps({"customers": customers, "content": digest.hexdigest()})


@contextmanager
def web(here: Place) -> Iterator[None]:
    """Run the product and the floor, one process each with the same server and options, on free loopback ports."""
    stamp = here.folder / "static.stamp"
    if not stamp.exists() or stamp.read_text() != static_digest(places.CHECKOUT):
        here.manage("collectstatic", "--noinput", "--clear", "--verbosity", "0")
        stamp.write_text(static_digest(places.CHECKOUT))
    with ExitStack() as stack:
        for name, module in (("product", "crm.wsgi"), ("floor", "bench.floor.wsgi")):
            serve(stack, here, name, module)
        yield


def serve(stack: ExitStack, here: Place, name: str, module: str, database: str = WORK) -> None:
    """Start one web process on a database until the stack ends; its address is then in ``here.addresses``."""
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=256))
    argv = [sys.executable, "-m", "gunicorn", module, "--bind", f"fd://{listener.fileno()}", "--no-control-socket"]
    argv += ["--worker-class", "gthread", "--workers", "1", "--threads", "8", "--timeout", "120", "--keep-alive", "60"]
    environment = {word: value for word, value in here.environment.items() if word != "DJANGO_SETTINGS_MODULE"}
    program = processes.Program(
        name,
        [*argv, "--log-level", "warning"],
        environment | {"GONGHAI_PROCESS": "web", "DATABASE_URL": here.url(database)},
        places.CHECKOUT,
        pass_fds=(listener.fileno(),),
    )
    log, pid_file = here.folder / f"{name}.log", here.folder / "pids" / f"{name}.pid"
    with log.open("wb") as output:
        child = processes.start(program, pid_file, output)
    stack.callback(processes.stop, program, child, pid_file)
    here.addresses[name] = f"127.0.0.1:{listener.getsockname()[1]}"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and processes.birth(child.pid):
        try:
            with urllib.request.urlopen(f"http://{here.addresses[name]}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    here.workers[name] = _child_of(child.pid)
                    return
        except OSError:
            time.sleep(0.1)
    raise Problem(f"The {name} server does not answer. Its last words:\n{last_lines(log)}")


def _child_of(pid: int) -> int:
    """The one worker of a web server."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in listed.splitlines())
    return next(int(child) for child, parent in pairs if int(parent) == pid)


def memory_mb(pid: int) -> float:
    """Resident memory of a process in megabytes."""
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    return int(said) / 1024
