"""What comes again and again, and when next?"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import Customer

from ..querysets import SeriesQuerySet


class Series(models.Model):
    """A task that repeats by an RFC 5545 rule, for oneself, one customer or each customer of a segment.

    ``starts_at_local`` is the first occurrence as wall time of ``zone``, kept as if it were UTC
    (``first_wall`` is it, naive); it stays at that hour over changes of the clock. ``next_at`` is the
    next occurrence still to be made; null when none is left.
    """

    title = models.CharField(_("what is to be done"), max_length=200)
    details = models.TextField(_("details"), max_length=4000, blank=True)
    kind = models.CharField(_("kind"), max_length=12, default="other")
    priority = models.PositiveSmallIntegerField(_("priority"), default=2)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="series", verbose_name=_("customer")
    )
    # The query of the customers' list, as its maker sees it when an occurrence is made; '' where no segment is meant.
    segment = models.CharField(_("customers"), max_length=2000, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="series", verbose_name=_("assigned to")
    )
    rule = models.CharField(_("repeats"), max_length=500)
    starts_at_local = models.DateTimeField(_("first time"))
    zone = models.CharField(_("time zone"), max_length=64)
    is_all_day = models.BooleanField(_("all day"), default=True)
    # Minutes from the start of an occurrence until it is due.
    due_after = models.PositiveIntegerField(_("due after"), default=0)
    remind_before = models.PositiveIntegerField(_("remind me ahead"), null=True, blank=True)
    # Move an occurrence that falls on a day off at the customer's to the next working day there.
    avoids_days_off = models.BooleanField(_("not on days off of the customer"), default=False)
    next_at = models.DateTimeField(_("next time"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ("title", "id")
        verbose_name = _("repeating task")
        verbose_name_plural = _("repeating tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=True) | Q(segment=""), name="series_for_one_or_a_segment"
            ),
        ]
        indexes = [
            models.Index(
                fields=("next_at",), name="series_due", condition=Q(next_at__isnull=False, ended_at__isnull=True)
            ),
            models.Index(fields=("assignee",), name="series_of"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("followups:series", args=[self.pk])

    @property
    def first_wall(self) -> datetime:
        return self.starts_at_local.replace(tzinfo=None)
