"""Through which steps does a deal go, and why may it be lost? Rows that admins keep in both languages."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.labels import BilingualLabel

from ..querysets import PipelineQuerySet, StageQuerySet


class Pipeline(BilingualLabel):
    """An order of stages that deals of one kind go through."""

    key = models.SlugField(_("key"), max_length=30, unique=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = PipelineQuerySet.as_manager()

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("position", "id")
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")


class Stage(BilingualLabel):
    """A step of a pipeline. Each pipeline has open ones in the order of ``position``, one won and one lost."""

    class Kind(models.TextChoices):
        OPEN = "open", _("Under way")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="stages", verbose_name=_("pipeline"))
    key = models.SlugField(_("key"), max_length=30)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind, default=Kind.OPEN)
    position = models.PositiveIntegerField(_("position"), default=0)
    probability = models.PositiveSmallIntegerField(
        _("probability in %"), default=0, validators=[MaxValueValidator(100)]
    )
    # Days in the stage after which a deal counts as stalled; null for never.
    stalls_after = models.PositiveSmallIntegerField(_("stalls after so many days"), null=True, blank=True)
    # Keys of opportunities.requirements.REQUIRED: what must be known of a deal before it enters.
    required_fields = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = StageQuerySet.as_manager()

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("pipeline", "position", "id")
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [
            models.UniqueConstraint(fields=("pipeline", "key"), name="stage_key_once"),
            models.UniqueConstraint(fields=("pipeline",), condition=Q(kind="won"), name="one_won_stage"),
            models.UniqueConstraint(fields=("pipeline",), condition=Q(kind="lost"), name="one_lost_stage"),
            models.CheckConstraint(condition=Q(probability__lte=100), name="stage_probability_in_percent"),
        ]

    @property
    def is_open(self) -> bool:
        return self.kind == self.Kind.OPEN


class Checkpoint(BilingualLabel):
    """A key act (关键动作) that is to be done in a stage before a deal goes forward from it."""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="checkpoints", verbose_name=_("stage"))
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("position", "id")
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")


class LostReason(BilingualLabel):
    """Why a deal was lost. ``asks_who`` wants the competitor's name, ``asks_why`` words of one's own."""

    key = models.SlugField(_("key"), max_length=30, unique=True)
    asks_who = models.BooleanField(_("asks for the competitor"), default=False)
    asks_why = models.BooleanField(_("asks for words"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("position", "id")
        verbose_name = _("reason for losing")
        verbose_name_plural = _("reasons for losing")


class DisqualifyReason(BilingualLabel):
    """Why a lead is no business. ``asks_why`` wants words of one's own."""

    key = models.SlugField(_("key"), max_length=30, unique=True)
    asks_why = models.BooleanField(_("asks for words"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("position", "id")
        verbose_name = _("reason to disqualify")
        verbose_name_plural = _("reasons to disqualify")


class ScreeningQuestion(BilingualLabel):
    """What a person asks of every lead before spending time on it."""

    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("position", "id")
        verbose_name = _("screening question")
        verbose_name_plural = _("screening questions")


class Campaign(BilingualLabel):
    """A fair, mailing or advertisement that leads came from."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    source = models.ForeignKey(
        "customers.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("source"),
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("-starts_on", "id")
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
