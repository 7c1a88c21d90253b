"""How many deals came how far, kept summed up so that the funnel's page reads a few rows."""

from __future__ import annotations

from datetime import date

from django.db import models


class FunnelCell(models.Model):
    """A sum over opportunities that share pipeline, owner, month, stage and value; ``kind`` says of what.

    Kept equal to the view ``opportunities_contribution`` by opportunities.rollup, in the transaction of each
    change. ``owner_id`` is a user's, NOBODY for deals without one, EVERYBODY for the sum over all people.
    ``month`` is its first day, NO_MONTH where the day is not known.
    """

    NOBODY, EVERYBODY = 0, -1
    NO_MONTH = date.min

    pipeline_id = models.BigIntegerField()
    owner_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    month = models.DateField()
    stage_id = models.BigIntegerField(default=0)
    value = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    n = models.BigIntegerField(default=0)
    amount = models.DecimalField(max_digits=24, decimal_places=3, default=0)
    amount_base = models.DecimalField(max_digits=24, decimal_places=3, default=0)
    # Of ``n``, those with an amount for which there is no rate.
    unrated = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("owner_id", "pipeline_id", "kind", "month", "stage_id", "value", "currency"),
                name="funnel_cell_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.month} {self.owner_id}"
