"""What did somebody do in a day or week, in figures and in a sentence of their own?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..querysets import WorkReportQuerySet


class WorkReport(models.Model):
    """A report of one's own follow-ups; once sent its figures stay as they were."""

    class Kind(models.TextChoices):
        DAILY = "daily", _("Daily report")
        WEEKLY = "weekly", _("Weekly report")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="work_reports", verbose_name=_("by")
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    sentence = models.TextField(_("in my words"), max_length=2000, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created"))

    objects = WorkReportQuerySet.as_manager()

    class Meta:
        ordering = ("-ends_on", "-id")
        verbose_name = _("work report")
        verbose_name_plural = _("work reports")
        constraints = [models.UniqueConstraint(fields=("user", "kind", "starts_on"), name="work_report_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_on}"

    def get_absolute_url(self) -> str:
        return reverse("followups:report", args=[self.pk])
