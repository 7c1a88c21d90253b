"""Which words do we have for reading leads, opportunities, their moves and orders?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import DurationField, Exists, ExpressionWrapper, F, Func, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Left

from customers.models import Customer

if TYPE_CHECKING:
    from accounts.models import User

# Sort keys are never null, so that pages can be reached by row comparison; indexes use the same expressions.
NO_DAY = date(9000, 1, 1)
# An order is due soon within so many days.
SOON = timedelta(days=14)
SORT_EXPECTED = Coalesce(F("expected_on"), Value(NO_DAY, models.DateField()))
SORT_AMOUNT = Coalesce(F("amount_base"), Value(Decimal(0), models.DecimalField(max_digits=18, decimal_places=3)))
# So many letters of a product's or competitor's name are told apart by the funnel (FunnelCell.value).
LONGEST_VALUE = 200
NO_STEP = datetime.fromisoformat("9000-01-01T00:00+00:00")
SORT_NEXT_TASK = Coalesce(F("next_task_at"), Value(NO_STEP, models.DateTimeField()))


class LeadQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Own leads; a manager's are those held in the managed teams or lying there without an owner; all for an admin.

        A lead follows its own owner, also when its customer is seen by others. Archived ones are seen by nobody; those
        that became a customer which lies in a pool neither, for they name what is masked there.
        """
        return self.filter(archived_at__isnull=True)._held_for(user)

    def archived_for(self, user: User) -> Self:
        """Archived ones in a manager's scope."""
        if not user.is_active or not (user.is_admin or user.is_manager):
            return self.none()
        return self.filter(archived_at__isnull=False)._held_for(user)

    def _held_for(self, user: User) -> Self:
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        held = Q(owner=user)
        if teams := user.managed_team_ids:
            held |= Q(owner__team_id__in=teams) | Q(owner__isnull=True, team_id__in=teams)
        became = self.model._meta.get_field("conversions").related_model._default_manager
        pooled = became.filter(lead=OuterRef("pk"), undone_at=None, customer__pool__isnull=False)
        return self.filter(held).exclude(Q(state="converted") & Exists(pooled))

    def brief(self) -> Self:
        """Without what no page of many shows; ``said`` is how the inquiry begins."""
        heavy = ("message", "search_text", "remarks", "utm", "consent_text")
        return self.annotate(said=Left("message", 200)).defer(*heavy)

    def open(self) -> Self:
        return self.filter(state__in=("new", "working"), archived_at__isnull=True)

    def to_give_away(self) -> Self:
        """Open ones that nobody holds."""
        return self.open().filter(owner__isnull=True)


class OfLeadQuerySet(models.QuerySet[Any]):
    """Rows that are seen with their lead."""

    def visible_to(self, user: User) -> Self:
        leads = self.model._meta.get_field("lead").related_model
        return self.filter(lead__in=leads._default_manager.visible_to(user).values("pk"))


class InquiryFormQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Admins make them; managers see what their teams ask."""
        if not user.is_active or not (user.is_admin or user.is_manager):
            return self.none()
        return self if user.is_admin else self.filter(team_id__in=user.managed_team_ids)


class InquiryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """What came by the forms of the teams one manages; all for an admin."""
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        return self.filter(form__team_id__in=user.managed_team_ids) if user.is_manager else self.none()


class PipelineQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def in_use(self) -> Self:
        return self.filter(is_active=True)


class StageQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def in_use(self) -> Self:
        return self.filter(is_active=True)


class OpportunityQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Own and shared ones, those of the managed teams, and those of the customers one sees; all for an admin.

        What nobody holds at a customer that lies in a pool is seen by nobody here, as the customer itself.
        Archived ones are seen by nobody (``archived_for``).
        """
        return self.filter(archived_at__isnull=True)._held_for(user)

    def archived_for(self, user: User) -> Self:
        """Archived ones in a manager's scope."""
        if not user.is_active or not (user.is_admin or user.is_manager):
            return self.none()
        return self.filter(archived_at__isnull=False)._held_for(user)

    def _held_for(self, user: User) -> Self:
        if not user.is_active:
            return self.none()
        if user.is_admin:
            return self.exclude(owner__isnull=True, customer__isnull=False, customer__owner__isnull=True)
        held = Q(owner=user)
        if user.managed_team_ids:
            held |= Q(owner__team_id__in=user.managed_team_ids)
        # Through ids, not a join: a deal with two collaborators stays one row.
        shared = self.model._default_manager.filter(collaborators=user).values("pk")
        customers = Customer.objects.visible_to(user).values("pk")
        return self.filter(held | Q(pk__in=shared) | Q(customer__in=customers))

    def living(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def open(self) -> Self:
        return self.filter(outcome="open", archived_at__isnull=True)

    def stalled(self, now: datetime) -> Self:
        """Open ones longer in their stage than it allows."""
        days = Func(
            F("stage__stalls_after"), template="make_interval(days => %(expressions)s)", output_field=DurationField()
        )
        limit = ExpressionWrapper(F("stage_at") + days, output_field=models.DateTimeField())
        return self.open().filter(stage__stalls_after__isnull=False).annotate(_stalls=limit).filter(_stalls__lte=now)

    def past_close(self, today: date) -> Self:
        """Open ones whose expected day is over, in business time."""
        return self.open().filter(expected_on__lt=today)

    def without_next_step(self) -> Self:
        return self.open().filter(next_task_at=None, next_task_title="")

    # What the funnel's cells count under one value, and nothing that only contains it (migration 0002).

    def that_left(self, stage: models.Model) -> Self:
        """Those that were in this stage and left it again."""
        stays = self.model._meta.get_field("moves").related_model._default_manager
        return self.filter(Exists(stays.filter(opportunity=OuterRef("pk"), after=stage, left_at__isnull=False)))

    def with_product(self, product: str) -> Self:
        """Those with a line of this product, of so many letters as a cell holds; '' for those without lines."""
        if not product:
            return self.filter(lines=None)
        lines = self.model._meta.get_field("lines").related_model._default_manager.filter(opportunity=OuterRef("pk"))
        return self.filter(Exists(lines.alias(_name=Left("product", LONGEST_VALUE)).filter(_name=product)))

    def with_rival(self, name: str) -> Self:
        """Those that name this competitor, or that it got."""
        return self.alias(_rivals=Rivals("competitors", "lost_to")).filter(_rivals__contains=[name])


class Rivals(Func):
    """The competitors of a deal, one by one: the database function ``opportunities_rivals``."""

    template = "ARRAY(SELECT opportunities_rivals(%(expressions)s))"
    output_field = ArrayField(models.TextField())


class OfOpportunityQuerySet(models.QuerySet[Any]):
    """Rows that are seen with their opportunity."""

    def visible_to(self, user: User) -> Self:
        opportunities = self.model._meta.get_field("opportunity").related_model
        return self.filter(opportunity__in=opportunities._default_manager.visible_to(user).values("pk"))


class OrderQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Orders of the customers that one sees."""
        return self.filter(customer__in=Customer.objects.visible_to(user).values("pk"))

    def valid(self) -> Self:
        return self.filter(voided_at__isnull=True)

    def first_of_customers(self) -> Self:
        """Each customer's first valid order; of one day's the one that was written down first."""
        before = Q(ordered_on__lt=OuterRef("ordered_on")) | Q(ordered_on=OuterRef("ordered_on"), pk__lt=OuterRef("pk"))
        others = self.model._default_manager.valid().filter(before, customer=OuterRef("customer"))
        return self.filter(~Exists(others))


class RhythmQuerySet(models.QuerySet[Any]):
    """Late: the expected day is over; soon: it is today, or no further away than SOON."""

    def visible_to(self, user: User) -> Self:
        """Of the customers that one sees: what lies in a pool has nobody who would be reminded."""
        return self.filter(customer__in=Customer.objects.visible_to(user).values("pk"))

    def late(self, today: date) -> Self:
        return self.filter(next_on__lt=today)

    def soon(self, today: date) -> Self:
        return self.filter(next_on__range=(today, today + SOON))

    def on_time(self, today: date) -> Self:
        return self.filter(next_on__gt=today + SOON)


class OfOrderQuerySet(models.QuerySet[Any]):
    """Rows that are seen with their order."""

    def visible_to(self, user: User) -> Self:
        orders = self.model._meta.get_field("order").related_model
        return self.filter(order__in=orders._default_manager.visible_to(user).values("pk"))
