"""Does the pool keep its promises for as long as twenty people work, while worker, beat and broker are killed?

Exit code: 0 all promises held and nothing that was acknowledged is lost, 1 else, 2 where the servers do not start.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import wait
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from runner import places, processes
from runner.console import Problem, say, tell
from runner.valkey import Valkey

from .ground import ground

LOOK_EVERY, KILL_EVERY = 10, 12
# So many threads of clients share a process.
THREADS = 5
# More than any act takes, on a slow machine too.
PATIENCE_S = 120


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("run.py soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    parser.add_argument("--seconds", type=float, help="how long, for a short one")
    parser.add_argument("--clients", type=int, default=20, help="people who work at once (20)")
    parser.add_argument("--customers", type=int, default=400, help="customers at the beginning (400)")
    parser.add_argument("--seed", type=int, default=1, help="which random acts (1)")
    parser.add_argument("--here", action="store_true", help="on the empty database of DATABASE_URL, as a test does")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Soak, tell, judge. A Problem is told without a traceback, as exit code 2."""
    chosen = _arguments(words)
    for number in (signal.SIGTERM, signal.SIGHUP):  # or the servers would outlive us
        signal.signal(number, lambda *_: sys.exit(2))
    try:
        with ground(chosen.here) as folder, ExitStack() as stack:
            background = Background(stack, folder, random.Random(chosen.seed))  # noqa: S311
            return _soak(chosen, folder, background)
    except Problem as problem:
        tell(problem)
        return 2


class Background:
    """Worker, beat and a broker of our own; what is killed comes back at the same address."""

    def __init__(self, stack: ExitStack, folder: Path, dice: random.Random) -> None:
        self.folder, self.dice, self.killed = folder, dice, Counter[str]()
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        valkey = Valkey(folder / "trial-valkey", keep=False)
        self.programs = {"valkey": valkey.server()}
        os.environ["REDIS_URL"] = valkey.url
        celery = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "crm"]
        env = os.environ | {"GONGHAI_PROCESS": "worker"}
        worker = [
            *celery,
            "worker",
            "--concurrency",
            "1",
            "--without-gossip",
            "--without-mingle",
            "--loglevel",
            "ERROR",
        ]
        beat = [*celery, "beat", "--schedule", str(folder / "trial-beat"), "--loglevel", "ERROR"]
        self.programs["worker"] = processes.Program("worker", worker, env, places.CHECKOUT)
        self.programs["beat"] = processes.Program("beat", beat, env, places.CHECKOUT)
        for name in self.programs:
            self._start(name)
            stack.callback(self._kill, name)

    def kill_one(self) -> None:
        """kill -9, and start it again."""
        name = self.dice.choice(list(self.programs))
        self._kill(name)
        self.killed[name] += 1
        self._start(name)

    def _start(self, name: str) -> None:
        with (self.folder / f"trial-{name}.log").open("ab") as output:
            self.children[name] = processes.start(self.programs[name], self.folder / f"trial-{name}.pid", output)

    def _kill(self, name: str) -> None:
        child = self.children[name]
        if child.returncode is None:  # not reaped yet: its number is its own
            processes.kill_group(child.pid)
            child.wait()


def _soak(chosen: argparse.Namespace, folder: Path, background: Background) -> int:
    seconds = chosen.seconds or chosen.minutes * 60
    firm, clients = import_module("trials.firm"), import_module("trials.clients")
    staff = _staff(chosen, firm, clients, folder)
    began = time.monotonic()
    staff = [replace(one, ends=began + seconds) for one in staff]
    shares = [staff[place : place + THREADS] for place in range(0, len(staff), THREADS)]
    seen, looks, next_kill = Counter[str](), 0, began + KILL_EVERY
    forks = import_module("trials.forks").forks
    with forks(clients.work_together, shares, seconds + PATIENCE_S) as children:
        while wait(children, LOOK_EVERY).not_done:
            if time.monotonic() > next_kill:
                background.kill_one()
                next_kill = time.monotonic() + KILL_EVERY
            seen |= firm.broken()
            looks += 1
        answers: Counter[str] = sum((child.result() for child in children), Counter())
    seen |= firm.broken()
    return _judge(answers, clients.lost(_journal(folder)), seen, looks, background.killed, firm.deadlocks())


def _staff(chosen: argparse.Namespace, firm: Any, clients: Any, folder: Path) -> list[Any]:
    """People, half of the customers in the pool and half held and overdue, and a rule that takes them."""
    now = datetime.now().astimezone()
    (admin,) = firm.people("admin", 1, "admin")
    people = firm.people("client", chosen.clients)
    pools, rules = import_module("customers.models").Pool, import_module("publicpool.models").ReclaimRule
    pools.objects.filter(is_default=True).update(cool_down_days=0, a_day=30, a_week=40, a_month=50, capacity=60)
    rules.objects.create(name_en="Idle", kind="idle", days=10, is_active=True, is_for_all=True, created_at=now, updated_at=now)  # fmt: skip  # noqa: E501
    firm.pooled([admin], "Pooled", chosen.customers // 2, admin, now - timedelta(minutes=5))
    firm.customers(people, "Held", chosen.customers // 2, admin, now - timedelta(days=40))
    import_module("publicpool.services.warning").warn_due(now - timedelta(days=5))
    firm.rotation(people, admin, now)
    ids = tuple(one.pk for one in people)
    for old in folder.glob("journal-*.jsonl"):
        old.unlink()
    return [
        clients.Client(chosen.seed * 1000 + n, one.pk, admin.pk, ids, 0.0, folder / f"journal-{n}.jsonl")
        for n, one in enumerate(people)
    ]


def _journal(folder: Path) -> list[tuple[str, int, int]]:
    lines = []
    for path in sorted(folder.glob("journal-*.jsonl")):
        lines += [tuple(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    return lines


def _judge(
    answers: Counter[str], lost: list[str], broken: Counter[str], looks: int, killed: Counter[str], deadlocks: int
) -> int:
    for name, number in sorted(answers.items()):
        say(f"{number:>8,}  {name}")
    strange = {name: number for name, number in answers.items() if "failed" in name and not name.endswith("55P03")}
    say(f"killed: {dict(killed)}; looked at all promises {looks} times; deadlocks: {deadlocks}")
    for says, number in broken.items():
        say(f"✗ {number} rows broke: {says}")
    for line in lost[:20]:
        say(f"✗ {line}")
    done = sum(number for name, number in answers.items() if name.endswith("done"))
    if broken or lost or deadlocks or strange or not done:
        say(f"✗ broken {sum(broken.values())}, lost {len(lost)}, deadlocks {deadlocks}, failures {strange}")
        return 1
    say(f"✓ {done:,} acts were acknowledged and all of them are there; every promise held throughout")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
