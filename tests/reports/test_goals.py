"""Which target holds where only others were set, and how far is it reached?"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from reports.goals import Goal, Goals, Party
from reports.models import Target
from reports.periods import TargetPeriod

pytestmark = pytest.mark.django_db


def goal(party: Party, period: str) -> Goal | None:
    of = TargetPeriod.read(period)
    assert of
    return Goals(Target.objects.all()).goal(party, of)


def test_a_quarter_is_what_was_set_for_it_else_the_sum_of_its_months(alice, target):
    me = Party.person(alice.pk)
    assert goal(me, "2026Q4") is None
    for month in ("2026-10", "2026-11"):
        target(alice, month, 100, 120)
    quarter = goal(me, "2026Q4")
    assert (quarter.target, quarter.sprint, quarter.challenge) == (200, 240, None)
    assert (quarter.is_set, quarter.have, quarter.of, quarter.is_whole) == (False, 2, 3, False)
    year = goal(me, "2026")
    assert (year.target, year.have, year.of) == (200, 0, 4)  # no quarter is whole
    target(alice, "2026Q4", 500)
    assert goal(me, "2026Q4").target == 500
    assert goal(me, "2026").target == 500


def test_a_team_has_its_own_target_else_that_of_its_people(alice, bob, team, target):
    us = Party.team(team.pk, [alice.pk, bob.pk])
    target(alice, "2026-11", 100)
    target(bob, "2026-11", 50)
    found = goal(us, "2026-11")
    assert (found.target, found.of_people) == (150, True)
    target(team, "2026-11", 400, 440, 500)
    found = goal(us, "2026-11")
    assert (found.target, found.is_set) == (400, True)
    assert [found.level(Decimal(done)) for done in (399, 400, 440, 500)] == ["", "target", "sprint", "challenge"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": 0}, {"sprint": 99}, {"challenge": 99}, {"sprint": 130, "challenge": 120}, {"span": 2},
        {"span": 3}, {"span": 12}, {"first_on": "2026-11-02"}, {"user": None},
    ],
)  # fmt: skip
def test_the_database_refuses_what_is_no_target(alice, root, now, wrong):
    data = {"user": alice, "measure": "won", "first_on": "2026-11-01", "span": 1, "target": 100} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.create(**data, set_by=root, set_at=now)


def test_one_target_a_person_measure_and_period(alice, target):
    target(alice, "2026-11", 100)
    target(alice, "2026-11", 100, measure="orders")
    with pytest.raises(IntegrityError), transaction.atomic():
        target(alice, "2026-11", 200)
