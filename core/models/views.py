"""Which views of a list did people save?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> SavedViewQuerySet:
        """Own and shared views; the rows a view shows are scoped to the reader, not the author."""
        if not user.is_active:
            return self.none()
        return self.filter(models.Q(owner=user) | models.Q(is_shared=True))


class SavedView(models.Model):
    """Filters, columns, order and density of one list under a name."""

    # Which list, such as ``customers``.
    page = models.CharField(_("list"), max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=60)
    # The list's query string without page and view: filters, sort, cols, density.
    query = models.TextField(_("filters and columns"), blank=True)
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)
    created_at = models.DateTimeField(_("created"))

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=("page", "owner", "name"),
                name="saved_view_name_once",
                violation_error_message=_("You have a view of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view that a person's list opens with: a saved one or a built-in one by its key."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="default_views")
    page = models.CharField(max_length=40)
    view = models.ForeignKey(SavedView, models.CASCADE, null=True, blank=True)
    preset = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("user", "page"), name="default_view_once"),
            models.CheckConstraint(
                condition=models.Q(view__isnull=False, preset="")
                | (models.Q(view__isnull=True) & ~models.Q(preset="")),
                name="default_view_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.page}"
