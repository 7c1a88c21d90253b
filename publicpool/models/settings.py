"""What holds for all rules of the pool: exemptions, warnings, and where customers go?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import Team
from customers.models import Pool, Source
from opportunities.models import Pipeline, Stage


def default_distances() -> list[int]:
    return [7, 3, 1]


class PoolSettings(models.Model):
    """The one row of what holds for all rules (``get``)."""

    warn_days = ArrayField(
        models.PositiveIntegerField(validators=[MinValueValidator(1), MaxValueValidator(90)]),
        default=default_distances,
        verbose_name=_("warnings, days ahead"),
    )
    order_days = models.PositiveIntegerField(
        _("days after an order"),
        default=90,
        null=True,
        blank=True,
        validators=[MaxValueValidator(3660)],
        help_text=_("So long after an order nothing is reclaimed; empty: an order exempts from nothing."),
    )
    extension_days = models.PositiveIntegerField(
        _("days of an extension"), default=14, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    extension_waits = models.PositiveIntegerField(
        _("days to decide on an extension"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("So long nothing is reclaimed while an extension waits for a decision."),
    )

    heads_to = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name=_("get the heads of the ledgers"),
        help_text=_("A mail a day with the last line of each rotation: whoever keeps it can prove the lines before."),
    )

    class Meta:
        verbose_name = _("settings of the public pool")
        verbose_name_plural = _("settings of the public pool")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_pool_settings")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        self.warn_days = sorted(set(self.warn_days), reverse=True)
        super().save(*args, **kwargs)

    @classmethod
    def get(cls) -> PoolSettings:
        """The row; what a new installation begins with where nobody has saved it."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class ExemptStage(models.Model):
    """From which stage of a pipeline on an open deal, not stalled nor past its close date, keeps its customer."""

    pipeline = models.OneToOneField(Pipeline, models.CASCADE, related_name="exempt_from", verbose_name=_("pipeline"))
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="+", verbose_name=_("from this stage on"))

    class Meta:
        ordering = ("pipeline",)
        verbose_name = _("stage that exempts")
        verbose_name_plural = _("stages that exempt")

    def __str__(self) -> str:
        return f"{self.pipeline}: {self.stage}"


class PoolRoute(models.Model):
    """Where a released or reclaimed customer goes; the first that fits decides, the default pool else."""

    pool = models.ForeignKey(Pool, models.CASCADE, related_name="routes", verbose_name=_("into the pool"))
    countries = CountryField(_("countries"), multiple=True, blank=True)
    sources = models.ManyToManyField(Source, blank=True, related_name="+", verbose_name=_("sources"))
    teams = models.ManyToManyField(
        Team, blank=True, related_name="+", verbose_name=_("teams"), help_text=_("Of whoever held it.")
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("route into a pool")
        verbose_name_plural = _("routes into pools")

    def __str__(self) -> str:
        return str(self.pool)
