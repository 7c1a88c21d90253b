"""By which rules does a customer go back to the pool, and of what was its owner warned?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import Team
from core.labels import BilingualLabel
from customers.models import Customer, OwnershipPeriod, Source, Status, Tag
from customers.querysets import OfCustomerQuerySet

from ..querysets import ForEverybodyQuerySet

# Long enough for every trade; sums of days stay within the calendar.
MOST_DAYS = 3660


class ReclaimRule(BilingualLabel):
    """One rule. All its conditions hold together; between rules the earliest date wins, then ``position``.

    ``kind`` is a key of publicpool.rules.RULES, no ``choices``: a new kind needs no migration. Rows are never
    deleted, only switched off; each change is a version (ReclaimRuleVersion).
    """

    kind = models.CharField(_("kind"), max_length=30)
    days = models.PositiveIntegerField(_("days"), validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)])
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    # Conditions; an empty list asks nothing. A rule for everything says so.
    is_for_all = models.BooleanField(_("for every customer"), default=False)
    statuses = models.ManyToManyField(Status, blank=True, related_name="+", verbose_name=_("statuses"))
    grades = ArrayField(
        models.CharField(max_length=1, choices=Customer.Grade), default=list, blank=True, verbose_name=_("grades")
    )
    countries = CountryField(_("countries"), multiple=True, blank=True)
    sources = models.ManyToManyField(Source, blank=True, related_name="+", verbose_name=_("sources"))
    teams = models.ManyToManyField(Team, blank=True, related_name="+", verbose_name=_("teams"))
    tags = models.ManyToManyField(Tag, blank=True, related_name="+", verbose_name=_("tags"))
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))

    objects = ForEverybodyQuerySet.as_manager()

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("position", "id")
        verbose_name = _("reclaim rule")
        verbose_name_plural = _("reclaim rules")
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=MOST_DAYS), name="reclaim_rule_days"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("publicpool:rule", args=[self.pk])


class ReclaimRuleVersion(models.Model):
    """What a rule said from one moment on: ``data`` as publicpool.rules.Spec writes it, ids only."""

    rule = models.ForeignKey(ReclaimRule, models.PROTECT, related_name="versions", verbose_name=_("rule"))
    number = models.PositiveIntegerField(_("version"))
    data = models.JSONField()
    is_active = models.BooleanField(_("in use"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )

    objects = ForEverybodyQuerySet.as_manager()

    class Meta:
        ordering = ("rule", "-number")
        verbose_name = _("version of a reclaim rule")
        verbose_name_plural = _("versions of reclaim rules")
        constraints = [models.UniqueConstraint(fields=("rule", "number"), name="reclaim_rule_version_once")]

    def __str__(self) -> str:
        return f"{self.rule} {self.number}"


class ReclaimWarning(models.Model):
    """That the owner was told: once for each period, rule, moment the clock began at, and distance.

    ``announced_on`` is the day that was named. Only where a changed rule brings the day forward is the same distance
    told again, for nothing is taken on a day that was not named.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    period = models.ForeignKey(OwnershipPeriod, models.PROTECT, related_name="+", verbose_name=_("period"))
    rule = models.ForeignKey(ReclaimRule, models.PROTECT, related_name="warnings", verbose_name=_("rule"))
    since = models.DateTimeField(_("clock began"))
    distance = models.PositiveIntegerField(_("days ahead"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("warned person")
    )
    # Days of business time.
    warned_on = models.DateField(_("warned on"))
    announced_on = models.DateField(_("day that was named"))
    warned_at = models.DateTimeField(_("warned"))

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-warned_at", "-id")
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        constraints = [
            models.UniqueConstraint(
                fields=("period", "rule", "since", "distance", "announced_on"), name="reclaim_warning_once"
            ),
            models.CheckConstraint(condition=Q(announced_on__gt=F("warned_on")), name="reclaim_warning_is_ahead"),
        ]
        indexes = [models.Index(fields=("warned_at", "id"), name="reclaim_warning_of_run")]

    def __str__(self) -> str:
        return f"{self.customer}: {self.announced_on}"


class Extension(models.Model):
    """More time, asked for once in a period by the owner; ``until`` (inclusive) is filled when it is granted.

    While nobody has decided it holds the customer, for ``PoolSettings.extension_waits`` days at most.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("waits for a decision")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="extensions", verbose_name=_("customer"))
    period = models.OneToOneField(OwnershipPeriod, models.PROTECT, related_name="extension", verbose_name=_("period"))
    reason = models.CharField(_("reason"), max_length=500)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    # Through this day (business time) nothing is taken while it waits.
    waits_until = models.DateField(_("waits until"))
    until = models.DateField(_("until"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    answer = models.CharField(_("answer"), max_length=500, blank=True)

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-id")
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="granted", until__isnull=False) | (~Q(state="granted") & Q(until__isnull=True)),
                name="extension_granted_until",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.get_state_display()}"


class FirmHoliday(models.Model):
    """Days on which the firm is closed beside the public holidays where it is; the pool's clock stands."""

    name = models.CharField(_("name"), max_length=120)
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))

    objects = ForEverybodyQuerySet.as_manager()

    class Meta:
        ordering = ("-first_on", "id")
        verbose_name = _("firm holiday")
        verbose_name_plural = _("firm holidays")
        constraints = [
            models.CheckConstraint(
                condition=Q(first_on__lte=F("last_on")),
                name="firm_holiday_in_order",
                violation_error_message=_("The last day must not lie before the first."),
            )
        ]

    def __str__(self) -> str:
        return self.name
