"""Which deal is possible with whom, how far is it, and how did it end?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.audit import kept_changes
from core.querysets import CjkGrams
from customers.models import Contact, Customer, Source

from ..querysets import (
    SORT_AMOUNT,
    SORT_EXPECTED,
    SORT_NEXT_TASK,
    OfOpportunityQuerySet,
    OpportunityQuerySet,
)
from .lead import Lead
from .pipeline import Campaign, Checkpoint, LostReason, Pipeline, Stage

EDITED = (
    "title",
    "amount",
    "currency",
    "expected_on",
    "competitors",
    "source",
    "campaign",
    "incoterm",
    "details",
    "external_id",
    "custom",
)


@pghistory.track(*kept_changes(), fields=[*EDITED, "id"], model_name="OpportunityHistory")
class Opportunity(models.Model):
    """A possible deal. May lack a customer (imports). Moves by opportunities.services only.

    ``opened_on`` is the day its cohort counts by, in business time; null where an import did not know it.
    """

    class Outcome(models.TextChoices):
        """Repeats the kind of the stage."""

        OPEN = "open", _("Under way")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    title = models.CharField(_("deal"), max_length=200)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="opportunities", verbose_name=_("customer")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("owner"),
    )
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="opportunities", verbose_name=_("pipeline"))
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="opportunities", verbose_name=_("stage"))
    stage_at = models.DateTimeField(_("in this stage since"))
    outcome = models.CharField(_("outcome"), max_length=4, choices=Outcome, default=Outcome.OPEN)
    # The furthest stage ever entered, lost aside: what the funnel counts.
    reached = models.ForeignKey(Stage, models.PROTECT, related_name="+", verbose_name=_("reached"))
    amount = models.DecimalField(
        _("amount"),
        max_digits=18,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    # At the rate of ``closed_on``; of an open deal at that of ``rated_on``, the day of the last sweep.
    amount_base = models.DecimalField(
        _("amount in the base currency"), max_digits=18, decimal_places=3, null=True, blank=True
    )
    rated_on = models.DateField(_("rate of"), null=True, blank=True)
    opened_on = models.DateField(_("begun"), null=True, blank=True)
    expected_on = models.DateField(_("expected close"), null=True, blank=True)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    # What it is about in short: the names of its lines.
    product = models.CharField(_("product"), max_length=300, blank=True)
    incoterm = models.CharField(_("incoterm"), max_length=3, blank=True)
    competitors = models.CharField(_("competitors"), max_length=300, blank=True)
    details = models.TextField(_("details"), max_length=10_000, blank=True)
    lost_reason = models.ForeignKey(
        LostReason, models.PROTECT, null=True, blank=True, related_name="opportunities", verbose_name=_("why lost")
    )
    # The competitor who got it.
    lost_to = models.CharField(_("lost to"), max_length=200, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="opportunities", verbose_name=_("source")
    )
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="opportunities", verbose_name=_("campaign")
    )
    lead = models.ForeignKey(
        Lead, models.PROTECT, null=True, blank=True, related_name="opportunities", verbose_name=_("lead")
    )
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    custom = models.JSONField(_("own fields"), default=dict, blank=True)
    collaborators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("collaborators")
    )
    # Facts of the floors above, each with one writer (opportunities.facts).
    last_followed_at = models.DateTimeField(_("last contact"), null=True, blank=True)
    next_task_at = models.DateTimeField(_("next step due"), null=True, blank=True)
    next_task_title = models.CharField(_("next step"), max_length=200, blank=True, default="", db_default="")
    search_text = models.TextField(blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    archive_reason = models.CharField(_("why archived"), max_length=300, blank=True)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="opportunity_has_a_title"),
            models.CheckConstraint(
                condition=Q(outcome="open", closed_on__isnull=True) | ~Q(outcome="open"),
                name="opportunity_open_is_not_closed",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | ~Q(currency=""), name="opportunity_amount_has_a_currency"
            ),
            models.UniqueConstraint(
                fields=("external_id",),
                condition=~Q(external_id=""),
                name="opportunity_external_id_once",
                violation_error_message=_("Another opportunity has this external id."),
            ),
        ]
        indexes = [
            models.Index(fields=("owner", "-created_at", "-id"), name="opportunity_of_owner"),
            models.Index(fields=("customer", "-created_at"), name="opportunity_of_customer"),
            models.Index(fields=("-created_at", "-id"), name="opportunity_by_age"),
            models.Index(
                fields=("stage", "-stage_at", "-id"), name="opportunity_on_board", condition=Q(archived_at__isnull=True)
            ),
            models.Index(SORT_EXPECTED, F("id"), name="opportunity_by_close"),
            models.Index(SORT_AMOUNT, F("id"), name="opportunity_by_amount"),
            models.Index(SORT_NEXT_TASK, F("id"), name="opportunity_by_next_task"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="opportunity_trgm"),
            GinIndex(CjkGrams(F("search_text")), name="opportunity_cjk"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("opportunities:detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.outcome == self.Outcome.OPEN and self.archived_at is None

    def is_stalled(self, now: datetime) -> bool:
        """Longer in its stage than the stage allows?"""
        limit = self.stage.stalls_after
        return self.is_open and limit is not None and now >= self.stage_at + timedelta(days=limit)

    def is_past_close(self, today: date) -> bool:
        return self.is_open and self.expected_on is not None and self.expected_on < today


class OpportunityLine(models.Model):
    """What is offered: text, quantity and price, until products have rows of their own."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    product = models.CharField(_("product"), max_length=300)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    price = models.DecimalField(_("price"), max_digits=18, decimal_places=6, null=True, blank=True)

    objects = OfOpportunityQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("product line")
        verbose_name_plural = _("product lines")

    def __str__(self) -> str:
        return self.product


class OpportunityContact(models.Model):
    """A person at the customer and their part in the decision."""

    class Role(models.TextChoices):
        BUYER = "buyer", _("Buyer")
        DECIDES = "decides", _("Decides")
        INFLUENCES = "influences", _("Influences")
        USES = "uses", _("Uses it")
        TECHNICAL = "technical", _("Judges the technique")
        FINANCE = "finance", _("Pays")
        OPPONENT = "opponent", _("Is against it")

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="people")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="opportunities", verbose_name=_("contact"))
    role = models.CharField(_("part"), max_length=10, choices=Role, blank=True)

    objects = OfOpportunityQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("person in the deal")
        verbose_name_plural = _("people in the deal")
        constraints = [models.UniqueConstraint(fields=("opportunity", "contact"), name="person_in_deal_once")]

    def __str__(self) -> str:
        return f"{self.opportunity_id} {self.contact_id}"


class PassedCheckpoint(models.Model):
    """A checkpoint that was done for one opportunity."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="passed")
    checkpoint = models.ForeignKey(Checkpoint, models.CASCADE, related_name="passed")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    objects = OfOpportunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("checkpoint done")
        verbose_name_plural = _("checkpoints done")
        constraints = [models.UniqueConstraint(fields=("opportunity", "checkpoint"), name="checkpoint_passed_once")]

    def __str__(self) -> str:
        return f"{self.opportunity_id} {self.checkpoint_id}"


class Move(models.Model):
    """One stay in a stage: how the deal came into it, why, and when it left again (null: it is there now)."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Created")
        FORWARD = "forward", _("Forward")
        BACK = "back", _("Back")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")
        REOPENED = "reopened", _("Reopened")

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="moves")
    kind = models.CharField(_("move"), max_length=8, choices=Kind)
    before = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="+", verbose_name=_("from"))
    after = models.ForeignKey(Stage, models.PROTECT, related_name="moves", verbose_name=_("to"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    # Checkpoints that were open when it went forward all the same: ids.
    skipped = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects = OfOpportunityQuerySet.as_manager()

    class Meta:
        ordering = ("at", "id")
        verbose_name = _("move")
        verbose_name_plural = _("moves")
        constraints = [
            models.UniqueConstraint(
                fields=("opportunity",), condition=Q(left_at__isnull=True), name="opportunity_is_in_one_stage"
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("at")), name="move_leaves_after_it_came"
            ),
        ]
        indexes = [models.Index(fields=("opportunity", "at", "id"), name="move_of")]

    def __str__(self) -> str:
        return f"{self.opportunity_id} {self.kind}"
