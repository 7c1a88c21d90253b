"""Who looked at the contact data of a pooled customer without taking it, and why?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Pool
from customers.querysets import OfCustomerQuerySet


class Reveal(models.Model):
    """One look of an admin at masked data. Its event in the ledger holds ids only; the words stand here."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="reveals", verbose_name=_("customer"))
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+", verbose_name=_("public pool"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("when"))

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("look at masked data")
        verbose_name_plural = _("looks at masked data")
        indexes = [models.Index(fields=("customer", "-at"), name="reveal_of_customer")]

    def __str__(self) -> str:
        return f"{self.by}: {self.customer}"
