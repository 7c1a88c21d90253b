"""Does each customer go to exactly one, and nobody beyond a limit, however many claim at once?

Exit code: 0 all promises held and the naive control broke them, 1 a promise was broken, 2 the control held: then the
contest proves nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from runner.console import Problem, say, tell

from .ground import ground

HEAD = ("way", "seed", "claims tried", "claimed", "double", "over", "deadlocks", "errors", "broken", "seconds")
# Four tabs a person.
TABS = 4
# The limits that bind nobody here; of each round one is so tight that it binds everybody.
WIDE = {"a_day": 16, "a_week": 16, "a_month": 16, "capacity": 50}
# Answers that are words of a rule, or of a person who waited too long for a lock.
WORDS = {"claimed", "NotInPool", "ClaimLimitReached", "AtCapacity", "InCoolDown", "CustomerIsBusy", "200", "403", "404"}
WORDS |= {"409", "429", "503"}


def limits_of(seed: int) -> tuple[dict[str, int], int]:
    """The pool's limits in a round: each is the tight one in turn, at one or two customers; and that number."""
    tight = 1 + seed // len(WIDE) % 2
    return WIDE | {list(WIDE)[seed % len(WIDE)]: tight}, tight


@dataclass(frozen=True)
class Round:
    """What one seed brought."""

    way: str
    seed: int
    tried: int
    claimed: int
    double: int
    over: int
    deadlocks: int
    errors: int
    broken: int
    seconds: float
    answers: Counter[str]

    @property
    def holds(self) -> bool:
        return not (self.double or self.over or self.deadlocks or self.errors or self.broken) and self.claimed > 0

    def cells(self) -> tuple[str, ...]:
        figures = (self.tried, self.claimed, self.double, self.over, self.deadlocks, self.errors, self.broken)
        return (self.way, str(self.seed), *map(str, figures), f"{self.seconds:.1f}")


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("run.py contest", description=__doc__)
    parser.add_argument("--seeds", type=int, default=50, help="rounds through the services (50)")
    parser.add_argument("--claimers", type=int, default=200, help="claimers in a round, four of them one person (200)")
    parser.add_argument("--customers", type=int, default=100, help="customers in a round (100)")
    parser.add_argument("--http-seeds", type=int, default=5, help="rounds over HTTP (5)")
    parser.add_argument("--http-claimers", type=int, default=500, help="claimers in a round over HTTP (500)")
    parser.add_argument("--http-customers", type=int, default=50, help="customers in a round over HTTP (50)")
    parser.add_argument("--naive-seeds", type=int, default=3, help="rounds of the control (3)")
    parser.add_argument("--here", action="store_true", help="on the empty database of DATABASE_URL, as a test does")
    parser.add_argument("--processes", type=int, default=4, help="processes of eight claimers at once (4)")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Play all rounds, print one table. A Problem is told without a traceback, as exit code 2."""
    chosen = _arguments(words)
    for number in (signal.SIGTERM, signal.SIGHUP):  # or the servers would outlive us
        signal.signal(number, lambda *_: sys.exit(2))
    try:
        with ground(chosen.here):
            return _judge(_rounds(chosen))
    except Problem as problem:
        tell(problem)
        return 2


def _rounds(chosen: argparse.Namespace) -> list[Round]:
    firm = import_module("trials.firm")
    (admin,) = firm.people("admin", 1, "admin")
    game = _Game(chosen, firm, admin)
    say("  ".join(f"{word:>9}" for word in HEAD))
    rounds = [game.play("service", seed, chosen.claimers, chosen.customers) for seed in range(chosen.seeds)]
    if chosen.http_seeds:
        with ExitStack() as stack:
            game.address = import_module("trials.web").serve(stack, workers=3)
            rounds += [
                game.play("http", seed, chosen.http_claimers, chosen.http_customers)
                for seed in range(chosen.http_seeds)
            ]
    # Last, for afterwards the database is in disorder.
    return rounds + [game.play("naive", seed, chosen.claimers, chosen.customers) for seed in range(chosen.naive_seeds)]


class _Game:
    def __init__(self, chosen: argparse.Namespace, firm: object, admin: object) -> None:
        self.processes: int = chosen.processes
        self.firm, self.admin = firm, admin
        self.address = ""

    def play(self, way: str, seed: int, claimers: int, customers: int) -> Round:
        """One round with people and customers of its own."""
        from_people = import_module("trials.claimers")
        now = datetime.now().astimezone()
        dice = random.Random(f"{way} {seed}")  # noqa: S311
        firm = self.firm
        bounds, tight = limits_of(seed)
        # Without a cool-down, or those who gave the customers back had fewer chances.
        import_module("customers.models").Pool.objects.filter(is_default=True).update(cool_down_days=0, **bounds)
        people = firm.people(f"{way}{seed}p", -(-claimers // TABS))  # type: ignore[attr-defined]
        ids = firm.pooled([self.admin], f"{way} {seed}", customers, self.admin, now)  # type: ignore[attr-defined]
        tries = []
        for number in range(claimers):
            person = people[number % len(people)]
            # Half of all want the same few.
            wanted = [*dice.sample(ids[: max(2, customers // 5)], 2), *dice.sample(ids, 2)]
            session = import_module("trials.web").session(person) if way == "http" else ""
            tries.append(
                from_people.Try(way, person.pk, tuple(wanted), now + timedelta(seconds=1), session, self.address)
            )
        dice.shuffle(tries)
        before, began = firm.deadlocks(), time.monotonic()  # type: ignore[attr-defined]
        outcome = from_people.all_at_once(tries, self.processes)
        seconds = time.monotonic() - began
        found = self._judged(way, seed, ids, outcome, seconds, before, tight)
        say("  ".join(f"{cell:>9}" for cell in found.cells()))
        if strange := Counter({word: n for word, n in outcome.answers.items() if word not in WORDS}):
            say(f"  answers that are no rule's: {dict(strange)}")
        return found

    def _judged(
        self, way: str, seed: int, ids: list[int], outcome: object, seconds: float, before: int, tight: int
    ) -> Round:
        claims = import_module("publicpool.models").Claim
        answers: Counter[str] = outcome.answers  # type: ignore[attr-defined]
        told: list[tuple[int, int]] = outcome.told  # type: ignore[attr-defined]
        # A click that came twice is answered twice and is one claim.
        holders = Counter(customer for _user, customer in set(told))
        taken = Counter(claims.objects.filter(customer__in=ids).values_list("user", flat=True))
        rows = set(claims.objects.filter(customer__in=ids).values_list("user", "customer"))
        broken = self.firm.broken()  # type: ignore[attr-defined]
        for says, number in broken.items():
            say(f"  {number} rows break: {says}")
        return Round(
            way,
            seed,
            sum(answers.values()),
            len(rows),
            sum(number > 1 for number in holders.values()) + len(rows ^ set(told)),
            sum(number > tight for number in taken.values()),
            max(self.firm.deadlocks() - before, answers["deadlock"]),  # type: ignore[attr-defined]
            sum(number for word, number in answers.items() if word not in WORDS),
            sum(broken.values()),
            seconds,
            answers,
        )


def _judge(rounds: list[Round]) -> int:
    naive = [one for one in rounds if one.way == "naive"]
    product = [one for one in rounds if one.way != "naive"]
    answers = sum((one.answers for one in product), Counter[str]())
    say(f"\nanswers of the product: {dict(answers.most_common())}")
    if failed := [one for one in product if not one.holds]:
        say(f"✗ {len(failed)} of {len(product)} rounds broke a promise")
        return 1
    if naive and not any(one.double or one.over for one in naive):
        say("✗ the naive control broke nothing: the contest is too tame to prove anything")
        return 2
    say(
        f"✓ {len(product)} rounds, {sum(one.claimed for one in product):,} claims of"
        f" {sum(one.tried for one in product):,} tries: no double owner, nobody over a limit, no deadlock;"
        f" control: {sum(one.double for one in naive)} double owners, {sum(one.over for one in naive)} people over"
        f" ({os.cpu_count()} cores)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
