"""Under which names and codes does a customer appear on paper?"""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from core.audit import kept_changes

from ..querysets import OfCustomerQuerySet
from .customer import Customer


@pghistory.track(
    *kept_changes(),
    fields=["id", "customer", "name", "kind", "country", "code", "is_main"],
    model_name="CustomerNameHistory",
)
class CustomerName(models.Model):
    """A header: one legal or trading name of a customer, with its tax or credit code and country."""

    class Kind(models.TextChoices):
        LEGAL = "legal", _("Legal name")
        TRADING = "trading", _("Trading name")
        TRANSLATION = "translation", _("Name in another language")
        FORMER = "former", _("Former name")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="headers")
    name = models.CharField(_("header"), max_length=300)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.LEGAL)
    country = CountryField(_("country"), blank=True)
    code = models.CharField(_("tax or credit code"), max_length=40, blank=True)
    is_main = models.BooleanField(_("main header"), default=False)
    created_at = models.DateTimeField(_("created"))

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-is_main", "id")
        verbose_name = _("header")
        verbose_name_plural = _("headers")
        constraints = [
            models.UniqueConstraint(fields=("customer",), condition=models.Q(is_main=True), name="one_main_header"),
            models.CheckConstraint(condition=~models.Q(name=""), name="header_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
