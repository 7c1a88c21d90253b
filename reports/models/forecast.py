"""What was forecast on a day, kept as it stood then?"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from opportunities.models import Pipeline


class ForecastSnapshot(models.Model):
    """The forecast of one day on which it is due (a Monday, or a month's first), and when it was really taken."""

    due_on = models.DateField(_("of the day"), unique=True)
    taken_at = models.DateTimeField(_("taken at"))
    # The base currency then: rates of the cells lead to it.
    base = models.CharField(_("base currency"), max_length=3)

    class Meta:
        ordering = ("-due_on",)
        verbose_name = _("kept forecast")
        verbose_name_plural = _("kept forecasts")

    def __str__(self) -> str:
        return f"{self.due_on}"


class ForecastCell(models.Model):
    """A sum over the open deals of one person, pipeline, month of expected close and currency.

    ``month`` is its first day, ``FunnelCell.NO_MONTH`` without a day. ``weighted`` is Σ amount × probability of the
    stage then, in the currency; ``rate`` that of the day, None where there was none. '' is the currency of deals
    without an amount. By currency, so that the sum for any people is rounded as the funnel's page rounded it that day.
    """

    snapshot = models.ForeignKey(ForecastSnapshot, models.CASCADE, related_name="cells")
    # Who held the deals then: what becomes of them later does not change what this person forecast.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="+", db_index=False)
    month = models.DateField()
    currency = models.CharField(max_length=3, blank=True)
    n = models.BigIntegerField()
    amount = models.DecimalField(max_digits=24, decimal_places=3)
    weighted = models.DecimalField(max_digits=24, decimal_places=5)
    rate = models.DecimalField(max_digits=38, decimal_places=18, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("snapshot", "month", "owner", "pipeline", "currency"), name="forecast_cell_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.month} {self.owner_id}"
