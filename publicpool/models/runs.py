"""Which runs of the jobs were there, and what did they do to whom?"""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from customers.models import Customer

from ..querysets import RunLineQuerySet, RunQuerySet


class Run(models.Model):
    """One run of a job; ``versions`` holds {rule id: version} as they were at its start."""

    class Kind(models.TextChoices):
        WARN = "warn", _("Warnings")
        RECLAIM = "reclaim", _("Reclaim")
        ROTATE = "rotate", _("Rotation")
        PASS_ON = "pass_on", _("Passing on")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    # The day of business time that it judged by.
    on = models.DateField(_("day"))
    versions = models.JSONField(_("rule versions"), default=dict, blank=True)
    is_automatic = models.BooleanField(_("by itself"), default=True, db_default=True)
    # Of a rotation's run: its lines are those of the ledger (RotationEntry.run).
    rotation = models.ForeignKey(
        "publicpool.Rotation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("rotation")
    )
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    looked_at = models.PositiveIntegerField(_("looked at"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    left_alone = models.PositiveIntegerField(_("left alone"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    error = models.TextField(_("error"), blank=True)

    # When it began on the clock that only ever goes on, while it runs.
    begun = 0.0

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at", "-id")
        verbose_name = _("run")
        verbose_name_plural = _("runs")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.started_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("publicpool:run", args=[self.pk])

    @property
    def seconds(self) -> float | None:
        """How long it took; None for one that did not end."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


class RunLine(models.Model):
    """What a run did to one customer, or why not. A failed one is tried again and parked after a few times."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        LEFT = "left", _("left alone")
        FAILED = "failed", _("failed")

    MAX_ATTEMPTS = 5

    run = models.ForeignKey(Run, models.CASCADE, related_name="lines", verbose_name=_("run"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("held by")
    )
    rule = models.ForeignKey(
        "publicpool.ReclaimRule", models.PROTECT, null=True, related_name="+", verbose_name=_("rule")
    )
    rule_version = models.PositiveIntegerField(_("version of the rule"), null=True)
    outcome = models.CharField(_("outcome"), max_length=6, choices=Outcome)
    # The figures it was decided on: days, dates and ids (publicpool.countdown.Countdown.as_data).
    data = models.JSONField(default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)
    at = models.DateTimeField(_("at"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=1)
    parked_at = models.DateTimeField(_("parked"), null=True, blank=True)

    objects = RunLineQuerySet.as_manager()

    class Meta:
        ordering = ("run", "id")
        verbose_name = _("line of a run")
        verbose_name_plural = _("lines of runs")
        indexes = [
            models.Index(fields=("run", "id"), name="run_line_of_run"),
            models.Index(fields=("customer", "-at"), name="run_line_of_customer"),
            models.Index(fields=("outcome",), name="run_line_failed", condition=Q(outcome="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.run}: {self.customer}"

    @property
    def began(self) -> datetime | None:
        """When the clock began, as the run reckoned."""
        return parse_datetime(self.data.get("since", ""))

    @property
    def due(self) -> date | None:
        """The rule's own day, before exemptions and warnings."""
        return parse_date(self.data.get("due_on", ""))
