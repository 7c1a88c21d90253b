"""Who held which customer when? Periods are the only truth about it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from ..querysets import OfCustomerQuerySet
from .pool import Pool


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class OwnershipPeriod(models.Model):
    """One stretch of time in which a customer had one owner, or lay in one pool.

    ``started_at`` inclusive, ``ended_at`` exclusive, null while open. Rows never move or die. Where a release was
    taken back, ``counts_from`` is when the holding began that goes on: giving back and taking back stops no clock.
    """

    class Reason(models.TextChoices):
        CREATED = "created", _("created")
        IMPORTED = "imported", _("imported")
        CLAIMED = "claimed", _("claimed")
        ASSIGNED = "assigned", _("assigned")
        ROTATED = "rotated", _("rotated")
        RELEASED = "released", _("released")
        RECLAIMED = "reclaimed", _("reclaimed")
        TRANSFERRED = "transferred", _("transferred")
        MERGED = "merged", _("merged")
        DEPARTURE = "departure", _("departure")
        RESTORED = "restored", _("restored")

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="periods", verbose_name=_("customer")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="periods_held",
        verbose_name=_("owner"),
    )
    pool = models.ForeignKey(
        Pool, models.PROTECT, null=True, blank=True, related_name="periods", verbose_name=_("public pool")
    )
    started_at = models.DateTimeField(_("from"))
    counts_from = models.DateTimeField(_("counts from"), null=True, blank=True)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at", "-id")
        verbose_name = _("ownership period")
        verbose_name_plural = _("ownership periods")
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True, pool__isnull=False) | Q(owner__isnull=False, pool__isnull=True),
                name="period_has_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gt=F("started_at")), name="period_is_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(counts_from__isnull=True) | Q(counts_from__lte=F("started_at")),
                name="period_counts_from_before",
            ),
            ExclusionConstraint(
                name="periods_do_not_overlap",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    (
                        TsTzRange("started_at", "ended_at", RangeBoundary(inclusive_lower=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=("customer", "-started_at"), name="period_of_customer"),
            models.Index(fields=("owner", "started_at"), name="period_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.started_at:%Y-%m-%d}"
