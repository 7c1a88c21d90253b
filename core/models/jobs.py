"""What long work is to be done, how far is it, and how did it end?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> JobQuerySet:
        """One's own jobs; an admin sees all."""
        if not user.is_active:
            return self.none()
        return self if user.is_admin else self.filter(created_by=user)


class Job(models.Model):
    """Long work asked for by a person: the row is the truth, Celery only wakes the worker.

    A worker holds the row by a lease (``leased_until``); a killed worker's lease runs out and
    the job is taken up again where ``cursor`` says; after MAX_ATTEMPTS without progress it is parked.
    """

    MAX_ATTEMPTS = 5

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        PARKED = "parked", _("Set aside after repeated failures")

    # Over, but not done: it may go on where it was.
    BROKEN_OFF = (State.FAILED, State.CANCELLED, State.PARKED)

    # A key of core.registries.JOBS; no choices=, so that a new kind needs no migration.
    kind = models.CharField(_("kind"), max_length=60)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", verbose_name=_("asked for by")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    # How far a run came, so that the next one goes on there.
    cursor = models.JSONField(_("how far"), default=dict, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), null=True, blank=True)
    message = models.TextField(_("message"), blank=True)
    # Tells one holder of the row from the next; only ever grows while the job is open.
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Attempts since it last got on: a long job may be cut off often, a poisoned one not.
    stalls = models.PositiveSmallIntegerField(_("attempts without progress"), default=0, db_default=0)
    is_cancel_asked = models.BooleanField(default=False)
    leased_until = models.DateTimeField(_("held until"), null=True, blank=True)
    created_at = models.DateTimeField(_("asked for"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(
                fields=("created_at", "id"),
                name="job_open",
                condition=models.Q(state__in=("queued", "running")),
            ),
            models.Index(fields=("created_by", "-created_at"), name="job_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state not in (self.State.QUEUED, self.State.RUNNING)

    @property
    def told(self) -> str:
        """The message as people read it; the words of a program's error are for staff, who see ``message``."""
        if not self.message or self.state in (self.State.FAILED, self.State.DONE):
            return self.message
        if self.state == self.State.PARKED:
            return gettext("It failed several times. Try again, or tell an administrator, who sees the reason.")
        return gettext("An error came in between; it goes on by itself.")

    @property
    def percent(self) -> int | None:
        """How far, in whole per cent; None where the total is not known."""
        return min(100, self.done * 100 // self.total) if self.total else None


class Heartbeat(models.Model):
    """When did each standing process last show life? /readyz reads it."""

    name = models.CharField(_("process"), primary_key=True, max_length=40)
    at = models.DateTimeField(_("last sign of life"))

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return self.name
