"""How does run.py speak to people?"""

import os
import sys
import threading

_lock = threading.Lock()  # one line at a time, though several processes report at once
_COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36", "magenta": "35"}


class Problem(Exception):
    """Something people can mend: the message says what is wrong and what to do, in plain words."""


def paint(text: str, colour: str) -> str:
    """Colour for terminals only; NO_COLOR is honoured (https://no-color.org)."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
        return f"\033[{_COLOURS[colour]}m{text}\033[0m"
    return text


def tell(problem: object) -> None:
    """Print what has gone wrong, apart from ordinary output."""
    print(paint("✗", "red"), problem, file=sys.stderr, flush=True)


def say(text: str = "") -> None:
    """Print one line at once, also into pipes; a reader that has gone away is no error."""
    with _lock:
        try:
            print(text, flush=True)
        except BrokenPipeError:
            # `run.py | head` has seen enough; the services still have to be stopped in order.
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
