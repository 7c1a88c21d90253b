"""Which words do we have for reading tasks, plans, series, playbooks and reports?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from customers.models import Customer
from opportunities.models import Lead, Opportunity

OPEN = ("not_started", "in_progress")
# Tasks without a due moment come last.
NO_DUE = datetime(9000, 1, 1, tzinfo=UTC)
# What a task of nothing lacks.
NOTHING = {"customer__isnull": True, "lead__isnull": True, "opportunity__isnull": True}
SORT_DUE = Coalesce(F("due_at"), Value(NO_DUE, models.DateTimeField()))


class TaskQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Tasks of oneself or of one's team, of those one manages, of the customers and opportunities one sees, and
        of leads before they have a customer; all for an admin. Never those of a customer that lies in a pool: they
        name whom and what is masked there.

        Who is given a task sees it, the name of its customer or lead and the named contact, not the customer; so does
        the deputy of somebody who is away, as long as they are. A task of nothing is also its maker's.
        """
        if not user.is_active:
            return self.none()
        held = self.filter(customer__pool=None)
        if user.is_admin:
            return held
        own = Q(assignee=user) | Q(created_by=user, **NOTHING)
        if user.team_id:
            own |= Q(team=user.team_id, assignee__isnull=True)
        if user.managed_team_ids:
            own |= Q(assignee__team_id__in=user.managed_team_ids) | Q(team_id__in=user.managed_team_ids)
        # Whether somebody is away is a matter of the clock, and who may see a row is asked without one.
        own |= Q(assignee__in=User.objects.represented_by(user, timezone.now()).values("pk"))
        own |= Q(customer__isnull=True, lead__in=Lead.objects.visible_to(user).values("pk"))
        own |= Q(opportunity__in=Opportunity.objects.visible_to(user).values("pk"))
        return held.filter(own | Q(customer__in=Customer.objects.visible_to(user).values("pk")))

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def overdue(self, now: datetime) -> Self:
        return self.open().filter(due_at__lte=now)

    def mine(self, user: User) -> Self:
        """What this person has to do: assigned, or waiting for somebody of the team."""
        own = Q(assignee=user)
        if user.team_id:
            own |= Q(team=user.team_id, assignee__isnull=True)
        return self.filter(own)


class OfTaskQuerySet(models.QuerySet[Any]):
    """Rows that are seen with their task."""

    def visible_to(self, user: User) -> Self:
        tasks = self.model._meta.get_field("task").related_model
        return self.filter(task__in=tasks._default_manager.visible_to(user).values("pk"))


class PlanQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Plans of the customers that one sees."""
        return self.filter(customer__in=Customer.objects.visible_to(user).values("pk"))


class SeriesQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """One's own, those one made, those of the people one manages, and those of the customers one sees.

        Never those of a customer that lies in a pool, as its tasks.
        """
        if not user.is_active:
            return self.none()
        held = self.filter(customer__pool=None)
        if user.is_admin:
            return held
        own = Q(assignee=user) | Q(created_by=user, customer__isnull=True)
        if user.managed_team_ids:
            own |= Q(assignee__team_id__in=user.managed_team_ids)
        return held.filter(own | Q(customer__in=Customer.objects.visible_to(user).values("pk")))


class PlaybookQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Everybody may know which rules act on their customers."""
        return self if user.is_active else self.none()


class PlaybookVersionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def newest(self) -> Self:
        """What each playbook does now, with its steps."""
        rows = self.order_by("playbook_id", "-number").distinct("playbook_id")
        return rows.select_related("playbook").prefetch_related("steps")

    def in_use(self) -> Self:
        return self.filter(playbook__is_active=True).newest()


class PlaybookRunQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Those of the customers and of the leads that one sees."""
        seen = Q(customer__in=Customer.objects.visible_to(user).values("pk"))
        return self.filter(seen | Q(lead__in=Lead.objects.visible_to(user).values("pk")))


class WorkReportQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """One's own; what was sent by those one manages; all that was sent for an admin."""
        if not user.is_active:
            return self.none()
        sent = Q(sent_at__isnull=False)
        if not user.is_admin:
            sent &= Q(user__team_id__in=user.managed_team_ids)
        return self.filter(Q(user=user) | sent)

    def unread_by(self, user: User) -> Self:
        """Those that others sent and nobody who answers for them has read."""
        return self.filter(sent_at__isnull=False, read_at=None).exclude(user=user)
