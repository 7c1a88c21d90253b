"""Are companies and people recognised as well as promised, on public sets with known answers?"""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from customers.management import labelled_sets as sets
from customers.management.commands.measure_matching import Score, is_of_letters_for_words, measure
from customers.record_likeness import Details, compare_people
from customers.similarity import compare_names

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "B_names"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"needs the public sets in {DATA}")


def warns(a: Details, b: Details) -> bool:
    return compare_names(a.name, b.name).is_warned_of


def f1(score: Score) -> float:
    return 2 * score.right / (2 * score.right + score.wrong + score.missed)


def test_a_rule_is_counted_against_the_answers():
    pairs = [
        sets.Pair(Details("A"), Details("a"), True),
        sets.Pair(Details("A"), Details("B"), True),
        sets.Pair(Details("A"), Details("A"), False),
    ]
    score = measure(pairs, {"plain": lambda a, b: a.name.casefold() == b.name.casefold()})["plain"]
    assert (score.right, score.wrong, score.missed) == (1, 1, 1)


def test_a_folder_that_is_not_there_is_said():
    with pytest.raises(CommandError):
        call_command("measure_matching", data=Path("nowhere"))


def test_sets_that_are_not_there_are_said(tmp_path):
    out = StringIO()
    call_command("measure_matching", data=tmp_path, stdout=out)
    assert out.getvalue().count("left out") == 6


@needs_data
def test_names_of_one_script():
    pairs = [pair for pair in sets.company_name_matcher(DATA) if pair.a.name.isascii() == pair.b.name.isascii()]
    words = [pair for pair in pairs if not is_of_letters_for_words(pair)]
    assert f1(measure(words, {"warn": warns})["warn"]) >= 0.9


@needs_data
def test_misspelt_names():
    right, wrong = ([Details(name) for name in names[:120]] for names in sets.misspelt_names(DATA))
    pairs = (sets.Pair(a, b, i == j) for i, a in enumerate(right) for j, b in enumerate(wrong))
    assert f1(measure(pairs, {"warn": warns})["warn"]) >= 0.9


@needs_data
def test_people():
    found = measure(sets.people(DATA), {"warn": lambda a, b: compare_people(a, b).is_warned_of})["warn"]
    assert found.right / (found.right + found.wrong) >= 0.98
    assert found.right / (found.right + found.missed) >= 0.9
