"""How well are companies and people recognised, on public sets with known answers?

    python manage.py measure_matching --data DIR

DIR holds the sets that `customers/management/labelled_sets.py` names, with the names of files said there; each can be
had from its public repository. No set is part of this repository. What is missing is said and left out.
"""

import itertools
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.text import is_cjk, squash

from ... import identity
from ...name_grams import grams, rarest
from ...record_likeness import Details, compare_people, compare_records
from ...similarity import compare_names
from .. import labelled_sets as sets

Rule = Callable[[Details, Details], bool]


@dataclass
class Score:
    """Pairs that a rule found rightly, found wrongly and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __str__(self) -> str:
        precision = self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0
        recall = self.right / (self.right + self.missed) if self.right + self.missed else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        counts = f"{self.right:>6}{self.wrong:>7}{self.missed:>8}"
        return f"{precision:>10.3f}{recall:>8.3f}{f1:>8.3f}{counts}"


def measure(pairs: Iterable[sets.Pair], rules: dict[str, Rule]) -> dict[str, Score]:
    """Count what each rule makes of the pairs."""
    scores = {name: Score() for name in rules}
    for pair in pairs:
        for name, rule in rules.items():
            found = rule(pair.a, pair.b)
            if found and pair.is_match:
                scores[name].right += 1
            elif found:
                scores[name].wrong += 1
            elif pair.is_match:
                scores[name].missed += 1
    return scores


def is_plain(a: Details, b: Details) -> bool:
    """The rule that everybody has: the same but for case and spaces around."""
    return a.name.strip().casefold() == b.name.strip().casefold()


class _Names:
    """The rules for names, each name normalised once."""

    def __init__(self) -> None:
        self.parsed: dict[str, identity.CompanyName] = {}
        self.keys: dict[str, str] = {}

    def rules(self) -> dict[str, Rule]:
        """By name; "formed" is the block where the names also have a legal form."""
        return {
            "plain": is_plain,
            "block": self.blocks,
            "formed": self.blocks_with_form,
            "warn": self.warns,
        }

    def name(self, name: str) -> identity.CompanyName:
        if name not in self.parsed:
            self.parsed[name] = identity.normalise_name(name)
            self.keys[name] = identity.name_key(self.parsed[name])
        return self.parsed[name]

    def blocks(self, a: Details, b: Details) -> bool:
        for side in (a, b):
            self.name(side.name)
        return self.keys[a.name] == self.keys[b.name]

    def blocks_with_form(self, a: Details, b: Details) -> bool:
        return self.blocks(a, b) and bool(self.parsed[a.name].legal_form)

    def warns(self, a: Details, b: Details) -> bool:
        return self.blocks(a, b) or compare_names(self.name(a.name), self.name(b.name)).is_warned_of


def is_of_letters_for_words(pair: sets.Pair) -> bool:
    """Whether one name is an abbreviation or ticker that the other does not contain: IBM, P&G, MSFT."""
    short, long = sorted((squash(side.name) for side in (pair.a, pair.b)), key=len)
    core = identity.normalise_name(min(pair.a.name, pair.b.name, key=len)).core.replace(" ", "")
    return len(core) <= 5 and core not in long and len(long) >= 2 * len(core) and short != long


class Command(BaseCommand):
    help = "Measure how well companies and people are recognised on public sets with known answers"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", required=True, type=Path, help="folder with the sets (see the source)")

    def handle(self, *args: Any, data: Path, **options: Any) -> None:
        if not data.is_dir():
            raise CommandError(f"There is no folder {data}.")
        self.stdout.write(
            "Pairs without country are taken as of one country; names only, where nothing else is said.\n"
        )
        self.stdout.write(
            f"{'set':<44}{'rule':<7}{'precision':>10}{'recall':>8}{'F1':>8}{'right':>6}{'wrong':>7}{'missed':>8}"
        )
        for step in (self._name_sets, self._misspelt, self._restaurants, self._people, self._chinese, self._forms):
            try:
                step(data)
            except FileNotFoundError as error:
                self.stdout.write(f"left out, for there is no {error.filename}")

    def _name_sets(self, data: Path) -> None:
        names = _Names()
        rules = names.rules()
        self._print("name_bench nk_checks", measure(sets.name_bench(data), rules))
        pairs = sets.company_name_matcher(data)
        self._print("company_name_matcher", measure(pairs, rules))
        one_script = [pair for pair in pairs if is_cjk(pair.a.name) == is_cjk(pair.b.name)]
        self._print("  of one script", measure(one_script, rules))
        words = [pair for pair in one_script if not is_of_letters_for_words(pair)]
        self._print("  of one script, without acronyms", measure(words, rules))

    def _misspelt(self, data: Path) -> None:
        names = _Names()
        rules = names.rules()
        began = time.perf_counter()
        self._print("dnb, 500 × 500", measure(sets.misspelt(data), rules))
        self.stdout.write(f"  {250_000 / (time.perf_counter() - began):,.0f} pairs a second, all three rules")
        right, wrong = sets.misspelt_names(data)
        index = [set(grams(name)) for name in right]
        frequency = Counter(term for terms in index for term in terms)
        chosen = [set(rarest(grams(name), frequency, rows=len(right) // 50)) for name in wrong]
        found = sum(not terms.isdisjoint(index[row]) for row, terms in enumerate(chosen))
        looked_at = sum(not terms.isdisjoint(own) for terms in chosen for own in index)
        self.stdout.write(
            f"  candidates by their rarest terms: {found / len(right):.3f} of the misspelt names find the right one, "
            f"looking at {looked_at / len(right) ** 2:.1%} of the names"
        )

    def _restaurants(self, data: Path) -> None:
        names = _Names()
        rules = names.rules() | {"warn": lambda a, b: compare_records(a, b).is_warned_of}
        self._print("fodors_zagats, name + phone + address", measure(sets.restaurants(data), rules))

    def _people(self, data: Path) -> None:
        rules: dict[str, Rule] = {"plain": is_plain, "warn": lambda a, b: compare_people(a, b).is_warned_of}
        self._print("febrl 1, people (never block)", measure(sets.people(data), rules))

    def _chinese(self, data: Path) -> None:
        names = sets.chinese_names(data)
        likeness = [compare_names(a, b) for a, b in itertools.combinations(names, 2)]
        same = sum(one.score == 1 for one in likeness)
        warned = sum(one.is_warned_of for one in likeness)
        self.stdout.write(
            f"{len(names)} different Chinese companies, {len(likeness):,} pairs: {same} block, {warned} warn"
        )

    def _forms(self, data: Path) -> None:
        for name, forms in sets.legal_forms(data).items():
            known = sum(bool(identity.canonical_form(form)) for form in forms)
            self.stdout.write(f"legal forms, {name}: {known} of {len(forms)} known ({known / len(forms):.0%})")

    def _print(self, name: str, scores: dict[str, Score]) -> None:
        for rule, score in scores.items():
            self.stdout.write(f"{name:<44}{rule:<7}{score}")
