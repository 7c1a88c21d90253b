"""Where do customers lie that nobody holds, and who may take them from there?"""

from __future__ import annotations

from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from core.audit import kept_changes
from core.labels import BilingualLabel

from ..querysets import PoolQuerySet


def limit(label: Any, **options: Any) -> models.PositiveIntegerField:
    """So many at most; null for no limit."""
    return models.PositiveIntegerField(label, null=True, blank=True, **options)


class Limits(models.Model):
    """How many claims one person has in a calendar day, week and month of business time, and how many customers."""

    a_day = limit(_("claims a day"))
    a_week = limit(_("claims a week"), help_text=_("Monday to Sunday."))
    a_month = limit(_("claims a month"))
    capacity = limit(_("customers held at most"), help_text=_("Over all pools; assignments may go beyond it."))

    LIMITS = ("a_day", "a_week", "a_month", "capacity")

    class Meta:
        abstract = True


@pghistory.track(*kept_changes(), model_name="PoolHistory")
class Pool(BilingualLabel, Limits):
    """A place where customers lie that nobody holds. Its limits are each member's, where the member has none."""

    is_default = models.BooleanField(_("default pool"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_for_all = models.BooleanField(
        _("everybody is a member"),
        default=False,
        db_default=False,
        help_text=_("Else the members are those listed below."),
    )
    counts_won = models.BooleanField(
        _("won customers fill the capacity"),
        default=False,
        db_default=False,
        help_text=_("Whether won and retained customers count among those held."),
    )
    cool_down_days = models.PositiveIntegerField(
        _("cool-down in days"),
        default=30,
        db_default=30,
        help_text=_("So long nobody claims a customer anew that they gave back or lost."),
    )

    objects = PoolQuerySet.as_manager()

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("position", "id")
        verbose_name = _("public pool")
        verbose_name_plural = _("public pools")
        constraints = [
            models.UniqueConstraint(fields=("is_default",), condition=Q(is_default=True), name="one_default_pool")
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(*kept_changes(), model_name="PoolMemberHistory")
class PoolMember(Limits):
    """A person, or a team with those below it, who may see and claim what lies in a pool.

    Limits that are filled here hold instead of the pool's; a person's own row comes before the team's.
    """

    pool = models.ForeignKey(Pool, models.CASCADE, related_name="members", verbose_name=_("public pool"))
    team = models.ForeignKey(
        Team, models.CASCADE, null=True, blank=True, related_name="pool_memberships", verbose_name=_("team")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="pool_memberships",
        verbose_name=_("person"),
    )
    is_admin = models.BooleanField(
        _("pool admin"), default=False, help_text=_("Gives customers of the pool to its members and sees its runs.")
    )
    position = models.PositiveIntegerField(_("position"), default=0)

    objects = PoolQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("member of a pool")
        verbose_name_plural = _("members of pools")
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=True, user__isnull=False) | Q(team__isnull=False, user__isnull=True),
                name="pool_member_is_one",
                violation_error_message=_("Name a person or a team."),
            ),
            models.UniqueConstraint(fields=("pool", "user"), name="pool_member_once"),
            models.UniqueConstraint(fields=("pool", "team"), name="pool_team_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pool}: {self.user or self.team}"
