"""How often does a customer order, and when is the next order to be expected? Kept summed up."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer

from ..querysets import RhythmQuerySet


class Rhythm(models.Model):
    """The orders of one customer that are not void; opportunities.rhythm makes them.

    ``usual_days`` is the median of the gaps between days with orders, a gap that occurs; from three such days on.
    """

    # Made anew as they stand: the database need not look after the link, which would make who orders wait.
    customer = models.OneToOneField(
        Customer, models.DO_NOTHING, primary_key=True, db_constraint=False, verbose_name=_("customer")
    )
    orders = models.BigIntegerField(_("orders"))
    first_on = models.DateField(_("first order"))
    last_on = models.DateField(_("last order"))
    usual_days = models.IntegerField(_("usual interval"), null=True)
    next_on = models.DateField(_("order expected"), null=True)
    # The median of the orders with a rate, in the base currency at the rates of their days.
    usual_base = models.DecimalField(_("usual amount"), max_digits=18, decimal_places=3, null=True)

    objects = RhythmQuerySet.as_manager()

    class Meta:
        verbose_name = _("reorder rhythm")
        verbose_name_plural = _("reorder rhythms")
        indexes = [models.Index(fields=("next_on", "customer"), name="rhythm_by_day")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.usual_days}"
