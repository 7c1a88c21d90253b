"""What was sold to whom, when, for how much?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.querysets import CjkGrams
from customers.models import Customer

from ..querysets import OfOrderQuerySet, OrderQuerySet
from .opportunity import Opportunity


class Order(models.Model):
    """A sale: imported, entered, or made from a won opportunity. A void one keeps its row and counts nowhere.

    ``amount`` is the sum of the lines and the freight where there are lines. ``amount_base`` and ``cost_base``
    are at the rate of ``ordered_on``; null where there is none.
    """

    number = models.CharField(_("number"), max_length=60)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders", verbose_name=_("customer"))
    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("opportunity")
    )
    # Who sold it: their figure, whoever holds the customer later.
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="orders", verbose_name=_("sold by")
    )
    ordered_on = models.DateField(_("date"))
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=3, validators=[MinValueValidator(0)])
    freight = models.DecimalField(
        _("freight and charges"), max_digits=18, decimal_places=3, default=0, validators=[MinValueValidator(0)]
    )
    cost = models.DecimalField(
        _("cost"), max_digits=18, decimal_places=3, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    amount_base = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    cost_base = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    payment_terms = models.CharField(_("payment terms"), max_length=120, blank=True)
    incoterm = models.CharField(_("incoterm"), max_length=3, blank=True)
    remarks = models.TextField(_("remarks"), max_length=4000, blank=True)
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    search_text = models.TextField(blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))
    voided_at = models.DateTimeField(_("void since"), null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    void_reason = models.CharField(_("why void"), max_length=300, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ("-ordered_on", "-id")
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.CheckConstraint(condition=~Q(currency=""), name="order_has_a_currency"),
            models.UniqueConstraint(
                fields=("number",),
                condition=Q(voided_at__isnull=True),
                name="order_number_once",
                violation_error_message=_("Another order has this number."),
            ),
        ]
        indexes = [
            models.Index(fields=("customer", "-ordered_on"), name="order_of_customer"),
            models.Index(fields=("seller", "-ordered_on", "-id"), name="order_of_seller"),
            models.Index(fields=("-ordered_on", "-id"), name="order_by_day"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="order_trgm"),
            GinIndex(CjkGrams(F("search_text")), name="order_cjk"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("opportunities:order", args=[self.pk])


class OrderLine(models.Model):
    """One line of an order; ``discount`` in percent of the price."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    product = models.CharField(_("product"), max_length=300)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=3)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    price = models.DecimalField(_("price"), max_digits=18, decimal_places=6)
    discount = models.DecimalField(
        _("discount in %"), max_digits=6, decimal_places=3, default=0, validators=[MaxValueValidator(100)]
    )
    external_id = models.CharField(max_length=80, blank=True)

    objects = OfOrderQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")

    def __str__(self) -> str:
        return self.product
