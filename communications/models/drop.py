"""Which files with mails and chats did somebody drop onto a customer, and what of them stands already?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Job
from customers.models import Customer

from ..querysets import DropQuerySet
from .communication import Communication

if TYPE_CHECKING:
    from django.db.models.fields.json import JSONField


class Drop(models.Model):
    """Files dropped at once. They wait in a folder of their own until they are brought in or two days are over."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    # [{"name", "path", "size"}], in the order in which they were given.
    files: JSONField = models.JSONField(default=list)
    # What the person said of people, dates and files.
    answers: JSONField = models.JSONField(default=dict)
    # Per file, once it is done: {"name", "added", "known", "why"}.
    result: JSONField = models.JSONField(default=list)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(_("brought in"), null=True, blank=True)

    objects = DropQuerySet.as_manager()

    class Meta:
        verbose_name = _("dropped files")
        verbose_name_plural = _("dropped files")

    def __str__(self) -> str:
        return f"{self.customer_id} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("communications:drop", args=[self.pk])


class ImportedMessage(models.Model):
    """One message of a chat that stands in a communication: exports overlap, a message stands once."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    communication = models.ForeignKey(Communication, models.CASCADE, related_name="messages")

    objects = models.Manager()

    class Meta:
        verbose_name = _("imported message")
        verbose_name_plural = _("imported messages")
        constraints = [models.UniqueConstraint(fields=("customer", "key"), name="message_imported_once")]

    def __str__(self) -> str:
        return self.key
