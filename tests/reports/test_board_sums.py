"""Is every number of the board that of plain SQL over the raw tables, and does it open its rows?"""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine

from accounts.models import User

from .board_rows import links_that_lie
from .board_sums import Question, differences, read_once
from .crooked import NOW, make_crooked_firm

pytestmark = pytest.mark.django_db
# Month, the one before, quarter, year.
PERIODS = ("2026-11", "2026-10", "2026Q4", "2026")


def test_numbers_of_a_crooked_firm_are_those_of_the_sql(cast, other_team, sold, target, signed_in):
    make_crooked_firm(cast, other_team, sold, target)
    board_is_that_of_plain_sql(NOW)
    numbers_of_the_board_open_their_rows(NOW, signed_in, "root", "2026")


def scopes_of_five() -> list[tuple[User, str]]:
    """Two salespeople of two teams, a manager of her team and of one of hers, another manager, all and a team."""
    people = {one.username: one for one in User.objects.all()}
    alice, dana, root = (people[name] for name in ("alice", "dana", "root"))
    other = User.objects.exclude(team=dana.team).filter(role="manager").order_by("pk")[0]
    return [
        (alice, f"p{alice.pk}"), (people["charlie"], f"p{people['charlie'].pk}"), (dana, "team"),
        (dana, f"p{people['bob'].pk}"), (other, f"t{other.team_id}"), (root, "all"), (root, f"t{dana.team_id}"),
    ]  # fmt: skip


def board_is_that_of_plain_sql(now: datetime, periods: tuple[str, ...] = PERIODS) -> None:
    read_once(now)
    questions = [Question(*one, period, now) for one in scopes_of_five() for period in periods]
    found = [line for question in questions for line in differences(question)]
    assert not found, "\n".join(found)


def numbers_of_the_board_open_their_rows(
    now: datetime, signed_in, whose: str = "alice dana root", period: str = PERIODS[0]
) -> None:
    with time_machine.travel(now, tick=False):
        found = [
            one
            for user, scope in scopes_of_five()
            if user.username in whose and scope in (f"p{user.pk}", "team", "all")
            for one in links_that_lie(Question(user, scope, period, now), signed_in(user))
        ]
    assert not found, "\n".join(found)
