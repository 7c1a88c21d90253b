"""To whom may somebody give customers of a pool, and how full are these people?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Team, User
from accounts.querysets import upwards

from .permissions import runs_pool
from .quotas import filling, limits

if TYPE_CHECKING:
    from customers.models import Pool


@dataclass(frozen=True)
class Load:
    """How many customers fill somebody's capacity, and how many it holds; None for no end."""

    held: int
    capacity: int | None

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.held >= self.capacity


def receivers(by: User, pool: Pool) -> QuerySet[Any]:
    """Active people: a manager's own, for an admin of the pool its members too, everybody for an admin.

    Oneself only for an admin, as can_assign has it.
    """
    people = User.objects.reporting_to(by).filter(is_active=True)
    if by.is_admin:
        return people
    people = people.exclude(pk=by.pk)
    if not runs_pool(by, pool):
        return people
    everybody = User.objects.filter(is_active=True).exclude(pk=by.pk)
    if pool.is_for_all:
        return everybody
    rows = list(pool.members.all())
    teams = {team for row in rows if row.team_id for team in Team.objects.ids_below(row.team_id)}
    members = Q(pk__in=[row.user_id for row in rows if row.user_id]) | Q(team__in=teams)
    return everybody.filter(members | Q(pk__in=people.values("pk")))


def loads(people: Sequence[User], pool: Pool) -> dict[int, Load]:
    """How full each of these people is, by the limits of this pool. Three statements."""
    held = dict(filling(people, pool).order_by().values_list("owner").annotate(n=Count("pk")))
    parents = dict(Team.objects.values_list("pk", "parent_id"))
    return {
        one.pk: Load(held.get(one.pk, 0), limits(one, pool, frozenset(upwards(one.team_id, parents)))["capacity"])
        for one in people
    }
