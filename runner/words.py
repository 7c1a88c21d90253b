"""Which words does run.py know?"""

import errno
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

from runner import bootstrap, places
from runner.checks import check, fmt
from runner.console import Problem, paint, say, tell
from runner.locks import lock
from runner.manage import manage
from runner.serve import serve

DISK_FULL_SIGN = os.strerror(errno.ENOSPC)
DISK_FULL = (
    f"The disk is full. Free some space under {places.CHECKOUT} and {places.data_folder()},\n"
    "or set GONGHAI_DATA_DIR to a folder on another disk."
)


@dataclass(frozen=True)
class Word:
    """One command: what it tells people, what it does, and the packages it needs (None: none)."""

    help: str
    act: Callable[[list[str]], int]
    packages: str | None = bootstrap.RUN


def run(words: list[str]) -> int:
    _refuse(words)
    return serve()


def test(words: list[str]) -> int:
    return _become("pytest", "-n", str(os.cpu_count() or 1), "--dist", "worksteal", *words)


def demo(words: list[str]) -> int:
    return manage(["demo", *words])


def bench(words: list[str]) -> int:
    return _become("bench", *words)


def contest(words: list[str]) -> int:
    return _become("trials.contest", *words)


def soak(words: list[str]) -> int:
    return _become("trials.soak", *words)


def help_(words: list[str]) -> int:
    say("python3 run.py [word]\n")
    for name, word in WORDS.items():
        say(f"  {paint(f'{name:<8}', 'bold')} {word.help}")
    say("\nSet by environment: PORT, DATABASE_URL, REDIS_URL, DEMO_PASSWORD, GONGHAI_DATA_DIR (docs tell all).")
    say(f"Data are kept in {places.data_folder()}")
    return 0


WORDS = {
    "run": Word("start Gonghai with demo data (the same as no word)", run),
    "test": Word("run the tests; further words go to pytest: test tests/customers -k claim", test, bootstrap.DEV),
    "check": Word("format, lint, types, translations, security, tests: all that must hold", check, bootstrap.DEV),
    "fmt": Word("format the code and mend what can be mended", fmt, bootstrap.DEV),
    "demo": Word("load the demo firm: demo --customers 3000", demo),
    "manage": Word("Django's commands on this data: manage createsuperuser", manage),
    "lock": Word("bring the locked packages up to date", lock, bootstrap.DEV),
    "help": Word("this list", help_, None),
}
if (places.CHECKOUT / "bench").is_dir():
    WORDS["bench"] = Word("measure speed against the bars of the design", bench, bootstrap.DEV)
if (places.CHECKOUT / "trials").is_dir():
    WORDS["contest"] = Word(
        "let hundreds claim the same customers at once; nobody may win twice", contest, bootstrap.DEV
    )
    WORDS["soak"] = Word("ten minutes of everything at random while servers are killed", soak, bootstrap.DEV)


def main(argv: list[str]) -> int:
    """Do what the first word says; return the exit code. A Problem is told without a traceback."""
    name, *words = argv or ["run"]
    if name in ("-h", "--help"):
        name = "help"
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        if name not in WORDS:
            raise Problem(f"run.py knows no word '{name}'. `python3 run.py help` lists them.")
        word = WORDS[name]
        if word.packages:
            bootstrap.enter(word.packages, argv)
        return word.act(words)
    except KeyboardInterrupt:
        say("Interrupted.")
        return 130
    except Problem as problem:
        # PostgreSQL, pip and Django each report a full disk in their own way; it has one answer.
        full = DISK_FULL_SIGN in str(problem)
        tell(DISK_FULL if full else problem)
        return 1
    except OSError as error:
        if advice := _advice(error):
            tell(advice)
            return 1
        raise


def _advice(error: OSError) -> str | None:
    # shutil gathers several errors into one that has no number.
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or DISK_FULL_SIGN in str(error):
        return DISK_FULL
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"No right to write or read {error.filename or 'a file'}.\n"
            "Start this as the user to whom the checkout and its data belong, or set GONGHAI_DATA_DIR."
        )
    return None


def _refuse(words: list[str]) -> None:
    if words:
        raise Problem(f"`run` takes no further words: {' '.join(words)}")


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _become(module: str, *words: str) -> int:
    """Turn this process into a Python module, which then owns the terminal and Ctrl-C."""
    os.chdir(places.CHECKOUT)
    os.execv(sys.executable, [sys.executable, "-m", module, *words])
