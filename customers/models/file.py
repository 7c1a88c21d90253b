"""Which files hang on a customer and on what was said, and where do their bytes lie?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..querysets import OfCustomerQuerySet
from .customer import Customer


class Blob(models.Model):
    """The bytes of a file, stored once by their content under a random name."""

    sha256 = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField(_("bytes"))
    content_type = models.CharField(max_length=120)
    # Pixels of a picture; null for anything else.
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("stored"))

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return self.sha256[:12]


class Attachment(models.Model):
    """A file as somebody hung it on a customer, or on a row of the customer named by ``target_label`` and id.

    Without a customer it hangs on a lead alone, whose app shows it.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="attachments", verbose_name=_("customer")
    )
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="attachments")
    name = models.CharField(_("name"), max_length=200)
    # A key of customers.files.KINDS.
    kind = models.CharField(_("kind"), max_length=20, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    target_label = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    deleted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False) | ~models.Q(target_label=""),
                name="attachment_hangs_on_something",
            )
        ]
        indexes = [
            models.Index(fields=("customer", "-at"), name="attachment_of"),
            models.Index(
                fields=("target_label", "target_id"), name="attachment_on", condition=~models.Q(target_label="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customers:file", args=[self.customer_id, self.pk])
