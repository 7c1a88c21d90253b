"""What was one currency worth in another, on which day, by whose word?"""

from __future__ import annotations

from decimal import Decimal

import pghistory
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

CODE = r"^[A-Z]{3}$"


# What came anew stands in the table; what stood there before a correction is kept.
@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), model_name="ExchangeRateHistory")
class ExchangeRate(models.Model):
    """One unit of ``currency`` was worth ``rate`` units of ``against`` on that day.

    Rates stand as they were given: the European Central Bank's as EUR against each currency, entered ones as the firm
    wrote them (1 USD = 7.10 CNY). Which of them holds for a pair and a day is said by the database function
    ``gonghai_rate`` alone, so that another base currency asks for no new rows.
    """

    class Source(models.TextChoices):
        ECB = "ecb", _("European Central Bank")
        ENTERED = "entered", _("Entered")

    currency = models.CharField(_("currency"), max_length=3, validators=[RegexValidator(CODE)])
    against = models.CharField(_("in"), max_length=3, validators=[RegexValidator(CODE)])
    on = models.DateField(_("day"))
    rate = models.DecimalField(
        _("rate"), max_digits=20, decimal_places=10, validators=[MinValueValidator(Decimal("1e-10"))]
    )
    source = models.CharField(_("source"), max_length=8, choices=Source, default=Source.ENTERED)

    class Meta:
        ordering = ("-on", "currency", "against")
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            # Also the index that gonghai_rate reads backwards.
            models.UniqueConstraint(
                fields=("currency", "against", "on", "source"),
                name="exchange_rate_once",
                violation_error_message=_("There is a rate of these currencies for this day: correct that one."),
            ),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchange_rate_positive"),
            models.CheckConstraint(condition=~models.Q(currency=models.F("against")), name="exchange_rate_of_two"),
            models.CheckConstraint(
                condition=models.Q(currency__regex=CODE, against__regex=CODE), name="exchange_rate_codes"
            ),
        ]
        indexes = [models.Index(fields=("-on", "currency", "against"), name="exchange_rate_newest")]

    def __str__(self) -> str:
        return f"{self.on} · 1 {self.currency} = {self.plain_rate} {self.against}"

    @property
    def plain_rate(self) -> str:
        """The rate without the zeros that the column adds."""
        return f"{self.rate.normalize():f}"
