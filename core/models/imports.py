"""Which files were brought in, what was found in each of their rows, and what became of it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import default_storage
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .jobs import Job

if TYPE_CHECKING:
    from accounts.models import User


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: User) -> ImportRunQuerySet:
        """One's own; an admin sees all, to help. A file may hold what its sender's manager has no part in."""
        if not user.is_active:
            return self.none()
        return self if user.is_admin else self.filter(created_by=user)


class ImportRun(models.Model):
    """One file on its way in: how it is read, what its columns mean, how far it is.

    The step a run stands at follows from its rows and jobs: a shape is confirmed (``is_shaped``),
    then a mapping (``check_job``: the dry run), then the writing (``write_job``). Going back to an
    earlier step before anything is written forgets what came after it.
    """

    # A key of core.registries.IMPORT_TARGETS.
    target = models.CharField(_("what"), max_length=40)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="imports", verbose_name=_("brought by")
    )
    created_at = models.DateTimeField(_("uploaded"))
    # The name in the storage, which tells nothing; '' once the file is removed.
    file = models.CharField(max_length=200, blank=True)
    filename = models.CharField(_("file"), max_length=200)
    size = models.PositiveBigIntegerField(_("bytes"))
    # How the file is read (core.importing.readers), confirmed by a person before anything else.
    shape = models.JSONField(default=dict)
    is_shaped = models.BooleanField(default=False)
    # The file's own column names; '' where it has none.
    headers = models.JSONField(default=list)
    # One entry a column: {"field": key of the target's field or "", "dates": order of day, month, year,
    # "decimal": its decimal mark}, the last two where they matter and are known.
    mapping = models.JSONField(default=list)
    # What holds for all rows, such as the owner; the target's form.
    options = models.JSONField(default=dict)
    check_job = models.OneToOneField(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("dry run")
    )
    write_job = models.OneToOneField(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("writing")
    )
    undo_job = models.OneToOneField(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("undoing")
    )
    # What holds beside the columns: {"constants": {field: text}, "joins": {field: what stands between},
    # "overwrite": [fields]}.
    plan = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # {verdict: rows} of the finished dry run, {outcome: rows} of the writing, {undone: rows} of the undoing.
    counts = models.JSONField(_("verdicts"), default=dict)
    written = models.JSONField(_("rows written"), default=dict)
    undone = models.JSONField(_("rows taken back"), default=dict, db_default=models.Value({}, models.JSONField()))

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=("created_by", "-created_at"), name="import_of_person")]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("core:import", args=[self.pk])

    @property
    def is_checked(self) -> bool:
        return self.check_job is not None and self.check_job.state == Job.State.DONE

    @property
    def is_written(self) -> bool:
        """Is the writing over, done or stopped?"""
        return self.write_job is not None and self.write_job.is_over

    @property
    def job(self) -> Job | None:
        """The latest of its jobs."""
        return self.undo_job or self.write_job or self.check_job

    @property
    def path(self) -> str:
        """Where the file lies on disk, for the readers."""
        return default_storage.path(self.file)

    @property
    def total(self) -> int:
        """Rows that the dry run judged."""
        return sum(self.counts.values())


class ImportRow(models.Model):
    """One line of a file: what stood there, what we make of it and why, what became of it.

    Rows of one company stand together: all but the first name the line that leads them. Reasons are
    codes with ids and the file's own values, worded for whoever reads (the target's ``say``), so that
    nobody's rights are frozen into text.
    """

    class Verdict(models.TextChoices):
        NEW = "new", _("New")
        UPDATE = "update", _("Update")
        SAME = "same", _("Same")
        CONFLICT = "conflict", _("Conflict")
        ERROR = "error", _("Error")

    class Decision(models.TextChoices):
        AS_JUDGED = "", _("As proposed")
        SKIP = "skip", _("Leave out")
        CREATE = "create", _("Create anyway")

    class Outcome(models.TextChoices):
        MADE = "made", _("Created")
        UPDATED = "updated", _("Updated")
        UNCHANGED = "unchanged", _("Nothing to do")
        SKIPPED = "skipped", _("Left out")
        REFUSED = "refused", _("Not imported")

    class Undone(models.TextChoices):
        BACK = "back", _("Taken back")
        PARTLY = "partly", _("Taken back in part")
        STAYS = "stays", _("Stays")

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    # Counted as a spreadsheet or an editor shows it: the first line is 1.
    line = models.PositiveIntegerField()
    cells = models.JSONField()
    # By which values it is recognised, and the line of the first row with any of them.
    keys = ArrayField(models.CharField(max_length=330), default=list)
    leader = models.PositiveIntegerField()
    # What the table of verdicts shows of it.
    title = models.CharField(max_length=300, blank=True)
    subtitle = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict)
    reasons = models.JSONField(default=list)
    decision = models.CharField(max_length=8, choices=Decision, blank=True, default=Decision.AS_JUDGED)
    # May the decision be “create anyway”?
    is_open = models.BooleanField(default=False)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    # What it was found to be, later what was made of it.
    target_id = models.BigIntegerField(null=True, blank=True)
    # What writing changed in a record that stood, and how it was; the target reads it to take it back.
    before = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    undone = models.CharField(max_length=6, choices=Undone, blank=True, db_default="")
    # Reasons why something of it stays.
    left = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)

    class Meta:
        ordering = ("line",)
        constraints = [models.UniqueConstraint(fields=("run", "line"), name="import_row_once")]
        indexes = [
            models.Index(fields=("run", "verdict", "line"), name="import_row_of_verdict"),
            models.Index(fields=("run", "leader"), name="import_row_of_leader"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.line}"
