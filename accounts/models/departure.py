"""Who left, where did what they held go, and what of it was taken back?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..querysets import DepartureQuerySet


class Departure(models.Model):
    """One person's leaving: planned and tried, then carried out in one transaction.

    ``plan`` is {kind of HOLDINGS: [line, …]}, a line {"way", "target", "countries", "languages", "grades"}
    (accounts.departing.Line). ``counts`` is {kind: number} of what went, or would go.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        DONE = "done", _("Done")

    UNDO = timedelta(days=1)

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="departures", verbose_name=_("person")
    )
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.PLANNED)
    plan = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("planned by")
    )
    planned_at = models.DateTimeField(_("planned"))
    # When what it would do was tried; null where that is still to come, or is asked for as background work.
    tried_at = models.DateTimeField(_("tried"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = DepartureQuerySet.as_manager()

    class Meta:
        ordering = ("-planned_at", "-id")
        verbose_name = _("departure")
        verbose_name_plural = _("departures")
        constraints = [
            models.UniqueConstraint(fields=("person",), condition=Q(state="planned"), name="departure_planned_once"),
            models.CheckConstraint(
                condition=Q(state="planned", done_at__isnull=True)
                | Q(state="done", done_at__isnull=False, done_by__isnull=False),
                name="departure_done_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    def get_absolute_url(self) -> str:
        return reverse("accounts:departure", args=[self.pk])

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE

    @property
    def seen(self) -> str:
        """Which preview somebody has before them: another plan, or another try, has another word."""
        return self.tried_at.isoformat() if self.tried_at else ""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def undo_until(self) -> datetime | None:
        return self.done_at + self.UNDO if self.done_at else None

    def can_be_undone(self, now: datetime) -> bool:
        return self.undo_until is not None and now <= self.undo_until


class HandedOver(models.Model):
    """One thing that went, or in a plan would go, with what taking it back needs.

    ``unit`` is what goes back together: the customer or lead it hangs on ("customers.customer:12"), else the thing
    itself. ``before`` and ``after`` are the way's own: ids, codes and moments only.
    """

    class Stays(models.TextChoices):
        """Why it was not taken back."""

        TOUCHED = "touched", _("worked on since")
        ELSEWHERE = "elsewhere", _("with somebody else by now")
        ENDED = "ended", _("ended since")
        WITH_IT = "with_it", _("stays with its customer or lead")
        CLOSED = "closed", _("the account is closed")

    departure = models.ForeignKey(
        Departure, models.CASCADE, related_name="handed", db_index=False, verbose_name=_("departure")
    )
    # A key of accounts.registries.HOLDINGS.
    kind = models.CharField(_("kind"), max_length=30)
    object_id = models.BigIntegerField(_("number"))
    unit = models.CharField(_("goes with"), max_length=60)
    # A key of accounts.departing.WAYS[kind].
    way = models.CharField(_("way"), max_length=20)
    # The pool or rotation of the way; 0 for none.
    target = models.BigIntegerField(_("by"), default=0)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("given to")
    )
    # No line of the plan could place it.
    is_rest = models.BooleanField(_("nobody could take it"), default=False)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    stays = models.CharField(_("why it stays"), max_length=9, choices=Stays, blank=True)

    objects = DepartureQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("thing handed over")
        verbose_name_plural = _("things handed over")
        constraints = [
            models.UniqueConstraint(fields=("departure", "kind", "object_id"), name="handed_over_once"),
        ]
        indexes = [models.Index(fields=("departure", "unit"), name="handed_over_together")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
