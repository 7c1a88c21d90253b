"""Who gets customers and leads in turn, by which weights, and what was decided?

``RotationEntry`` is the ledger: append-only, each line vouches for all before it (publicpool.rotation.chain).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import Team
from core.audit import kept_changes
from core.labels import BilingualLabel
from customers.models import Customer, OwnershipPeriod, Pool, Source
from opportunities.models import Lead

from ..querysets import OfRotationQuerySet, RotationQuerySet
from ..rotation.chain import first_link
from ..rotation.turns import Tally
from ..rotation.weights import TOP

# Beyond any firm's wish; a cycle has as many turns as all weights together.
MOST_WEIGHT = 100
WINDOWS = ("a_day", "a_week", "a_month")


def limit(label: Any) -> models.PositiveIntegerField:
    """So many at most; null for no limit."""
    return models.PositiveIntegerField(label, null=True, blank=True)


class TurnLimits(models.Model):
    """How much one person gets by a rotation in a calendar day, week and month of business time."""

    a_day = limit(_("given a day"))
    a_week = limit(_("given a week"))
    a_month = limit(_("given a month"))

    class Meta:
        abstract = True


# What people set; where it stands changes with each run, and its ledger tells that.
SETTINGS = (
    "name_en",
    "name_zh",
    "pool",
    "countries",
    "languages",
    "position",
    "is_active",
    "weights_by",
    "top_weight",
    "runs",
    "runs_at",
    "passes_on",
    *WINDOWS,
)


@pghistory.track(*kept_changes(), fields=[*SETTINGS, "id"], model_name="RotationHistory")
class Rotation(BilingualLabel, TurnLimits):
    """One rotation: of the customers of a pool, or without one of leads that nobody holds.

    Of several that fit, the first by ``position`` takes. Its limits are each member's, where the member has none.
    ``wheel`` is where it stands (publicpool.rotation.turns.Wheel), ``seq`` and ``hash`` are those of its last line:
    written under the lock on this row only.
    """

    class WeightsBy(models.TextChoices):
        HAND = "hand", _("set by hand")
        CONVERSION = "conversion", _("computed from conversion")

    class Runs(models.TextChoices):
        BY_HAND = "by_hand", _("when somebody starts it")
        DAILY = "daily", _("every working day")
        ON_ARRIVAL = "on_arrival", _("as soon as one arrives")

    pool = models.ForeignKey(
        Pool,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rotations",
        verbose_name=_("public pool"),
        help_text=_("Empty: leads that nobody holds."),
    )
    # Conditions; an empty one asks nothing.
    countries = CountryField(_("countries"), multiple=True, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("languages"))
    sources = models.ManyToManyField(Source, blank=True, related_name="+", verbose_name=_("sources"))
    teams = models.ManyToManyField(
        Team, blank=True, related_name="+", verbose_name=_("teams"), help_text=_("In which leads wait.")
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=False)
    weights_by = models.CharField(_("weights"), max_length=10, choices=WeightsBy, default=WeightsBy.HAND)
    top_weight = models.PositiveIntegerField(
        _("weight of the best"), default=TOP, validators=[MinValueValidator(1), MaxValueValidator(MOST_WEIGHT)]
    )
    runs = models.CharField(_("runs"), max_length=10, choices=Runs, default=Runs.BY_HAND)
    runs_at = models.TimeField(_("at"), default=time(9), help_text=_("Business time."))
    # What came earlier waits for a run that somebody starts: switching on gives nothing away by surprise.
    automatic_since = models.DateTimeField(_("runs by itself since"), null=True, blank=True)
    passes_on = models.BooleanField(
        _("passes on what is not touched"),
        default=False,
        help_text=_("After 24 hours of working days somebody else gets it."),
    )
    passes_on_since = models.DateTimeField(_("passes on since"), null=True, blank=True)
    weighed_on = models.DateField(_("weights computed on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    # Where it stands.
    seq = models.BigIntegerField(default=0, editable=False)
    hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    wheel = models.JSONField(default=dict, editable=False)

    objects = RotationQuerySet.as_manager()

    class Meta(BilingualLabel.Meta):
        abstract = False
        ordering = ("position", "id")
        verbose_name = _("rotation")
        verbose_name_plural = _("rotations")
        constraints = [
            models.CheckConstraint(
                condition=Q(weights_by="hand") | Q(pool__isnull=False),
                name="rotation_weights_from_a_pool",
                violation_error_message=_("Weights are computed from what was taken out of a pool."),
            ),
            models.CheckConstraint(
                condition=Q(top_weight__gte=1, top_weight__lte=MOST_WEIGHT), name="rotation_top_weight"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("publicpool:rotation", args=[self.pk])

    @property
    def is_of_leads(self) -> bool:
        return self.pool_id is None

    @property
    def last_hash(self) -> str:
        """What the next line hangs on."""
        return self.hash or first_link(self.pk)


class RotationMember(TurnLimits):
    """A person in a rotation, with the account of their turns since the beginning.

    Who leaves keeps the row (``left_at``) and goes on counting there after coming back.
    """

    rotation = models.ForeignKey(Rotation, models.PROTECT, related_name="members", verbose_name=_("rotation"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="rotations", verbose_name=_("person")
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    weight = models.PositiveIntegerField(_("weight"), default=1, validators=[MaxValueValidator(MOST_WEIGHT)])
    joined_at = models.DateTimeField(_("joined"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    passed = models.PositiveIntegerField(_("turns passed"), default=0)
    received = models.PositiveIntegerField(_("received"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    owed = models.PositiveIntegerField(_("owed"), default=0)

    ACCOUNT = ("passed", "received", "skipped", "owed")

    objects = OfRotationQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("member of a rotation")
        verbose_name_plural = _("members of rotations")
        constraints = [
            models.UniqueConstraint(fields=("rotation", "user"), name="rotation_member_once"),
            # I9, kept by the database itself.
            models.CheckConstraint(
                condition=Q(passed=F("received") + F("skipped") + F("owed")), name="rotation_account_is_balanced"
            ),
            models.CheckConstraint(condition=Q(weight__lte=MOST_WEIGHT), name="rotation_weight"),
        ]

    def __str__(self) -> str:
        return f"{self.rotation}: {self.user}"

    def get_absolute_url(self) -> str:
        return self.rotation.get_absolute_url()

    @property
    def tally(self) -> Tally:
        return Tally(self.passed, self.received, self.skipped, self.owed)


class RotationEntry(models.Model):
    """One line of a rotation's ledger: members and weights from now on, or a decision. A trigger refuses changes.

    ``data`` of ``members``: "members" [[person, weight]] in order, "how" and its figures. Of a decision: "passed"
    (publicpool.rotation.replay.passed_as_data) with the reasons and their numbers; "after" is the line whose holder
    let it lie. Ids, codes and numbers only.
    """

    class Kind(models.TextChoices):
        MEMBERS = "members", _("Members and weights")
        GIVEN = "given", _("Given")

    rotation = models.ForeignKey(
        Rotation, models.PROTECT, related_name="entries", db_index=False, verbose_name=_("rotation")
    )
    seq = models.BigIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("by"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("given to"),
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="rotation_entries", verbose_name=_("customer")
    )
    lead = models.ForeignKey(
        Lead, models.PROTECT, null=True, blank=True, related_name="rotation_entries", verbose_name=_("lead")
    )
    period = models.OneToOneField(
        OwnershipPeriod,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rotation_entry",
        verbose_name=_("period"),
    )
    cycle = models.PositiveIntegerField(_("cycle"), default=0)
    round = models.PositiveIntegerField(_("round"), default=0)
    place = models.PositiveIntegerField(_("place"), default=0)
    is_owed = models.BooleanField(_("owed turn"), default=False)
    data = models.JSONField(default=dict)
    hash = models.CharField(_("hash"), max_length=64)
    # By which run; it vouches for nothing and is in no hash.
    run = models.ForeignKey(
        "publicpool.Run", models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("run")
    )

    # What a line says, as it is hashed; ``at`` stands beside them as text.
    SAID = (
        "seq", "kind", "by_id", "user_id", "customer_id", "lead_id", "period_id", "cycle", "round", "place", "is_owed",
        "data",
    )  # fmt: skip

    objects = OfRotationQuerySet.as_manager()

    class Meta:
        ordering = ("rotation", "seq")
        verbose_name = _("line of a rotation's ledger")
        verbose_name_plural = _("ledgers of rotations")
        constraints = [
            models.UniqueConstraint(fields=("rotation", "seq"), name="rotation_line_once"),
            models.CheckConstraint(
                condition=Q(kind="members", user__isnull=True, customer__isnull=True, lead__isnull=True)
                | Q(kind="given", user__isnull=False, customer__isnull=False, lead__isnull=True)
                | Q(kind="given", user__isnull=False, customer__isnull=True, lead__isnull=False),
                name="rotation_line_gives_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=("rotation", "user", "at"), name="rotation_line_of_person", condition=Q(kind="given")),
            models.Index(fields=("rotation", "at"), name="rotation_line_by_time"),
        ]
        triggers = [
            pgtrigger.Protect(name="rotation_ledger_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.rotation_id} · {self.seq}"

    def said(self) -> dict[str, Any]:
        """The line as it is hashed and replayed: plain JSON."""
        return said({name: getattr(self, name) for name in self.SAID}, self.at)


def said(values: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A line of these columns as it is hashed: relations without their ``_id``, the moment in UTC to the µs."""
    line = {name.removesuffix("_id"): value for name, value in values.items()}
    return line | {"at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}


class RotationHead(models.Model):
    """The last line of a rotation at the end of a day, and its hash: what is also told outside of the database."""

    rotation = models.ForeignKey(Rotation, models.PROTECT, related_name="heads", verbose_name=_("rotation"))
    on = models.DateField(_("day"))
    seq = models.BigIntegerField(_("line"))
    hash = models.CharField(_("hash"), max_length=64)
    made_at = models.DateTimeField(_("made"))

    objects = OfRotationQuerySet.as_manager()

    class Meta:
        ordering = ("rotation", "-on")
        verbose_name = _("head of a rotation's ledger")
        verbose_name_plural = _("heads of rotations' ledgers")
        constraints = [models.UniqueConstraint(fields=("rotation", "on"), name="rotation_head_once")]
        triggers = [pgtrigger.Protect(name="rotation_head_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.rotation} {self.on}"
