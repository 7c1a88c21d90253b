"""Which parts of which sums are not yet what their facts say?"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class StalePart(models.Model):
    """A part of a rollup whose facts were written and which the sweep has to make anew (core.rollups).

    Appended by triggers in the transaction that writes the facts. Never unique: an upsert would let two who write
    about the same customer wait for each other.
    """

    # A key of core.registries.ROLLUPS.
    rollup = models.CharField(max_length=40)
    part = ArrayField(models.BigIntegerField())
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=("rollup", "part"), name="stale_part")]

    def __str__(self) -> str:
        return f"{self.rollup} {self.part}"
