"""Which texts do we send again and again?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..querysets import TextTemplateQuerySet


class TextTemplate(models.Model):
    """A text with placeholders in one language; ``owner`` empty means that everybody uses it."""

    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=12, blank=True)
    # A key of communications.channels.CHANNELS; '' for any.
    channel = models.CharField(_("channel"), max_length=12, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=8000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="text_templates",
        verbose_name=_("whose"),
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))

    objects = TextTemplateQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("text template")
        verbose_name_plural = _("text templates")

    def __str__(self) -> str:
        return self.name
