"""Measure, print one table, write bench/results.json. Exit code: 0 all ok, 1 something over its bar, 2 void."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from importlib import import_module

import django

from runner.console import Problem, say, tell

from .figures import RESULTS, Figures, exit_code, table, write
from .place import Place, place, web

SIZES = {"bench": 100_000, "large": 1_000_000}
FEWEST_ROUNDS = 30


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("run.py bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="bench", help="100,000 or 1,000,000 customers (bench)")
    parser.add_argument("--customers", type=int, help="another number of customers")
    parser.add_argument("--rounds", type=int, default=40, help="rounds of each page; fewer than 30 are only a try (40)")
    parser.add_argument("--requests", type=int, default=10_000, help="requests between two looks at memory (10000)")
    parser.add_argument(
        "--import-rows", type=int, default=100_000, help="rows of the imported file, 0 for none (100000)"
    )
    parser.add_argument(
        "--due-tasks", type=int, default=100_000, help="tasks that fall due at once, 0 for none (100000)"
    )
    parser.add_argument(
        "--due-customers", type=int, default=10_000, help="customers that are reclaimed at once, 0 for none (10000)"
    )
    parser.add_argument(
        "--waiting", type=int, default=10_000, help="customers that a rotation gives out, 0 for none (10000)"
    )
    parser.add_argument(
        "--decisions", type=int, default=10_000, help="decisions of the ledger that is proven, 0 for none (10000)"
    )
    parser.add_argument(
        "--only", default="", help="names with commas: list,search,deep,detail,create,conflict,import …"
    )
    parser.add_argument("--fresh", action="store_true", help="load anew what an earlier run has loaded")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Load, start, measure, tell. A Problem is told without a traceback, as exit code 2."""
    chosen = _arguments(words)
    for number in (signal.SIGTERM, signal.SIGHUP):  # or the servers would outlive us
        signal.signal(number, lambda *_: sys.exit(2))
    lines: list[Figures] = []
    try:
        with place(chosen.customers or SIZES[chosen.size], chosen.fresh) as here:
            _measure(here, chosen, lines)
    except Problem as problem:
        tell(problem)
        return 2
    finally:  # what an hour has measured is not lost by what comes after it
        if lines:
            write(lines)
    say(f"\n{table(lines)}\n\n{os.cpu_count()} cores; written to {RESULTS}")
    return exit_code(lines)


def _measure(here: Place, chosen: argparse.Namespace, lines: list[Figures]) -> None:
    """Append a line for everything that is asked for, as soon as it is measured."""
    os.environ.update(here.environment)
    django.setup()
    only = set(filter(None, chosen.only.split(",")))
    with web(here):
        # Only now can anything be imported that needs Django's apps.
        operations = import_module("bench.operations")
        lines.extend(operations.measure_pages(here, chosen.rounds, chosen.requests, only))
    if chosen.import_rows and (not only or operations.IMPORT in only):
        lines += import_module("bench.importing").imports(here, chosen.import_rows)
    if chosen.due_tasks and (not only or operations.REMINDERS in only):
        lines += import_module("bench.reminding").reminders(here, chosen.due_tasks)
    if not only or operations.CLAIM in only:
        lines += import_module("bench.pooling").claims(here)
    if chosen.due_customers and (not only or operations.RECLAIM in only):
        lines += import_module("bench.pooling").sweeps(here, chosen.due_customers)
    if chosen.waiting and (not only or operations.ROTATION in only):
        lines += import_module("bench.giving").rotations(here, chosen.waiting)
    if chosen.decisions and (not only or operations.REPLAY in only):
        lines += import_module("bench.rotating").replays(here, chosen.decisions)
    if chosen.rounds < FEWEST_ROUNDS:
        say(f"Fewer than {FEWEST_ROUNDS} rounds: figures to look at, not to judge by.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
