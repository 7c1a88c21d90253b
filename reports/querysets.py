"""Which words do we have for reading targets?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User


class TargetQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """One's own; a manager those of the managed teams and of their people; an admin all."""
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        teams = user.managed_team_ids
        return self.filter(Q(user=user) | Q(team__in=teams) | Q(user__team__in=teams))

    def of_year(self, year: int) -> Self:
        return self.filter(first_on__year=year)
