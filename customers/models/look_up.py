"""Who looked which companies up, and what was found?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Job

from ..querysets import LookUpQuerySet


class LookUp(models.Model):
    """Lines that somebody pasted to see whether these companies stand already.

    ``lines`` and ``found`` (per line the hits, as ids and codes) go after a day; that it was done stays on record.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    count = models.PositiveIntegerField(_("lines"))
    job = models.OneToOneField(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    lines = models.JSONField(default=list)
    found = models.JSONField(default=list)

    objects = LookUpQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("look-up")
        verbose_name_plural = _("look-ups")
        indexes = [models.Index(fields=("by", "-at"), name="look_up_of_person")]

    def __str__(self) -> str:
        return f"{self.by} {self.at:%Y-%m-%d %H:%M}"
