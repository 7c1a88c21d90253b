"""How often should a customer hear of us?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Status


class FollowUpCycle(models.Model):
    """Days between two contacts for customers of a grade, perhaps in one status only; the more exact row counts."""

    status = models.ForeignKey(
        Status, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("status")
    )
    grade = models.CharField(_("grade"), max_length=1, choices=Customer.Grade, blank=True)
    days = models.PositiveSmallIntegerField(_("days"))

    class Meta:
        ordering = ("grade", "status", "id")
        verbose_name = _("follow-up cycle")
        verbose_name_plural = _("follow-up cycles")
        constraints = [
            models.UniqueConstraint(fields=("status", "grade"), name="cycle_once"),
            models.UniqueConstraint(
                fields=("grade",), condition=models.Q(status__isnull=True), name="cycle_of_grade_once"
            ),
            models.CheckConstraint(condition=models.Q(days__gte=1), name="cycle_of_a_day_or_more"),
        ]

    def __str__(self) -> str:
        return f"{self.grade} {self.days}"
