"""Who claimed what from which pool, and who gave what back, why?"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.labels import BilingualLabel
from customers.models import Customer, OwnershipPeriod, Pool
from customers.querysets import OfCustomerQuerySet


class ReleaseReason(BilingualLabel):
    """Why a customer is given back. ``asks_why`` wants words of one's own."""

    key = models.SlugField(_("key"), max_length=30, unique=True)
    asks_why = models.BooleanField(_("asks for words"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("position", "id")
        verbose_name = _("reason of a release")
        verbose_name_plural = _("reasons of releases")


class Claim(models.Model):
    """One customer taken from a pool by somebody for themselves: what the limits count, released or not.

    ``claimed_at`` is the claim's own time, whose windows count it. The limits are those it was allowed under, null
    for none, so that it can be proven later that nobody went beyond them.
    """

    period = models.OneToOneField(OwnershipPeriod, models.PROTECT, related_name="claim", verbose_name=_("period"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="claims", verbose_name=_("customer"))
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="claims", verbose_name=_("public pool"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="claims", verbose_name=_("claimed by")
    )
    claimed_at = models.DateTimeField(_("claimed"))
    limit_a_day = models.PositiveIntegerField(null=True, blank=True)
    limit_a_week = models.PositiveIntegerField(null=True, blank=True)
    limit_a_month = models.PositiveIntegerField(null=True, blank=True)
    # When it entered the pool, for the statistics of the time it lay there.
    pooled_at = models.DateTimeField(_("in the pool since"))

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-claimed_at", "-id")
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        indexes = [
            models.Index(fields=("user", "pool", "claimed_at"), name="claim_of_user"),
            models.Index(fields=("pool", "claimed_at"), name="claim_from_pool"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.customer}"


class Release(models.Model):
    """One customer that came into a pool from a holder: by that holder, a manager, or a rule (``by`` null).

    What it took away stands here, so that taking it back within the time (UNDO) brings the same back.
    """

    UNDO = timedelta(minutes=10)

    period = models.OneToOneField(
        OwnershipPeriod, models.PROTECT, related_name="release", verbose_name=_("period in the pool")
    )
    ended_period = models.OneToOneField(
        OwnershipPeriod, models.PROTECT, related_name="release_of", verbose_name=_("period that ended")
    )
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="releases", verbose_name=_("customer"))
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="releases", verbose_name=_("public pool"))
    former = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("held before by")
    )
    # When the holding began, and since when it was idle, as the clocks counted.
    held_since = models.DateTimeField(_("held since"))
    idle_since = models.DateTimeField(_("idle since"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    reason = models.ForeignKey(
        ReleaseReason, models.PROTECT, null=True, blank=True, related_name="releases", verbose_name=_("reason")
    )
    note = models.CharField(_("in own words"), max_length=500, blank=True)
    # Of the rule that took it: "publicpool.reclaimrule" rows are never deleted.
    rule = models.ForeignKey(
        "publicpool.ReclaimRule", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("rule")
    )
    rule_version = models.PositiveIntegerField(_("version of the rule"), null=True, blank=True)
    released_at = models.DateTimeField(_("released"))
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    # Ids of the tasks cancelled; [opportunity, former owner]; [user, role, added by] of the collaborators.
    tasks = models.JSONField(default=list, blank=True)
    opportunities = models.JSONField(default=list, blank=True)
    collaborators = models.JSONField(default=list, blank=True)

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-released_at", "-id")
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        indexes = [
            models.Index(fields=("customer", "-released_at"), name="release_of_customer"),
            models.Index(fields=("pool", "released_at"), name="release_into_pool"),
            models.Index(fields=("former", "released_at"), name="release_of_former"),
        ]

    def __str__(self) -> str:
        return f"{self.former}: {self.customer}"
