"""What is to be done, by whom, until when, and how did it end?"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer
from opportunities.models import Lead, Opportunity

from ..querysets import OfTaskQuerySet, TaskQuerySet
from .plan import Plan
from .playbook import PlaybookRun, PlaybookStep
from .series import Series


class Task(models.Model):
    """One thing to do by a person, or by whoever of a team takes it.

    ``due_at`` is an instant; of an all-day task it is the midnight that ends the day in the
    assignee's zone. Overdue is derived, never stored. Written by followups.services only.
    """

    class State(models.TextChoices):
        NOT_STARTED = "not_started", _("Not started")
        IN_PROGRESS = "in_progress", _("In progress")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        MISSED = "missed", _("Missed")

    OPEN = (State.NOT_STARTED, State.IN_PROGRESS)

    class Priority(models.IntegerChoices):
        LOW = 1, _("Low")
        NORMAL = 2, _("Normal")
        HIGH = 3, _("High")
        URGENT = 4, _("Urgent")

    class ClosesOn(models.TextChoices):
        """What closes a task by itself."""

        NOTHING = "", _("Nothing, it is closed by hand")
        TOUCH = "touch", _("The next contact we make")
        ANSWER = "answer", _("An answer, or the next contact we make")

    class Reminded(models.TextChoices):
        """How far the sweep of reminders has come with this due moment."""

        NOT = "", _("Not yet")
        AHEAD = "ahead", _("Ahead of time")
        OVERDUE = "overdue", _("When overdue")
        ESCALATED = "escalated", _("The manager too")

    title = models.CharField(_("what is to be done"), max_length=200)
    details = models.TextField(_("details"), max_length=4000, blank=True)
    # A key of followups.kinds.KINDS.
    kind = models.CharField(_("kind"), max_length=12, default="other")
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("customer")
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name=_("contact")
    )
    # Stays when the lead is converted; then the customer is there too.
    lead = models.ForeignKey(
        Lead, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("lead"), db_index=False
    )
    opportunity = models.ForeignKey(
        Opportunity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("opportunity"),
        db_index=False,
    )
    plan = models.ForeignKey(
        Plan, models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name=_("follow-up plan")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("assigned to"),
    )
    team = models.ForeignKey(
        "accounts.Team", models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("team")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NOT_STARTED)
    starts_at = models.DateTimeField(_("planned start"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    is_all_day = models.BooleanField(_("all day"), default=False)
    # Minutes; null is no reminder ahead of time.
    remind_before = models.PositiveIntegerField(_("remind me ahead"), null=True, blank=True)
    # The next moment at which the sweep has something to tell; null for nothing (followups.reminding).
    remind_at = models.DateTimeField(_("next reminder"), null=True, blank=True)
    reminded = models.CharField(_("reminded"), max_length=9, choices=Reminded, blank=True)
    result = models.TextField(_("result"), max_length=4000, blank=True)
    cancel_reason = models.CharField(_("why cancelled"), max_length=300, blank=True)
    closes_on = models.CharField(_("closes by itself on"), max_length=6, choices=ClosesOn, blank=True)
    # What closed it by itself, so that its deletion opens it again.
    closed_by_label = models.CharField(max_length=60, blank=True)
    closed_by_id = models.BigIntegerField(null=True, blank=True)
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="tasks")
    # The recurrence of the series that this is, by its own rule: it stays when the task is moved.
    occurs_at = models.DateTimeField(_("occurrence"), null=True, blank=True)
    playbook_run = models.ForeignKey(PlaybookRun, models.PROTECT, null=True, blank=True, related_name="tasks")
    step = models.ForeignKey(PlaybookStep, models.PROTECT, null=True, blank=True, related_name="tasks")
    # Empty where a rule made it.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("due_at", "id")
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(assignee__isnull=False) | Q(team__isnull=False), name="task_is_somebodys"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("not_started", "in_progress"), ended_at__isnull=True)
                | Q(state__in=("done", "cancelled", "missed"), ended_at__isnull=False),
                name="task_ended_has_a_moment",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="task_has_a_title"),
            models.CheckConstraint(
                condition=Q(contact__isnull=True) | Q(customer__isnull=False), name="task_contact_of_customer"
            ),
            models.UniqueConstraint(
                fields=("series", "occurs_at"), condition=Q(customer__isnull=True), name="task_occurrence_once"
            ),
            models.UniqueConstraint(fields=("series", "customer", "occurs_at"), name="task_occurrence_once_each"),
            models.UniqueConstraint(fields=("playbook_run", "step"), name="task_step_once"),
        ]
        indexes = [
            models.Index(
                fields=("assignee", "due_at", "id"),
                name="task_open_of",
                condition=Q(state__in=("not_started", "in_progress")),
            ),
            models.Index(
                fields=("team", "due_at", "id"),
                name="task_open_of_team",
                condition=Q(state__in=("not_started", "in_progress"), team__isnull=False),
            ),
            models.Index(
                fields=("customer", "due_at", "id"),
                name="task_open_at",
                condition=Q(state__in=("not_started", "in_progress"), customer__isnull=False),
            ),
            models.Index(fields=("customer", "-created_at"), name="task_of_customer"),
            models.Index(fields=("lead", "due_at", "id"), name="task_of_lead", condition=Q(lead__isnull=False)),
            models.Index(
                fields=("opportunity", "due_at", "id"),
                name="task_of_opportunity",
                condition=Q(opportunity__isnull=False),
            ),
            models.Index(fields=("assignee", "ended_at"), name="task_ended_of", condition=Q(ended_at__isnull=False)),
            models.Index(fields=("remind_at",), name="task_to_remind", condition=Q(remind_at__isnull=False)),
            models.Index(
                fields=("closed_by_label", "closed_by_id"),
                name="task_closed_by",
                condition=Q(closed_by_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("followups:task", args=[self.pk])

    @property
    def party(self) -> Customer | Lead | None:
        """With whom it has to do: a customer, or a lead that is none yet."""
        return self.customer or self.lead

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and self.due_at is not None and self.due_at <= now


class ChecklistItem(models.Model):
    """One line to tick off within a task."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="checklist")
    text = models.CharField(_("what"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfTaskQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("line of a checklist")
        verbose_name_plural = _("checklists")

    def __str__(self) -> str:
        return self.text


class Postponement(models.Model):
    """A due moment that was moved, and why."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="postponements")
    before = models.DateTimeField(_("was due"), null=True, blank=True)
    after = models.DateTimeField(_("due"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    objects = OfTaskQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("postponement")
        verbose_name_plural = _("postponements")
        constraints = [models.CheckConstraint(condition=~Q(before=F("after")), name="postponement_moves")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.at:%Y-%m-%d}"


class TaskComment(models.Model):
    """What a manager or a colleague says about a task (点评)."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    body = models.TextField(_("comment"), max_length=4000)
    at = models.DateTimeField(_("when"))

    objects = OfTaskQuerySet.as_manager()

    class Meta:
        ordering = ("at", "id")
        verbose_name = _("comment on a task")
        verbose_name_plural = _("comments on tasks")

    def __str__(self) -> str:
        return f"{self.task_id} {self.author_id}"
