"""Which words do we have for reading customers and what belongs to them?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, ExtractDay, ExtractMonth

if TYPE_CHECKING:
    from accounts.models import User

# Sort keys are never null, so that pages can be reached by row comparison; indexes use the same expressions.
# Statuses of customers of whom nobody has to think every day.
RESTING = ("lost", "dormant")
NEVER = datetime(1900, 1, 1, tzinfo=UTC)
SORT_LAST_CONTACT = Coalesce(F("last_followed_at"), Value(NEVER, models.DateTimeField()))
# Customers without a next step come last.
NO_STEP = datetime(9000, 1, 1, tzinfo=UTC)
SORT_NEXT_TASK = Coalesce(F("next_task_at"), Value(NO_STEP, models.DateTimeField()))
# The day of the year of who was born on a day: 1123 for 23 November.
BORN_ON = ExtractMonth("birthday") * 100 + ExtractDay("birthday")
# Since when it is held, or lies in its pool.
SORT_SINCE = Coalesce("owned_since", "created_at")


def without_next_step() -> Q:
    """The condition of those at work for whom nothing is planned."""
    return Q(next_task_at=None, next_task_title="") & ~Q(status__key__in=RESTING)


class CustomerQuerySet(models.QuerySet[Any]):
    def living(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def visible_to(self, user: User) -> Self:
        """Customers this user sees in full: own, collaborated, held in the managed teams; all held ones for an admin.

        Never a pooled row: publicpool shows those, masked. Never an archived one (``archived_for``).
        """
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self.filter(owner__isnull=False)
        # Through ids, not a join: a customer with two collaborators stays one row.
        shared = self.model._default_manager.filter(collaborators__user=user, owner__isnull=False).values("pk")
        holders = Q(owner=user)
        if user.managed_team_ids:
            holders |= Q(owner__team_id__in=user.managed_team_ids)
        return self.filter(holders | Q(pk__in=shared))

    def held_by(self, user: User) -> Self:
        """Customers that this user holds: the plain part of ``visible_to``."""
        return self.filter(owner=user) if user.is_active else self.none()

    def pooled_for(self, user: User) -> Self:
        """Customers that lie in pools of which this user is a member; all pooled ones for an admin.

        Whoever shows them shows the public columns only (publicpool.masked).
        """
        pools = self.model._meta.get_field("pool").related_model._default_manager.visible_to(user)
        return self.filter(pool__in=pools)

    def without_next_step(self) -> Self:
        """Those at work for whom nothing is planned: neither lost nor dormant ones."""
        return self.filter(without_next_step())

    def waiting_for_us(self) -> Self:
        """Those who wrote last: an answer of ours is due."""
        return self.filter(Q(last_inbound_at__gt=F("last_outbound_at")) | Q(last_outbound_at=None)).filter(
            last_inbound_at__isnull=False
        )

    def archived_for(self, user: User) -> Self:
        """Archived customers whose last holder is in a manager's scope; all for an admin, none for others."""
        archived = self.filter(archived_at__isnull=False)
        if not user.is_active or not (user.is_admin or user.is_manager):
            return self.none()
        if user.is_admin:
            return archived
        last = (
            self.model._meta.get_field("periods")
            .related_model._default_manager.filter(customer=models.OuterRef("pk"))
            .order_by("-started_at")
        )
        return archived.annotate(_last_team=models.Subquery(last.values("owner__team_id")[:1])).filter(
            _last_team__in=user.managed_team_ids
        )


class PoolQuerySet(models.QuerySet[Any]):
    """Pools, or who belongs to them."""

    def visible_to(self, user: User) -> Self:
        """Pools one is a member of: everybody's, by oneself, by a team at or above one's own or managed ones.

        All for an admin.
        """
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        teams = {*user.teams_above, *user.managed_team_ids}
        path = "" if self.model._meta.model_name == "pool" else "pool__"
        mine = Q(**{f"{path}is_for_all": True}) | Q(**{f"{path}members__user": user})
        mine |= Q(**{f"{path}members__team__in": teams})
        return self.filter(pk__in=self.model._default_manager.filter(mine).values("pk"))

    def in_use(self) -> Self:
        return self.filter(is_active=True)

    def fillable_by(self, user: User) -> Self:
        """Pools in use into which one enters customers: a manager into one's own, its admins, an admin into all."""
        pools = self.visible_to(user).in_use()
        if user.is_admin or user.is_manager:
            return pools
        mine = self.model._meta.get_field("members").related_model._default_manager.filter(user=user, is_admin=True)
        return pools.filter(pk__in=mine.values("pool"))


class OfCustomerQuerySet(models.QuerySet[Any]):
    """Rows that are seen with their customer."""

    def visible_to(self, user: User) -> Self:
        customers = self.model._meta.get_field("customer").related_model
        return self.filter(customer__in=customers._default_manager.visible_to(user))

    def held_by(self, user: User) -> Self:
        """Those of the customers that this user holds."""
        return self.filter(customer__owner=user) if user.is_active else self.none()

    def living(self) -> Self:
        return self.filter(archived_at__isnull=True)


class NoteQuerySet(OfCustomerQuerySet):
    """Notes have no archive; a deleted one is seen by nobody, its words stay in the row's history."""

    def visible_to(self, user: User) -> Self:
        return super().visible_to(user).filter(deleted_at__isnull=True)


class RequestQuerySet(models.QuerySet[Any]):
    """What people ask about customers that they met while entering one."""

    def visible_to(self, user: User) -> Self:
        """One's own requests, and those about customers on which one may decide."""
        if not user.is_active:
            return self.none()
        return self if user.is_admin else self.filter(Q(by=user) | self._decided_by(user))

    def to_decide(self, user: User) -> Self:
        """Open requests of others on which this user decides: the holder too, but on a dispute the manager alone."""
        if not user.is_active:
            return self.none()
        waiting = self.filter(self._decided_by(user), state="open").exclude(by=user).not_left_behind()
        return waiting if user.is_admin else waiting.exclude(self._is_managers_alone(user))

    def not_left_behind(self) -> Self:
        """Without those that nobody decided before who asked had left; they wait should the person come back."""
        return self.exclude(state="open", by__is_active=False)

    @staticmethod
    def _decided_by(user: User) -> Q:
        if user.is_admin:
            return Q(pk__isnull=False)
        return Q(customer__owner=user) | Q(customer__owner__team_id__in=user.managed_team_ids)

    @staticmethod
    def _is_managers_alone(user: User) -> Q:
        led = Q(customer__owner__team_id__in=user.managed_team_ids)
        return Q(kind="dispute", customer__owner=user) & ~led


class SaidDifferentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Pairs of which the user sees at least one."""
        customers = self.model._meta.get_field("one").related_model._default_manager.visible_to(user)
        return self.filter(Q(one__in=customers) | Q(other__in=customers))

    def of(self, customer: Any) -> Self:
        return self.filter(Q(one=customer) | Q(other=customer))


class GroupQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Groups in which the user sees at least one member."""
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        customers = self.model._meta.get_field("members").related_model
        return self.filter(
            pk__in=customers._default_manager.visible_to(user).filter(group__isnull=False).values("group")
        )


class LookUpQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """One's own only: what somebody pasted is their own list."""
        return self.filter(by=user) if user.is_active else self.none()


class PutOffQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """One's own only: what somebody passes over is not for the manager."""
        return self.filter(user=user) if user.is_active else self.none()

    def lasting(self, today: date) -> Self:
        return self.filter(Q(until=None) | Q(until__gt=today))
