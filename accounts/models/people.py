"""Who works here, and in which team?"""

from __future__ import annotations

from datetime import datetime, time
from functools import cached_property
from typing import ClassVar
from zoneinfo import ZoneInfo

import pghistory
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from core.audit import kept_changes
from core.labels import BilingualLabel

from ..querysets import PeopleManager, TeamQuerySet

QUIET_FROM, QUIET_TO = time(21), time(8)
DIGEST_AT = time(8, 30)
# The weekly summary: before the day's digest, so that the week is read first.
WEEKLY_AT = time(8)
MONDAY, NEVER = 0, 7


@pghistory.track(
    *kept_changes(),
    fields=["name_en", "name_zh", "parent"],
    model_name="TeamHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history"),
)
class Team(BilingualLabel):
    """People who report to a manager; teams nest.

    The managers of a team are its members with the manager's role; they see this team and
    every team below it.
    """

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ("name_en", "name_zh", "id")
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name_en="", name_zh=""),
                name="team_has_a_name",
                violation_error_message=_("Give the team a name in at least one language."),
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="team_is_not_its_own_parent",
                violation_error_message=_("A team cannot be part of itself."),
            ),
        ]


@pghistory.track(
    *kept_changes(),
    fields=[
        "username",
        "name",
        "email",
        "role",
        "team",
        "language",
        "time_zone",
        "away_from",
        "away_to",
        "deputy",
        "may_export",
        "is_active",
    ],
    model_name="UserHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history"),
)
class User(AbstractUser):
    """A person who signs in.

    What somebody may do follows from ``role`` and ``team`` alone: ``is_staff`` and
    ``is_superuser`` (Django admin) are read from the role, and Django's groups and single
    permissions are left out, so that there is no second way to a right.
    """

    class Role(models.TextChoices):
        SALESPERSON = "salesperson", _("Salesperson")
        MANAGER = "manager", _("Team manager")
        ADMIN = "admin", _("Administrator")

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    # One name field: family and given names stand in different orders in our two languages.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    groups = None  # type: ignore[assignment]
    user_permissions = None  # type: ignore[assignment]
    username = models.CharField(
        _("user name"),
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This user name is taken.")},
    )
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.SALESPERSON)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    # Empty: the browser decides.
    language = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.AUTO)
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_to = models.DateField(_("away until"), null=True, blank=True, help_text=_("The last day away."))
    deputy = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("deputy"),
        help_text=_("Gets your reminders while you are away, and sees the tasks that they are about."),
    )
    may_export = models.BooleanField(_("may export own customers"), default=False)
    # Wall times where the person is, over midnight where "from" is the later. By default the night: a task
    # of a whole day is overdue at midnight, and a telephone must not ring for it.
    quiet_from = models.TimeField(_("no mails from"), null=True, blank=True, default=QUIET_FROM, db_default=QUIET_FROM)
    quiet_to = models.TimeField(
        _("no mails until"),
        null=True,
        blank=True,
        default=QUIET_TO,
        db_default=QUIET_TO,
        help_text=_("Mails wait until then; in the app notices stand at once."),
    )
    digest_at = models.TimeField(
        _("daily digest at"),
        null=True,
        blank=True,
        default=DIGEST_AT,
        db_default=DIGEST_AT,
        help_text=_("On working days, by mail, where there is something to say. Empty: none."),
    )
    # The last day, where the person is, whose digest was looked after.
    digested_on = models.DateField(null=True, blank=True, editable=False)
    # Empty: as the role has it, so that nobody who is made or changes the role needs a word about it.
    weekly_on = models.PositiveSmallIntegerField(
        _("weekly summary on"), null=True, blank=True, choices=[*WEEKDAYS.items(), (NEVER, _("not at all"))]
    )
    weekly_at = models.TimeField(_("weekly summary at"), default=WEEKLY_AT, db_default=WEEKLY_AT)
    # The last day, where the person is, whose weekly summary was looked after.
    weekly_noted_on = models.DateField(null=True, blank=True, editable=False)
    # {kind of notice: also by e-mail?}; a kind that is missing follows NOTICES.
    mailed_notices = models.JSONField(default=dict, blank=True)

    objects: ClassVar[PeopleManager] = PeopleManager()

    REQUIRED_FIELDS = ["name", "email"]

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_name_once",
                violation_error_message=_("This user name is taken."),
            ),
            # People sign in with either: one text must never mean two persons.
            models.CheckConstraint(
                condition=~models.Q(username__contains="@"),
                name="user_name_is_no_email",
                violation_error_message=_("A user name has no @."),
            ),
            models.UniqueConstraint(
                fields=("email",),
                name="user_email_once",
                violation_error_code="unique",  # forms show it at the field
                violation_error_message=_("Somebody has this e-mail address already."),
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_in_lower_case",
            ),
            models.CheckConstraint(
                condition=models.Q(away_from__isnull=True, away_to__isnull=True)
                | models.Q(away_from__lte=models.F("away_to")),
                name="user_away_from_before_to",
                violation_error_message=_("Give both days; the last day away must not lie before the first."),
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | (
                    models.Q(quiet_from__isnull=False, quiet_to__isnull=False)
                    & ~models.Q(quiet_from=models.F("quiet_to"))
                ),
                name="user_quiet_from_and_to",
                violation_error_message=_("Give two different times, or neither."),
            ),
            models.CheckConstraint(
                condition=models.Q(weekly_on__isnull=True) | models.Q(weekly_on__lte=NEVER),
                name="user_weekly_on_a_day_of_the_week",
            ),
            models.CheckConstraint(
                condition=~models.Q(deputy=models.F("id")),
                name="user_is_not_the_own_deputy",
                violation_error_message=_("Nobody stands in for themselves."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()
        if bool(self.away_from) != bool(self.away_to):
            raise ValidationError({"away_to": _("Give both days, or neither.")})
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValidationError({"quiet_to": _("Give two different times, or neither.")})

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:detail", args=[self.pk])

    def is_away(self, now: datetime) -> bool:
        """Is it one of this person's days away, where they are?"""
        today = now.astimezone(ZoneInfo(self.time_zone)).date()
        return self.away_from is not None and self.away_to is not None and self.away_from <= today <= self.away_to

    def stands_in(self, now: datetime) -> User | None:
        """The deputy, on days away, if that one is there."""
        deputy = self.deputy if self.deputy_id and self.is_away(now) else None
        return deputy if deputy is not None and deputy.is_active and not deputy.is_away(now) else None

    def is_quiet(self, now: datetime) -> bool:
        """Are mails to wait now, by the clock where this person is?"""
        if self.quiet_from is None or self.quiet_to is None:
            return False
        at = now.astimezone(ZoneInfo(self.time_zone)).time()
        if self.quiet_from < self.quiet_to:
            return self.quiet_from <= at < self.quiet_to
        return at >= self.quiet_from or at < self.quiet_to

    @property
    def weekly_day(self) -> int | None:
        """The day of the week (Monday is 0) of the weekly summary, None for none.

        Whoever chose nothing gets it on Monday; administrators, who need not sell nor lead anybody, none.
        """
        if self.weekly_on is None:
            return None if self.is_admin else MONDAY
        return None if self.weekly_on == NEVER else self.weekly_on

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN

    @property
    def is_manager(self) -> bool:
        return self.role == self.Role.MANAGER

    @property
    def is_staff(self) -> bool:  # type: ignore[override]
        return self.is_admin

    @property
    def is_superuser(self) -> bool:  # type: ignore[override]
        return self.is_admin

    @cached_property
    def teams_above(self) -> frozenset[int]:
        """Ids of the own team and those it is part of. One query a request."""
        return Team.objects.ids_above(self.team_id) if self.team_id else frozenset()

    @cached_property
    def managed_team_ids(self) -> frozenset[int]:
        """Ids of the teams this manager sees: the own one and all below. One query a request."""
        if not (self.is_manager and self.team_id):
            return frozenset()
        return Team.objects.ids_below(self.team_id)


class AwayTime(models.Model):
    """Days on which somebody was or will be away; kept from ``User.away_from`` and ``away_to`` when they change.

    Days that had passed when they were entered are not in it: nobody was away in hindsight.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="away_times", verbose_name=_("person"))
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))

    class Meta:
        ordering = ("first_on", "id")
        verbose_name = _("time away")
        verbose_name_plural = _("times away")
        constraints = [
            models.CheckConstraint(condition=models.Q(first_on__lte=models.F("last_on")), name="away_time_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.first_on} – {self.last_on}"
