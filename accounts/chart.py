"""Who is told in somebody's stead, and who answers for whom, at one moment?"""

from __future__ import annotations

from datetime import datetime

from .models import Team, User
from .querysets import upwards


class Chart:
    """People and teams as they are at the moment ``now``: two queries, then any number of answers.

    Ids in, ids out, so that a sweep can join them in SQL.
    """

    def __init__(self, now: datetime) -> None:
        self.people = {person.pk: person for person in User.objects.all()}
        self.parents: dict[int, int | None] = dict(Team.objects.order_by().values_list("pk", "parent_id"))
        self.managers = [one for one in self.people.values() if one.is_manager and one.is_active]
        self.present = {pk for pk, person in self.people.items() if person.is_active and not person.is_away(now)}

    def told_for(self, pk: int) -> tuple[int, ...]:
        """Who gets the reminders of this person's tasks.

        The person; while they are away their deputy; where that one is away too or left, or the
        person themselves left, those who answer for them.
        """
        person = self.people[pk]
        if pk in self.present:
            return (pk,)
        if person.is_active and person.deputy_id in self.present:
            return (person.deputy_id,)
        return self.answering_for(pk)

    def answering_for(self, pk: int) -> tuple[int, ...]:
        """The managers of the nearest team upwards that has one who is there; else those away; else the admins."""
        team = self.people[pk].team_id
        return self.heads_of(team, but=pk) if team else self._admins(but=pk)

    def heads_of(self, team: int, *, but: int | None = None) -> tuple[int, ...]:
        """As ``answering_for``, of a team. ``but`` leaves one person out: nobody answers for themselves."""
        managers = [person for person in self.managers if person.pk != but]
        for found in ([one for one in managers if one.pk in self.present], managers):
            for place in upwards(team, self.parents):
                if heads := tuple(one.pk for one in found if one.team_id == place):
                    return heads
        return self._admins(but=but)

    def members_of(self, team: int) -> tuple[int, ...]:
        """Those of this very team who are there."""
        return tuple(pk for pk in self.present if self.people[pk].team_id == team)

    def _admins(self, *, but: int | None) -> tuple[int, ...]:
        return tuple(one.pk for one in self.people.values() if one.is_admin and one.is_active and one.pk != but)
