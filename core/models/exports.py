"""Who took which list out of the house, when, how much of it?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .jobs import Job


class ExportLog(models.Model):
    """One export of a list: written when it is asked for, completed when the file stands. Nobody edits it."""

    # A key of core.registries.EXPORTS.
    page = models.CharField(_("list"), max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="exports", verbose_name=_("by"))
    at = models.DateTimeField(_("asked for"))
    kind = models.CharField(_("format"), max_length=4)
    # Filters, order and columns as they stood in the list's address.
    query = models.TextField(_("filters"), blank=True)
    columns = models.JSONField(_("columns"), default=list)
    rows = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    job = models.OneToOneField(
        Job, models.SET_NULL, null=True, blank=True, related_name="export", verbose_name=_("job")
    )

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=("by", "-at"), name="export_of_person")]

    def __str__(self) -> str:
        return f"{self.page} {self.at:%Y-%m-%d %H:%M}"
