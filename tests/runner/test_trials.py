"""Do the trials run, do they find what is broken, and do the promises hold for a minute of everything at random?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.db import connection

from runner import places
from trials.contest import Round, _judge
from trials.soak import _judge as judge_soak


def play(word: str, *words: str, patience: float) -> tuple[int, str]:
    """Run a trial on the database of this test: its exit code and all it said. One that hangs is ended with its own."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    trial = subprocess.Popen(
        [sys.executable, "-m", f"trials.{word}", "--here", *words],
        cwd=places.CHECKOUT,
        env=os.environ | {"DATABASE_URL": database},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = trial.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(trial.pid, signal.SIGTERM)  # it ends its servers, or they would work on in the tests that follow
        said, _ = trial.communicate(timeout=60)
        pytest.fail(f"hung for {patience} s\n{said}")
    return trial.returncode, said


@pytest.mark.django_db(transaction=True)
def test_a_minute_of_everything_at_random(tmp_path):
    code, said = play("soak", "--seconds", "60", "--clients", "6", "--customers", "60", patience=300)
    assert code == 0, said
    assert "every promise held throughout" in said


@pytest.mark.django_db(transaction=True)
def test_a_small_contest_and_its_naive_control():
    words = ("--seeds", "1", "--claimers", "80", "--customers", "20", "--http-seeds", "0", "--naive-seeds", "4")
    code, said = play("contest", *words, patience=300)
    assert code == 0, said


def a_round(way: str = "service", **figures: int) -> Round:
    fields = {"tried": 9, "claimed": 5, "double": 0, "over": 0, "deadlocks": 0, "errors": 0, "broken": 0} | figures
    return Round(way=way, seed=1, seconds=1.0, answers=Counter(), **fields)


@pytest.mark.parametrize("fault", ["double", "over", "deadlocks", "errors", "broken"])
def test_a_contest_that_breaks_a_promise_fails(fault):
    naive = a_round("naive", double=3)
    assert _judge([a_round(), naive]) == 0
    assert _judge([a_round(), a_round(**{fault: 1}), naive]) == 1
    assert _judge([a_round(claimed=0), naive]) == 1
    assert _judge([a_round(), a_round("naive")]) == 2


def test_a_soak_that_loses_or_breaks_something_fails():
    good = Counter({"claim done": 3, "claim failed: 55P03": 1})
    assert judge_soak(good, [], Counter(), 1, Counter(), 0) == 0
    assert judge_soak(good, ["claim 1 of customer 2 is lost"], Counter(), 1, Counter(), 0) == 1
    assert judge_soak(good, [], Counter({"I1": 1}), 1, Counter(), 0) == 1
    assert judge_soak(good, [], Counter(), 1, Counter(), 1) == 1
    assert judge_soak(Counter({"claim failed: 40001": 1}), [], Counter(), 1, Counter(), 0) == 1
    assert judge_soak(Counter(), [], Counter(), 1, Counter(), 0) == 1
