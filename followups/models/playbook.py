"""Which steps does an event call for, and what became of them?"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.labels import BilingualLabel
from customers.models import Customer
from opportunities.models import Lead

from ..querysets import PlaybookQuerySet, PlaybookRunQuerySet, PlaybookVersionQuerySet


class Playbook(BilingualLabel):
    """A template that creates tasks on an event. What it does stands in its newest version."""

    # Empty for those that the firm made; the built-in ones are known by it.
    key = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(_("in use"), default=False)
    # When it was switched on: what happened before does not call it. Empty: it was never off.
    active_since = models.DateTimeField(_("in use since"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))

    objects = PlaybookQuerySet.as_manager()

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("id",)
        verbose_name = _("playbook")
        verbose_name_plural = _("playbooks")
        constraints = [models.UniqueConstraint(fields=("key",), condition=~Q(key=""), name="playbook_key_once")]

    def get_absolute_url(self) -> str:
        return reverse("followups:playbook", args=[self.pk])


class PlaybookVersion(models.Model):
    """What a playbook did from a day on: rows never change, a correction is a new version."""

    playbook = models.ForeignKey(Playbook, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    # A key of followups.playbooks.TRIGGERS, with its figures ({"days": 7}, {"status": "won"}).
    trigger = models.CharField(_("trigger"), max_length=30)
    params = models.JSONField(_("figures"), default=dict, blank=True)
    # {"status": ["potential"], "grade": ["A"], "country": […], "source": […], "tags": […]}; empty fits all.
    conditions = models.JSONField(_("only for"), default=dict, blank=True)
    # [{"key": "status", "statuses": ["won"]}, …]: keys of followups.playbooks.STOPS with their figures.
    stops = models.JSONField(_("stops when"), default=list, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("made"))

    objects = PlaybookVersionQuerySet.as_manager()

    class Meta:
        ordering = ("playbook", "-number")
        verbose_name = _("version of a playbook")
        verbose_name_plural = _("versions of playbooks")
        constraints = [models.UniqueConstraint(fields=("playbook", "number"), name="playbook_version_once")]

    def __str__(self) -> str:
        return f"{self.playbook_id} v{self.number}"

    def counts_from(self, since: datetime) -> datetime:
        """``since``, or the later moment at which the playbook was switched on."""
        return max(since, self.playbook.active_since or since)


class PlaybookStep(models.Model):
    """One task of a playbook."""

    class Unit(models.TextChoices):
        DAYS = "days", _("days")
        WORKING_DAYS = "working_days", _("working days of the customer's country")

    version = models.ForeignKey(PlaybookVersion, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # Days from the trigger until the task is due.
    offset = models.PositiveSmallIntegerField(_("due after"), default=0)
    unit = models.CharField(_("counted in"), max_length=12, choices=Unit, default=Unit.DAYS)
    kind = models.CharField(_("kind"), max_length=12, default="other")
    priority = models.PositiveSmallIntegerField(_("priority"), default=2)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    title_zh = models.CharField(_("Chinese title"), max_length=200, blank=True)
    details = models.TextField(_("details"), max_length=2000, blank=True)
    closes_on = models.CharField(_("closes by itself on"), max_length=6, blank=True)

    class Meta:
        ordering = ("version", "position", "id")
        verbose_name = _("step of a playbook")
        verbose_name_plural = _("steps of playbooks")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language; the other one where it is missing."""
        if BilingualLabel.reads_chinese():
            return self.title_zh or self.title_en
        return self.title_en or self.title_zh


class PlaybookRun(models.Model):
    """One playbook at work for one customer or one lead. ``key`` is what called it, so that one event calls it once.

    A run of a lead stays with it; its open steps go to the customer with the lead's other tasks.
    """

    # Ends that no stop decides: every step has ended; what called it was taken back; the playbook was switched off.
    DONE, TAKEN_BACK, SWITCHED_OFF = "done", "taken_back", "switched_off"

    playbook = models.ForeignKey(Playbook, models.PROTECT, related_name="runs")
    version = models.ForeignKey(PlaybookVersion, models.PROTECT, related_name="runs")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="playbook_runs")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, related_name="playbook_runs", db_index=False)
    key = models.CharField(max_length=80)
    started_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # 'done', or another key of followups.playbooks.ENDINGS.
    end_reason = models.CharField(_("why it ended"), max_length=30, blank=True)

    objects = PlaybookRunQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at", "-id")
        verbose_name = _("run of a playbook")
        verbose_name_plural = _("runs of playbooks")
        constraints = [
            models.UniqueConstraint(fields=("playbook", "customer", "key"), name="playbook_called_once"),
            models.UniqueConstraint(
                fields=("playbook", "customer"), condition=Q(ended_at__isnull=True), name="playbook_one_open_run"
            ),
            models.UniqueConstraint(
                fields=("playbook", "lead", "key"),
                condition=Q(lead__isnull=False),
                name="playbook_called_lead_once",
            ),
            models.UniqueConstraint(
                fields=("playbook", "lead"),
                condition=Q(lead__isnull=False, ended_at__isnull=True),
                name="playbook_one_open_run_of_lead",
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False, lead__isnull=True) | Q(customer__isnull=True, lead__isnull=False),
                name="run_of_a_customer_or_a_lead",
            ),
        ]
        indexes = [
            models.Index(fields=("customer",), name="run_open_at", condition=Q(ended_at__isnull=True)),
            models.Index(fields=("lead", "-started_at"), name="run_of_lead", condition=Q(lead__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.playbook_id} {self.customer_id or self.lead_id}"
