"""Which words do we have for reading rules, runs and what they did?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

if TYPE_CHECKING:
    from accounts.models import User


class ForEverybodyQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """The firm's rules are told to everybody whom they concern."""
        return self if user.is_active else self.none()


class RunQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """All for managers and admins; for an admin of a pool those that brought customers into it or gave them out."""
        if not user.is_active:
            return self.none()
        if user.is_admin or user.is_manager:
            return self
        brought = Exists(_brought(user).filter(released_at=OuterRef("started_at")))
        return self.filter(brought | Q(rotation__pool__in=_run_pools(user)))

    def with_starter(self) -> Self:
        """``starter``: the name of who started a run of a rotation, as its lines have it."""
        lines = apps.get_model("publicpool", "RotationEntry").objects.filter(run=OuterRef("pk")).order_by("seq")
        return self.annotate(starter=Subquery(lines.values("by__name")[:1]))


class RotationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Those that one is or was a member of: whoever waits for a turn may count after. All for managers, admins.

        An admin of a pool sees those of it.
        """
        if not user.is_active:
            return self.none()
        if user.is_admin or user.is_manager:
            return self
        return self.filter(Exists(_taking_part(user).filter(rotation=OuterRef("pk"))) | Q(pool__in=_run_pools(user)))

    def in_use(self) -> Self:
        return self.filter(is_active=True)


class OfRotationQuerySet(models.QuerySet[Any]):
    """Members, lines and heads, seen with their rotation. Names of customers are not: a page asks for each."""

    def visible_to(self, user: User) -> Self:
        if not user.is_active:
            return self.none()
        if user.is_admin or user.is_manager:
            return self
        mine = Exists(_taking_part(user).filter(rotation=OuterRef("rotation")))
        return self.filter(mine | Q(rotation__pool__in=_run_pools(user)))


class RunLineQuerySet(models.QuerySet[Any]):
    """What a run did to customers that somebody held: its lines stay that person's when the customer has gone."""

    def visible_to(self, user: User) -> Self:
        """Of people of a manager's teams, and of what came into the pools that one is an admin of; all for an admin."""
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        teams = user.managed_team_ids
        # One that failed is still held by somebody.
        mine = Q(user__team__in=teams) | Q(user__isnull=True, customer__owner__team__in=teams)
        brought = _brought(user).filter(customer=OuterRef("customer"), released_at=OuterRef("at"))
        return self.filter(mine | Exists(brought))

    def failing(self) -> Self:
        """Customers that could not be reclaimed from who has them now: with another holder it is a new matter."""
        failed = self.model.Outcome.FAILED
        return self.filter(outcome=failed, customer__owner__isnull=False, at__gte=F("customer__owned_since"))


def _brought(user: User) -> models.QuerySet[Any]:
    """Releases by rules, at the moment of their run, into the pools of which the user is an admin."""
    return apps.get_model("publicpool", "Release")._default_manager.filter(by=None, pool__in=_run_pools(user))


def _run_pools(user: User) -> models.QuerySet[Any, Any]:
    """The pools of which the user is an admin."""
    return user.pool_memberships.filter(is_admin=True).values("pool")


def _taking_part(user: User) -> models.QuerySet[Any]:
    return apps.get_model("publicpool", "RotationMember")._default_manager.filter(user=user)
