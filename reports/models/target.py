"""What shall somebody, or a team, reach in a month, a quarter or a year?"""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from core.audit import kept_changes

from ..periods import MONTH, QUARTER, SPANS, YEAR, TargetPeriod
from ..querysets import TargetQuerySet


@pghistory.track(
    *kept_changes(),
    fields=["target", "sprint", "challenge"],
    model_name="TargetHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history"),
)
class Target(models.Model):
    """A number to be reached by a person or a team, and two beyond it: a sprint, and a challenge.

    ``measure`` is a key of reports.measures.MEASURES; amounts are in the base currency. Months, quarters and years
    are those of the business time zone, and each is set by itself: what is not set follows from its parts.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="targets",
        verbose_name=_("person"),
        db_index=False,
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name=_("team"), db_index=False
    )
    measure = models.CharField(_("measure"), max_length=20)
    first_on = models.DateField(_("first day"))
    # How many months the period has.
    span = models.PositiveSmallIntegerField(_("period"), choices=[*SPANS.items()])
    target = models.DecimalField(_("target"), max_digits=18, decimal_places=2)
    sprint = models.DecimalField(_("sprint"), max_digits=18, decimal_places=2, null=True, blank=True)
    challenge = models.DecimalField(_("challenge"), max_digits=18, decimal_places=2, null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by"))
    set_at = models.DateTimeField(_("set at"))

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ("first_on", "-span", "id")
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, team__isnull=True) | Q(user__isnull=True, team__isnull=False),
                name="target_of_a_person_or_a_team",
            ),
            models.UniqueConstraint(
                fields=("user", "measure", "first_on", "span"), condition=Q(user__isnull=False), name="target_of_person"
            ),
            models.UniqueConstraint(
                fields=("team", "measure", "first_on", "span"), condition=Q(team__isnull=False), name="target_of_team"
            ),
            models.CheckConstraint(condition=Q(span__in=[*SPANS]), name="target_span"),
            models.CheckConstraint(
                condition=Q(first_on__day=1)
                & (
                    Q(span=MONTH) | Q(span=QUARTER, first_on__month__in=(1, 4, 7, 10)) | Q(span=YEAR, first_on__month=1)
                ),
                name="target_begins_a_period",
            ),
            models.CheckConstraint(
                condition=Q(target__gt=0)
                & (Q(sprint__isnull=True) | Q(sprint__gte=F("target")))
                & (Q(challenge__isnull=True) | Q(challenge__gte=F("target")))
                & (Q(sprint__isnull=True) | Q(challenge__isnull=True) | Q(challenge__gte=F("sprint"))),
                name="target_levels_rise",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.period}"

    def get_absolute_url(self) -> str:
        page = (
            reverse("reports:team", args=[self.team_id])
            if self.team_id
            else reverse("reports:person", args=[self.user_id])
        )
        return f"{page}?measure={self.measure}&period={self.period.key}"

    @property
    def period(self) -> TargetPeriod:
        return TargetPeriod(self.first_on, self.span)
