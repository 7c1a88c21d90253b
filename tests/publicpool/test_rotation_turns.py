"""Does the rotation give turns as it promises, whatever happens between them, and can it be proven afterwards?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publicpool.rotation.chain import first_link, link
from publicpool.rotation.replay import GIVEN, MEMBERS, Fault, Replay, passed_as_data
from publicpool.rotation.turns import OWED, WAITS, Decision, Tally, Turn, Wheel, turns_of
from tests.publicpool.rotation_oracle import Oracle

NAMES = "ABCDEFGHIJKL"
NOW = "2026-11-26T07:20:00.000000Z"
AWAY, COOLS = {"why": "away"}, {"why": "cool_down"}


def wheel_of(weights: Mapping[str, int]) -> Wheel:
    wheel = Wheel()
    wheel.set_members([(NAMES.index(name), weight) for name, weight in weights.items()])
    return wheel


def serve(wheel: Wheel, number: int, no: str = "", not_this: str = "") -> str:
    """Who gets the next customers, "-" for nobody."""
    blocked = {NAMES.index(name): AWAY for name in no}
    unfit = {NAMES.index(name): COOLS for name in not_this}
    found = (wheel.give(blocked, unfit) for _number in range(number))
    return "".join(NAMES[one.turn.member] if one else "-" for one in found)


def account(wheel: Wheel, name: str) -> tuple[int, int, int, int]:
    tally = wheel.tallies[NAMES.index(name)]
    return tally.passed, tally.received, tally.skipped, tally.owed


# --- the examples of the rules ----------------------------------------------------------------------------


def test_three_two_one():
    assert serve(wheel_of({"A": 3, "B": 2, "C": 1}), 12) == "ABCABAABCABA"


@pytest.mark.parametrize(
    ("weights", "cycle"),
    [
        ({"A": 1}, "A"),
        ({"A": 1, "B": 1}, "AB"),
        ({"A": 1, "B": 3}, "ABBB"),
        ({"A": 0, "B": 2}, "BB"),
        ({"A": 5, "B": 1, "C": 2}, "ABCACAAA"),
    ],
)
def test_a_cycle(weights, cycle):
    assert serve(wheel_of(weights), 2 * len(cycle)) == cycle * 2


def test_nobody_and_weights_of_nothing_give_nothing():
    assert serve(wheel_of({}), 3) == "---"
    assert serve(wheel_of({"A": 0, "B": 0}), 3) == "---"


def test_two_runs_of_three_equal_one_of_six():
    wheel = wheel_of({"A": 3, "B": 2, "C": 1})
    first = serve(wheel, 3)
    kept = Wheel.of_data(json.loads(json.dumps(wheel.as_data())), wheel.tallies)
    assert first + serve(kept, 3) == "ABCABA"


def test_who_is_away_loses_the_turn():
    wheel = wheel_of({"A": 3, "B": 2, "C": 1})
    assert serve(wheel, 4, no="B") == "ACAA"
    assert serve(wheel, 6) == "ABCABA"
    assert account(wheel, "B") == (4, 2, 2, 0)


def test_a_cool_down_leaves_the_turn_owed_and_it_is_served_first():
    wheel = wheel_of({"A": 1, "B": 1, "C": 1})
    assert serve(wheel, 1, not_this="A") == "B"
    assert account(wheel, "A") == (1, 0, 0, 1)
    assert serve(wheel, 4) == "ACAB"
    assert account(wheel, "A") == (2, 2, 0, 0)


def test_a_debt_waits_while_its_member_is_away():
    wheel = wheel_of({"A": 1, "B": 1})
    assert serve(wheel, 1, not_this="A") == "B"
    assert serve(wheel, 2, no="A") == "BB"
    assert account(wheel, "A") == (3, 0, 2, 1)
    assert serve(wheel, 3) == "AAB"


def test_debts_of_several_are_served_by_age_and_a_customer_that_fits_the_second_goes_there():
    wheel = wheel_of({"A": 1, "B": 1, "C": 1})
    assert serve(wheel, 1, not_this="AB") == "C"
    assert serve(wheel, 1, not_this="A") == "B"
    assert serve(wheel, 4) == "AABC"


def test_a_customer_that_nobody_may_have_uses_no_turn():
    wheel = wheel_of({"A": 2, "B": 1})
    assert serve(wheel, 1) == "A"
    before = wheel.as_data()
    assert serve(wheel, 1, not_this="AB") == serve(wheel, 1, no="AB") == serve(wheel, 1, no="A", not_this="B") == "-"
    assert wheel.as_data() == before
    assert account(wheel, "A") == (1, 1, 0, 0)


def test_weights_joins_and_order_wait_for_the_next_cycle():
    wheel = wheel_of({"A": 3, "B": 2, "C": 1})
    assert serve(wheel, 2) == "AB"
    wheel.set_members([(3, 1), (2, 2), (1, 1), (0, 1)])  # D joins at the front, all others turned round
    assert serve(wheel, 4) == "CABA"
    assert serve(wheel, 5) == "DCBAC"


def test_who_leaves_gets_nothing_more_and_joins_anew_with_the_next_cycle():
    wheel = wheel_of({"A": 2, "B": 2})
    assert serve(wheel, 1) == "A"
    wheel.set_members([(0, 2)])
    wheel.set_members([(0, 2), (1, 2)])
    assert serve(wheel, 5) == "AABAB"
    assert account(wheel, "B") == (4, 2, 2, 0)


def test_a_debt_of_who_left_rests_until_they_are_back():
    wheel = wheel_of({"A": 1, "B": 1})
    assert serve(wheel, 1, not_this="A") == "B"
    wheel.set_members([(1, 1)])
    assert serve(wheel, 2) == "BB"
    wheel.set_members([(0, 1), (1, 1)])
    assert serve(wheel, 4) == "AABA"
    assert account(wheel, "A")[3] == 0


def test_it_is_stuck_where_nobody_can_take_anything():
    wheel = wheel_of({"A": 2, "B": 0})
    assert wheel.is_stuck({0: AWAY})
    assert not wheel.is_stuck({1: AWAY})
    wheel.set_members([(0, 2), (1, 1)])
    assert not wheel.is_stuck({0: AWAY})


def test_the_next_turns_are_told():
    assert [NAMES[turn.member] for turn in wheel_of({"A": 3, "B": 2, "C": 1}).upcoming(4)] == list("ABCA")


# --- whatever happens -------------------------------------------------------------------------------------

names = st.sampled_from(NAMES)
teams = st.lists(names, min_size=1, max_size=12, unique=True).flatmap(
    lambda who: st.tuples(*(st.tuples(st.just(one), st.integers(0, 10)) for one in who)).map(list)
)
# A customer comes, with those who are away or full and those in its cool-down; or the team changes.
customers = st.tuples(st.just("customer"), st.sets(names, max_size=6), st.sets(names, max_size=6))
easy = st.tuples(st.just("customer"), st.just(set()), st.just(set()))
changes = st.tuples(st.just("team"), teams)
lives = st.tuples(teams, st.lists(st.one_of(customers, easy, customers, easy, changes), max_size=60))
thorough = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def numbered(team: list[tuple[str, int]]) -> list[tuple[int, int]]:
    return [(NAMES.index(who), weight) for who, weight in team]


class Life:
    """A rotation with its ledger, as the services keep it."""

    def __init__(self) -> None:
        self.wheel = Wheel()
        self.lines: list[tuple[dict[str, Any], str]] = []
        self.hash = first_link(1)

    def write(self, **line: Any) -> None:
        line |= {"seq": len(self.lines) + 1, "at": NOW}
        self.hash = link(self.hash, line)
        self.lines.append((json.loads(json.dumps(line)), self.hash))

    def staff(self, team: list[tuple[str, int]]) -> None:
        self.wheel.set_members(numbered(team))
        self.write(kind=MEMBERS, data={"members": numbered(team)})

    def deal(self, no: set[str], not_this: set[str]) -> Decision | None:
        blocked = {NAMES.index(name): AWAY for name in no}
        found = self.wheel.give(blocked, {NAMES.index(name): COOLS for name in not_this})
        if found:
            turn = found.turn
            where = {"cycle": turn.cycle, "round": turn.round, "place": turn.place, "user": turn.member}
            data = {"passed": passed_as_data(found)}
            self.write(kind=GIVEN, customer=len(self.lines), is_owed=found.is_owed, data=data, **where)
        return found

    def restart(self) -> None:
        """The position outlasts runs and restarts."""
        self.wheel = Wheel.of_data(json.loads(json.dumps(self.wheel.as_data())), self.wheel.tallies)


def live(life: tuple[Any, Any], restarts: bool = False) -> Life:
    first, steps = life
    found = Life()
    found.staff(first)
    for step in steps:
        if step[0] == "team":
            found.staff(step[1])
        else:
            found.deal(*step[1:])
        if restarts:
            found.restart()
    return found


@thorough
@given(lives)
def test_the_oracle_gives_each_customer_to_the_same_person_and_keeps_the_same_accounts(life):
    first, steps = life
    oracle, wheel = Oracle(), Wheel()
    oracle.staff(first)
    wheel.set_members(numbered(first))
    for step in steps:
        if step[0] == "team":
            oracle.staff(step[1])
            wheel.set_members(numbered(step[1]))
            continue
        _word, no, not_this = step
        assert serve(wheel, 1, "".join(no), "".join(not_this)) == (oracle.deal(no, not_this) or "-")
        for name in NAMES:
            assert account(wheel, name) == oracle.account(name)


@thorough
@given(lives)
def test_received_and_skipped_and_owed_are_the_turns_passed(life):
    """I9, with the weights' number of turns in each full cycle, counted from the ledger alone."""
    lived = live(life)
    passed: Counter[tuple[int, int]] = Counter()
    received: Counter[int] = Counter()
    plans: dict[int, dict[int, int]] = {}
    team: dict[int, int] = {}
    for line, _hash in lived.lines:
        if line["kind"] == MEMBERS:
            team = dict(line["data"]["members"])
            continue
        for effect, cycle, _round, _place, member, _why in line["data"]["passed"]:
            plans.setdefault(cycle, team) if cycle not in plans else None
            passed[cycle, member] += effect != WAITS
        plans.setdefault(line["cycle"], team)
        passed[line["cycle"], line["user"]] += not line["is_owed"]
        received[line["user"]] += 1
    for tally in lived.wheel.tallies.values():
        assert tally.received + tally.skipped + tally.owed == tally.passed
        assert min(tally.passed, tally.received, tally.skipped, tally.owed) >= 0
    for cycle, plan in plans.items():
        turns = {member: passed[cycle, member] for member in plan}
        assert all(turns[member] <= weight for member, weight in plan.items())
        if cycle < lived.wheel.cycle:
            assert turns == plan
    assert dict(received) == {member: tally.received for member, tally in lived.wheel.tallies.items() if tally.received}
    debts = Counter(turn.member for turns in lived.wheel.owed.values() for turn in turns)
    assert debts == Counter({m: tally.owed for m, tally in lived.wheel.tallies.items() if tally.owed})


@thorough
@given(lives)
def test_split_runs_equal_one(life):
    whole, split = live(life), live(life, restarts=True)
    assert whole.lines == split.lines
    assert whole.wheel.as_data() == split.wheel.as_data()
    assert whole.wheel.tallies == split.wheel.tallies


@thorough
@given(lives)
def test_replay_equals_what_was_lived(life):
    lived, replay = live(life), Replay(1)
    assert [replay.take(*line) for line in lived.lines] == [None] * len(lived.lines)
    assert (replay.hash, replay.wheel.as_data()) == (lived.hash, lived.wheel.as_data())
    assert {k: v for k, v in replay.wheel.tallies.items() if v != Tally()} == {
        k: v for k, v in lived.wheel.tallies.items() if v != Tally()
    }


def faults(lines: list[tuple[dict[str, Any], str]], head: str) -> list[Fault | str]:
    """What a look at all lines finds; "cut" where the last one is not the one that was told."""
    replay = Replay(1)
    for line in lines:
        if fault := replay.take(*line):
            return [fault]
    return [] if replay.hash == head else ["cut"]


@thorough
@given(lives, st.data())
def test_a_changed_removed_moved_or_cut_row_is_found(life, data):
    lived = live(life)
    lines = deepcopy(lived.lines)
    place = data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(["change", "remove", "cut", "repeat", "rehash"]))
    line, said = lines[place]
    if how == "change":
        key = data.draw(st.sampled_from(sorted(line)))
        line[key] = {"members": [[11, 3]], "passed": []} if key == "data" else line[key] if key == "seq" else "other"
        if line == lived.lines[place][0]:
            return
    elif how == "remove":
        del lines[place]
    elif how == "cut":
        del lines[place:]
    elif how == "repeat":
        lines.insert(place, (line, said))
    else:  # somebody who knows how makes the line and all hashes after it anew; the head told to others stays
        line["at"] = "2020-01-01T00:00:00.000000Z"
        before = lines[place - 1][1] if place else first_link(1)
        for number in range(place, len(lines)):
            before = link(before, lines[number][0])
            lines[number] = (lines[number][0], before)
    assert faults(lines, lived.hash) != []


def test_another_person_with_all_hashes_made_anew_does_not_follow_from_what_was_known():
    lived = live(([("A", 3), ("B", 2), ("C", 1)], [("customer", set(), set())] * 6))
    lines = deepcopy(lived.lines)
    lines[3][0]["user"] = 0
    before = lines[2][1]
    for number in range(3, len(lines)):
        before = link(before, lines[number][0])
        lines[number] = (lines[number][0], before)
    assert faults(lines, before) == [Fault(4, "decision")]


def test_turns_sort_as_they_come():
    turns = [Turn(1, *turn) for turn in turns_of(((7, 3), (5, 2), (6, 1)))]
    assert turns == sorted(turns)
    assert [turn.member for turn in turns] == [7, 5, 6, 7, 5, 7]


def test_the_effects_are_told():
    wheel = wheel_of({"A": 1, "B": 1, "C": 1})
    found = wheel.give({0: AWAY}, {1: COOLS})
    assert found is not None
    assert [(one.effect, NAMES[one.turn.member]) for one in found.passed] == [("skipped", "A"), (OWED, "B")]
    assert NAMES[found.turn.member] == "C"
