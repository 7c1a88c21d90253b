"""Does the checkout have the environment that its lock describes? If not, make it.

Needs nothing but Python's standard library: venv, or else uv, or else virtualenv fetched by pip.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner import places
from runner.console import Problem, say

RUN, DEV = "requirements.lock", "requirements-dev.lock"  # the second holds all of the first
PYTHON = places.VENV / "bin/python"
STAMP = places.VENV / "gonghai-locks.json"
SPACE_MB = 700  # the environment with the tools for tests and checks, and pip's own copies meanwhile


def enter(lock: str, argv: list[str]) -> None:
    """Go on inside the checkout's environment with at least the packages of `lock`.

    Returns only when already inside with all packages there; otherwise starts run.py anew.
    """
    if not is_current(lock):
        with _one_at_a_time():
            if not is_current(lock):  # another start may have made it while we waited
                _make(lock)
    if Path(sys.prefix).resolve() != places.VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), str(places.CHECKOUT / "run.py"), *argv])


def is_current(lock: str, stamp: Path = STAMP, folder: Path = places.CHECKOUT) -> bool:
    """Whether the packages of `lock`, as it stands now, are installed."""
    installed = _read_stamp(stamp)
    wanted = [lock] if lock == DEV else [RUN, DEV]
    return PYTHON.exists() and any(installed.get(name) == _digest(folder / name) for name in wanted)


def write_stamp(lock: str, stamp: Path = STAMP, folder: Path = places.CHECKOUT) -> None:
    """Note that exactly the packages of `lock`, as it stands now, were installed last."""
    stamp.write_text(json.dumps({lock: _digest(folder / lock)}))


def _read_stamp(stamp: Path) -> dict[str, str]:
    try:
        return dict(json.loads(stamp.read_text()))
    except (OSError, ValueError):
        return {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    # The checkout's folder itself carries the lock: no file to leave behind, released with the process.
    folder = os.open(places.CHECKOUT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another start, which prepares the environment …")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _make(lock: str) -> None:
    places.require_space(places.CHECKOUT, SPACE_MB)
    if not _works(PYTHON):
        say("Making the environment .venv …")
        _make_venv()
    if DEV in _read_stamp(STAMP):
        lock = DEV  # somebody tests here: keep both lists in step
    say(f"Installing the packages of {lock} …")
    STAMP.unlink(missing_ok=True)
    install: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    # Not compiled: Python does that for what is really used, in a fraction of the time.
    install += ["--no-compile", "--only-binary=:all:", "--require-hashes", "--no-deps", "-r", places.CHECKOUT / lock]
    _run(install, "The packages could not be installed.\nIs there a way to the package index? Then try again.")
    write_stamp(lock)


def _works(python: Path) -> bool:
    """Whether an environment's Python starts, is new enough and has pip (a system upgrade breaks them)."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python, "-c", probe], capture_output=True).returncode == 0
    except OSError:
        return False


def _make_venv() -> None:
    """Make .venv by the first way that works: venv, uv, virtualenv. Raises Problem if none does."""
    shutil.rmtree(places.VENV, ignore_errors=True)
    ways: list[list[str]] = [[sys.executable, "-m", "venv"]]
    if uv := shutil.which("uv"):
        ways.append([uv, "venv", "--quiet", "--seed", "--python", sys.executable])
    for way in ways:
        if _quietly([*way, str(places.VENV)]) and _works(PYTHON):
            return
        shutil.rmtree(places.VENV, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        fetch = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, "virtualenv"]
        os.environ["PYTHONPATH"] = folder
        try:
            if _quietly(fetch) and _quietly([sys.executable, "-m", "virtualenv", str(places.VENV)]):
                return
        finally:
            del os.environ["PYTHONPATH"]
    shutil.rmtree(places.VENV, ignore_errors=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise Problem(
        f"This Python {version} cannot make a virtual environment. One of these helps:\n"
        f"  Debian, Ubuntu:  apt install python{version}-venv\n"
        "  anywhere:        install uv, or pip"
    )


def _quietly(argv: list[str]) -> bool:
    return subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def _run(argv: list[str | Path], advice: str) -> None:
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        last = "\n".join(done.stdout.strip().splitlines()[-12:])
        raise Problem(f"{last}\n\n{advice}")
