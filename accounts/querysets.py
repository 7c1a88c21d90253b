"""Which words do we have for reading people, teams and what they should know?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import UserManager
from django.db import models
from django.db.models import F, Func, Q, Value

if TYPE_CHECKING:
    from .models import User


def upwards(team: int | None, parents: Mapping[int, int | None]) -> Iterator[int]:
    """This team and those it is part of, the nearest first; a circle, which services refuse, ends too."""
    seen: set[int] = set()
    while team is not None and team not in seen:
        seen.add(team)
        yield team
        team = parents.get(team)


class TeamQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Everybody signed in knows the teams; what lies in them is scoped elsewhere."""
        return self if user.is_active else self.none()

    def ids_below(self, team_id: int) -> frozenset[int]:
        """Ids of this team and all below it. One query; a circle, which services refuse, ends too."""
        children: dict[int | None, list[int]] = {}
        for pk, parent in self.order_by().values_list("pk", "parent_id"):
            children.setdefault(parent, []).append(pk)
        found: set[int] = set()
        todo = [team_id]
        while todo:
            if (team := todo.pop()) not in found:
                found.add(team)
                todo += children.get(team, [])
        return frozenset(found)

    def ids_above(self, team_id: int) -> frozenset[int]:
        """Ids of this team and all that it is part of: whose managers answer for it. One query."""
        return frozenset(upwards(team_id, dict(self.order_by().values_list("pk", "parent_id"))))


class UserQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Colleagues know each other's names; figures and customers are scoped elsewhere."""
        return self if user.is_active else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)

    def away(self, now: datetime) -> Self:
        """Those for whom it is one of their days away, where they are."""
        today = Func(F("time_zone"), Value(now), template="timezone(%(expressions)s)::date")
        today.output_field = models.DateField()
        return self.alias(_today=today).filter(away_from__lte=F("_today"), away_to__gte=F("_today"))

    def represented_by(self, user: User, now: datetime) -> Self:
        """Active colleagues who are away and named ``user`` their deputy."""
        return self.active().filter(deputy=user).away(now)

    def reporting_to(self, user: User) -> Self:
        """People whose customers ``user`` sees as a manager; everybody for an admin."""
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        return self.filter(team_id__in=user.managed_team_ids)

    def signing_in_as(self, text: str) -> Self:
        """The person of this user name or e-mail address; user names have no @."""
        text = text.strip()
        return self.filter(email=text.lower()) if "@" in text else self.filter(username__iexact=text)

    def naming(self, text: str) -> Self:
        """People with ``text`` in their name, user name or e-mail."""
        return self.filter(Q(name__icontains=text) | Q(username__icontains=text) | Q(email__icontains=text))


class PeopleManager(UserManager["User"]):
    """Django's manager of users with the words of UserQuerySet."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: User) -> UserQuerySet:
        return self.get_queryset().visible_to(user)

    def active(self) -> UserQuerySet:
        return self.get_queryset().active()

    def represented_by(self, user: User, now: datetime) -> UserQuerySet:
        return self.get_queryset().represented_by(user, now)

    def reporting_to(self, user: User) -> UserQuerySet:
        return self.get_queryset().reporting_to(user)

    def signing_in_as(self, text: str) -> UserQuerySet:
        return self.get_queryset().signing_in_as(text)

    def answering_for(self, team_ids: Iterable[int]) -> UserQuerySet:
        """Active admins, and the managers of these teams."""
        return self.active().filter(Q(role="admin") | Q(role="manager", team_id__in=team_ids))

    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(username__iexact=username)

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").lower()

    def create_user(self, username: str, email: str | None = None, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> User:
        """Make an admin: `createsuperuser` of a new installation."""
        return self.create_user(username, email, password, **fields | {"role": self.model.Role.ADMIN})


class InvitationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Admins invite; nobody else sees who was asked."""
        return self if user.is_active and user.is_admin else self.none()

    def unanswered(self) -> Self:
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def open(self, now: datetime) -> Self:
        """Those whose link still works."""
        return self.unanswered().filter(expires_at__gt=now)


class NotificationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """One's own; what a notice is about is checked again when its words are made."""
        return self.filter(recipient=user) if user.is_active else self.none()

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class DepartureQuerySet(models.QuerySet[Any]):
    """Departures, and what was handed over by them."""

    def visible_to(self, user: User) -> Self:
        """Admins let people go; nobody else reads who got what."""
        return self if user.is_active and user.is_admin else self.none()
