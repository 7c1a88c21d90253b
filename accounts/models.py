"""Who works here, in which team, and what should they know?"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .querysets import PeopleManager, TeamQuerySet


class Team(models.Model):
    """People who report to a manager; teams nest.

    The managers of a team are its members with the manager's role; they see this team and
    every team below it.
    """

    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80, blank=True)
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

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language; the other one where it is missing."""
        chinese = (get_language() or "").startswith("zh")
        return (self.name_zh or self.name_en) if chinese else (self.name_en or self.name_zh)


class User(AbstractUser):
    """A person who signs in."""

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
    may_export = models.BooleanField(_("may export own customers"), default=False)

    objects = PeopleManager()

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
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message=_("Somebody has this e-mail address already."),
            ),
            models.CheckConstraint(
                condition=models.Q(away_from__isnull=True, away_to__isnull=True)
                | models.Q(away_from__lte=models.F("away_to")),
                name="user_away_from_before_to",
                violation_error_message=_("The last day away must not lie before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN

    @property
    def is_manager(self) -> bool:
        return self.role == self.Role.MANAGER

    @cached_property
    def managed_team_ids(self) -> frozenset[int]:
        """Ids of the teams this manager sees: the own one and all below. One query a request."""
        if not (self.is_manager and self.team_id):
            return frozenset()
        children: dict[int | None, list[int]] = {}
        for pk, parent in Team.objects.order_by().values_list("pk", "parent_id"):
            children.setdefault(parent, []).append(pk)
        found: set[int] = set()
        todo = [self.team_id]
        while todo:
            if (team := todo.pop()) not in found:
                found.add(team)
                todo += children.get(team, [])
        return frozenset(found)
