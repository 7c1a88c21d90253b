"""Which sections has whose summary? Everything is counted from what its reader may see, and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from opportunities.figures.asked import Scopes

from .own import own_sections
from .parts import Section, Week
from .team import team_sections

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Summary:
    """The sections that say something, of the days from ``first`` to ``last`` (business time)."""

    first: date
    last: date
    sections: list[Section]


def summary_of(user: User, day: date, now: datetime) -> Summary:
    """What somebody's summary for a day says: of the teams one answers for, else of oneself.

    To be called within ``accounts.mails.read_by``: words and days are made for their reader.
    """
    scopes = Scopes.of(user)
    scope = scopes.asked("")
    leads = scope.key in ("all", "team")
    people = scopes.within(scope) or {user.pk: user}
    week = Week(user, scope, people, day, now)
    found = team_sections(week) if leads else own_sections(week)
    return Summary(week.first, week.last, [section for section in found if section.lines])
