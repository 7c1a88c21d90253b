"""Which words do we have for reading rules, runs and what they did?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User


class ForEverybodyQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """The firm's rules are told to everybody whom they concern."""
        return self if user.is_active else self.none()


class RunQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """That there was a run: managers and admins."""
        return self if user.is_active and (user.is_admin or user.is_manager) else self.none()


class OfPersonQuerySet(models.QuerySet[Any]):
    """Rows that tell of a customer somebody held: they stay that person's when the customer has gone.

    ``PERSON`` names the column; a subclass for another name.
    """

    PERSON = "user"

    def visible_to(self, user: User) -> Self:
        """Of people of a manager's teams; all for an admin, none for others."""
        if not user.is_active or not (user.is_admin or user.is_manager):
            return self.none()
        if user.is_admin:
            return self
        teams = user.managed_team_ids
        mine = Q(**{f"{self.PERSON}__team__in": teams})
        # One that failed is still held by somebody.
        return self.filter(mine | Q(**{f"{self.PERSON}__isnull": True}, customer__owner__team__in=teams))
