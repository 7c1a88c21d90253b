"""What do we intend with a customer, and how far are we?"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer

from ..querysets import PlanQuerySet


class Plan(models.Model):
    """A short, middle or long term intention for a customer or one of its people, with tasks under it."""

    class Term(models.TextChoices):
        SHORT = "short", _("Short term")
        MIDDLE = "middle", _("Middle term")
        LONG = "long", _("Long term")

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        REACHED = "reached", _("Reached")
        DROPPED = "dropped", _("Given up")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="plans", verbose_name=_("customer"))
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="plans", verbose_name=_("contact")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="plans", verbose_name=_("responsible")
    )
    title = models.CharField(_("plan"), max_length=200)
    goal = models.TextField(_("goal"), max_length=2000, blank=True)
    term = models.CharField(_("term"), max_length=6, choices=Term, default=Term.SHORT)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    progress = models.PositiveSmallIntegerField(_("progress in %"), default=0, validators=[MaxValueValidator(100)])
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    outcome = models.CharField(_("how it ended"), max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ("ends_on", "id")
        verbose_name = _("follow-up plan")
        verbose_name_plural = _("follow-up plans")
        constraints = [
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="plan_from_before_until"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="plan_progress_in_percent"),
        ]
        indexes = [
            models.Index(fields=("customer", "ends_on"), name="plan_of_customer"),
            models.Index(fields=("owner", "ends_on"), name="plan_of_owner", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("followups:plan", args=[self.pk])
