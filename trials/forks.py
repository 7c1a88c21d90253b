"""How do children of a trial work at once, and never hang it?"""

from __future__ import annotations

import faulthandler
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import connections

Share = TypeVar("Share")
Found = TypeVar("Found")


@contextmanager
def forks(act: Callable[[Share], Found], shares: Sequence[Share], patience: float) -> Iterator[list[Future[Found]]]:
    """A child for each share, forked from here; what each of them finds. The end waits for all of them.

    A child that takes longer than ``patience`` seconds tells on standard error where it waits, and ends; it and one
    that dies raise BrokenProcessPool from ``result()``.
    """
    # Not multiprocessing.Pool: it would wait for a dead child without end, and its terminate() can hang.
    connections.close_all()  # a child must not speak on our line
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(len(shares), fork, _be_patient, (patience,)) as pool:
        yield [pool.submit(act, share) for share in shares]


def _be_patient(seconds: float) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # our parent's is not ours
    faulthandler.dump_traceback_later(seconds, exit=True)
