"""By which words of the firm are customers told apart? Rows that admins keep in both languages."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.labels import BilingualLabel


class Status(BilingualLabel):
    """A step of the customer's life. ``key`` is what rules know it by; names are the firm's."""

    class Shape(models.TextChoices):
        """How the dot before the word looks, so that colour is never alone."""

        RING = "ring", _("Ring")
        HALF = "half", _("Half")
        FULL = "full", _("Full")
        WON = "won", _("Green")
        RETAINED = "retained", _("Green in a ring")
        DORMANT = "dormant", _("Amber")
        LOST = "lost", _("Dash")

    POTENTIAL, CONTACTED, WON, RETAINED, DORMANT, LOST = (
        "potential",
        "contacted",
        "won",
        "retained",
        "dormant",
        "lost",
    )

    key = models.SlugField(_("key"), max_length=30, unique=True)
    shape = models.CharField(_("sign"), max_length=10, choices=Shape, default=Shape.RING)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("position", "id")
        verbose_name = _("status")
        verbose_name_plural = _("statuses")


class Source(BilingualLabel):
    """Where customers come from: a fair, a marketplace, the web site, a referral."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("position", "id")
        verbose_name = _("source")
        verbose_name_plural = _("sources")


class CategoryDimension(BilingualLabel):
    """A way of dividing customers, such as industry, type or sales region."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    is_multiple = models.BooleanField(_("several at once"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("position", "id")
        verbose_name = _("category dimension")
        verbose_name_plural = _("category dimensions")


class Category(BilingualLabel):
    """One value of a dimension."""

    dimension = models.ForeignKey(
        CategoryDimension, models.CASCADE, related_name="categories", verbose_name=_("dimension")
    )
    key = models.SlugField(_("key"), max_length=40)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("dimension", "position", "id")
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.UniqueConstraint(
                fields=("dimension", "key"),
                name="category_key_once",
                violation_error_message=_("This dimension has that key already."),
            )
        ]


class Tag(models.Model):
    """A free word on customers."""

    name = models.CharField(_("name"), max_length=40)

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="tag_once", violation_error_message=_("This tag exists already.")
            )
        ]

    def __str__(self) -> str:
        return self.name
