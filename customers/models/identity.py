"""By which values is a company or person recognised, wherever it was entered?"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class IdentityKey(models.Model):
    """One value by which a record may be the same as another; the conflict check reads only these rows.

    Written by every app whose rows can conflict, in the transaction of the row itself. Blocking
    keys (``is_blocking``) of living customers are unique on (kind, value, country, exception); a
    recorded exception keeps two of them apart.
    """

    class Kind(models.TextChoices):
        CODE = "code"
        NAME = "name"

    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=300)
    country = models.CharField(max_length=2, blank=True)
    exception = models.CharField(max_length=40, blank=True)
    is_blocking = models.BooleanField(default=False)
    target_label = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, blank=True, related_name="identity_keys"
    )
    name_shown = models.CharField(max_length=300)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "value", "country", "exception"),
                condition=models.Q(is_blocking=True),
                name="blocking_key_once",
            )
        ]
        indexes = [
            models.Index(fields=("kind", "value", "country"), name="identity_key_value"),
            models.Index(fields=("target_label", "target_id"), name="identity_key_target"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
