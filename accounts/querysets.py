"""Which words do we have for reading people and teams?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import UserManager
from django.db import models

if TYPE_CHECKING:
    from .models import Team, User


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, user: User) -> TeamQuerySet:
        """Everybody signed in knows the teams; what lies in them is scoped elsewhere."""
        return self if user.is_active else self.none()


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User) -> UserQuerySet:
        """Colleagues know each other's names; figures and customers are scoped elsewhere."""
        return self if user.is_active else self.none()

    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def reporting_to(self, user: User) -> UserQuerySet:
        """People whose customers ``user`` sees as a manager; everybody for an admin."""
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        return self.filter(team_id__in=user.managed_team_ids)


class PeopleManager(UserManager["User"]):
    """Django's manager of users with the words of UserQuerySet."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: User) -> UserQuerySet:
        return self.get_queryset().visible_to(user)

    def active(self) -> UserQuerySet:
        return self.get_queryset().active()

    def reporting_to(self, user: User) -> UserQuerySet:
        return self.get_queryset().reporting_to(user)

    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(username__iexact=username)
